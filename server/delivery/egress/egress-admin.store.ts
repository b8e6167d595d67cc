// What operators do with egress addresses and pools. Each change tells itself in egress_event where it is about an
// address; what must not be is a returned refusal, in words for the operator.
import type { Pool, PoolClient, Queryable } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { Lane } from '../enqueue-types.ts';
import { PROVIDER_GROUPS } from '../provider-group.ts';
import type { WarmupSchedule } from './warmup-schedule.ts';

export type Changed = { kind: 'changed' } | { kind: 'refused'; rule: string };

const changed: Changed = { kind: 'changed' };
const refused = (rule: string): Changed => ({ kind: 'refused', rule });

export interface NewAddress {
  name: string;
  sourceAddress: string | null;
  ehloName: string;
  pool: string;
  weight: number;
  /** It has sent before: no warm-up. */
  warmed: boolean;
  schedule: WarmupSchedule | null;
}

/** Adds an address to a pool, with a warm-up row for every provider. */
export async function addAddress(pool: Pool, address: NewAddress): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    const poolId = await poolIdOf(client, address.pool);
    if (poolId === null) return noPool(address.pool);
    const added = await client.query<{ id: string }>(
      `INSERT INTO egress_address (name, source_address, ehlo_name, schedule) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id`,
      [address.name, address.sourceAddress, address.ehloName, address.schedule && JSON.stringify(address.schedule)],
    );
    const id = added.rows[0]?.id;
    if (id === undefined) return refused(`there is an address named "${address.name}"${address.sourceAddress ? ` or at ${address.sourceAddress}` : ''} already`);
    await client.query('INSERT INTO egress_pool_address (pool_id, address_id, weight) VALUES ($1, $2, $3)', [poolId, id, address.weight]);
    await beginAllProviders(client, id, address.warmed);
    await tell(client, id, 'added', address.warmed ? 'Added, warm already.' : 'Added; the warm-up begins.');
    return changed;
  });
}

/** (Re)starts the warm-up of an address at every provider, or ends it. */
export async function setWarmup(pool: Pool, name: string, warmed: boolean): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    const id = await addressIdOf(client, name);
    if (id === null) return noAddress(name);
    await client.query('DELETE FROM egress_warmup WHERE address_id = $1', [id]);
    await beginAllProviders(client, id, warmed);
    await tell(client, id, warmed ? 'warmed' : 'restarted', warmed ? 'Declared warm: no caps.' : 'The warm-up begins anew.');
    return changed;
  });
}

async function beginAllProviders(db: Queryable, addressId: string, warmed: boolean): Promise<void> {
  await db.query(
    `INSERT INTO egress_warmup (address_id, provider, phase, stage, pauses, measured_from, rolled_to)
     SELECT $1, p.provider, $3, 0, 0, today, today FROM unnest($2::text[]) AS p(provider), (SELECT (now() AT TIME ZONE 'UTC')::date AS today) d`,
    [addressId, PROVIDER_GROUPS, warmed ? 'warmed' : 'warming'],
  );
}

/** Stops an address until a moment, or until it is resumed. Its traffic goes to the others of its pools. */
export async function pauseAddress(db: Queryable, name: string, reason: string, until: Date | null): Promise<Changed> {
  const result = await db.query(
    `WITH paused AS (
       UPDATE egress_address SET status = 'paused', paused_until = $3, reason = $2 WHERE name = $1 AND status <> 'retired' RETURNING id
     )
     INSERT INTO egress_event (address_id, type, reason, by) SELECT id, 'paused', $2, 'operator' FROM paused`,
    [name, reason, until],
  );
  return result.rowCount === 1 ? changed : noAddress(name, ' that is in use');
}

/** Lets a paused address send again: what an operator, and what its rates have paused. Caps stay where the pause put them. */
export async function resumeAddress(pool: Pool, name: string): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    const found = await client.query<{ id: string }>(
      `UPDATE egress_address SET status = 'active', paused_until = NULL, reason = NULL WHERE name = $1 AND status <> 'retired' RETURNING id`,
      [name],
    );
    const id = found.rows[0]?.id;
    if (id === undefined) return noAddress(name, ' that is in use');
    await client.query(
      `UPDATE egress_warmup SET phase = 'warming', paused_until = NULL, measured_from = today, rolled_to = today, reason = 'Resumed by an operator.'
         FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS today) d WHERE address_id = $1 AND phase = 'paused'`,
      [id],
    );
    await tell(client, id, 'resumed', 'Resumed by an operator.');
    return changed;
  });
}

/** Takes an address out of use for good; its history stays. */
export async function retireAddress(pool: Pool, name: string): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    const id = await addressIdOf(client, name);
    if (id === null) return noAddress(name);
    await client.query('DELETE FROM egress_pool_address WHERE address_id = $1', [id]);
    // The address itself may be added again under another name; the event keeps which it was.
    await client.query(
      `INSERT INTO egress_event (address_id, type, reason, by)
       SELECT id, 'retired', 'Retired by an operator; it was at ' || coalesce(host(source_address), 'no bound address') || '.', 'operator' FROM egress_address WHERE id = $1`,
      [id],
    );
    await client.query(`UPDATE egress_address SET status = 'retired', paused_until = NULL, reason = NULL, source_address = NULL WHERE id = $1`, [id]);
    return changed;
  });
}

/** Adds a pool. `dedicatedTo`: a tenant's id, whose mail alone may use it. */
export async function addPool(db: Queryable, name: string, dedicatedTo: string | null): Promise<Changed> {
  const result = await db.query('INSERT INTO egress_pool (name, dedicated_to) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [name, dedicatedTo]);
  return result.rowCount === 1 ? changed : refused(`there is a pool "${name}" already`);
}

/** Puts an address into a pool, or changes its weight there; weight 0 takes it out. */
export async function setMembership(pool: Pool, poolName: string, address: string, weight: number): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    const poolId = await poolIdOf(client, poolName);
    const addressId = await addressIdOf(client, address);
    if (poolId === null) return noPool(poolName);
    if (addressId === null) return noAddress(address);
    if (weight === 0) await client.query('DELETE FROM egress_pool_address WHERE pool_id = $1 AND address_id = $2', [poolId, addressId]);
    else {
      await client.query(
        `INSERT INTO egress_pool_address (pool_id, address_id, weight) VALUES ($1, $2, $3) ON CONFLICT (pool_id, address_id) DO UPDATE SET weight = excluded.weight`,
        [poolId, addressId, weight],
      );
    }
    return changed;
  });
}

/** Sets where a pool's mail goes when no address of it may take it; null: nowhere. */
export async function setOverflow(pool: Pool, name: string, overflow: string | null): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    const poolId = await poolIdOf(client, name);
    const overflowId = overflow === null ? null : await poolIdOf(client, overflow);
    if (poolId === null) return noPool(name);
    if (overflow !== null && overflowId === null) return noPool(overflow);
    if (overflowId === poolId) return refused('a pool cannot overflow to itself');
    if (overflowId !== null) {
      const owners = await client.query(
        `SELECT FROM egress_pool o JOIN egress_pool p ON p.id = $1 WHERE o.id = $2 AND o.dedicated_to IS NOT NULL AND o.dedicated_to IS DISTINCT FROM p.dedicated_to`,
        [poolId, overflowId],
      );
      if (owners.rowCount === 1) return refused(`"${overflow}" is dedicated to a tenant whose mail alone may use it`);
    }
    await client.query('UPDATE egress_pool SET overflow_pool_id = $2 WHERE id = $1', [poolId, overflowId]);
    return changed;
  });
}

/** Assigns a pool to a tenant's lane, a tenant, a lane of all tenants, or everything; pool null takes an assignment away. */
export async function assignPool(pool: Pool, scope: { tenantId: string | null; lane: Lane | null }, poolName: string | null): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    if (poolName === null) {
      const gone = await client.query('DELETE FROM egress_assignment WHERE tenant_id IS NOT DISTINCT FROM $1 AND lane IS NOT DISTINCT FROM $2', [scope.tenantId, scope.lane]);
      return gone.rowCount === 1 ? changed : refused('nothing is assigned there');
    }
    const found = await client.query<{ id: string; dedicatedTo: string | null }>('SELECT id, dedicated_to AS "dedicatedTo" FROM egress_pool WHERE name = $1', [poolName]);
    const target = found.rows[0];
    if (!target) return noPool(poolName);
    if (target.dedicatedTo !== null && target.dedicatedTo !== scope.tenantId) return refused(`"${poolName}" is dedicated to another tenant`);
    await client.query(
      `INSERT INTO egress_assignment (tenant_id, lane, pool_id) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, lane) DO UPDATE SET pool_id = excluded.pool_id`,
      [scope.tenantId, scope.lane, target.id],
    );
    return changed;
  });
}

/** Removes a pool that nothing uses. */
export async function removePool(pool: Pool, name: string): Promise<Changed> {
  return withTransaction(pool, async (client) => {
    const id = await poolIdOf(client, name);
    if (id === null) return noPool(name);
    const users = await client.query(
      `SELECT FROM egress_pool_address WHERE pool_id = $1 UNION ALL SELECT FROM egress_assignment WHERE pool_id = $1
       UNION ALL SELECT FROM egress_pool WHERE overflow_pool_id = $1 LIMIT 1`,
      [id],
    );
    if (users.rowCount === 1) return refused(`"${name}" still has addresses or assignments, or another pool overflows to it`);
    await client.query('DELETE FROM egress_pool WHERE id = $1', [id]);
    return changed;
  });
}

async function poolIdOf(client: PoolClient, name: string): Promise<string | null> {
  return (await client.query<{ id: string }>('SELECT id FROM egress_pool WHERE name = $1', [name])).rows[0]?.id ?? null;
}

/** The id of an address by its name; null: none. */
export async function addressIdOf(db: Queryable, name: string): Promise<string | null> {
  return (await db.query<{ id: string }>('SELECT id FROM egress_address WHERE name = $1', [name])).rows[0]?.id ?? null;
}

async function tell(client: PoolClient, addressId: string, type: string, reason: string): Promise<void> {
  await client.query(`INSERT INTO egress_event (address_id, type, reason, by) VALUES ($1, $2, $3, 'operator')`, [addressId, type, reason]);
}

const noPool = (name: string): Changed => refused(`there is no pool "${name}"`);
const noAddress = (name: string, more = ''): Changed => refused(`there is no egress address "${name}"${more}`);
