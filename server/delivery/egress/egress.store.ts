// What delivery workers read and write of egress addresses: the snapshot they choose by, and grants of daily caps.
import type { Queryable } from '../../infra/db/pool.ts';
import type { Lane } from '../enqueue-types.ts';
import type { ProviderGroup } from '../provider-group.ts';
import { HEAD_START_SECONDS, SPREAD_SECONDS } from './day-spread.ts';
import { assignmentKey, type EgressSnapshot, type SnapshotAddress, type SnapshotPool } from './egress-snapshot.ts';
import type { WarmupState } from './warmup.ts';
import type { Grant, GrantRequest, GrantStore } from './warmup-grants.ts';

/** The number that every change of pools, addresses, assignments and warm-up moves. */
export async function readEgressVersion(db: Queryable): Promise<number> {
  const result = await db.query<{ version: number }>({ name: 'egress-version', text: 'SELECT version FROM egress_version' });
  return result.rows[0]!.version;
}

const ADDRESSES = `
SELECT id, name, host(source_address) AS "sourceAddress", ehlo_name AS "ehloName", status, paused_until AS "pausedUntil", reason, schedule
  FROM egress_address`;
export const WARMUP_COLUMNS = `
  address_id AS "addressId", provider, phase, stage, paused_until::text AS "pausedUntil", pauses, last_pause_on::text AS "lastPauseOn",
  measured_from::text AS "measuredFrom", rolled_to::text AS "rolledTo", reason`;

/**
 * Reads all that an egress is chosen by. A change between its statements leaves a version behind that is older than
 * the tables, and so is read again.
 */
export async function readSnapshot(db: Queryable): Promise<EgressSnapshot> {
  const version = await readEgressVersion(db);
  const addresses = await db.query<Omit<SnapshotAddress, 'warmup'>>(ADDRESSES);
  const warmups = await db.query<WarmupState & { addressId: string; provider: ProviderGroup }>(`SELECT ${WARMUP_COLUMNS} FROM egress_warmup`);
  const members = await db.query<{ poolId: string; addressId: string; weight: number }>(
    `SELECT pool_id AS "poolId", address_id AS "addressId", weight FROM egress_pool_address ORDER BY 1, 2`,
  );
  const pools = await db.query<Omit<SnapshotPool, 'members'>>(
    `SELECT id, name, dedicated_to AS "dedicatedTo", overflow_pool_id AS "overflowPoolId" FROM egress_pool`,
  );
  const assignments = await db.query<{ tenantId: string | null; lane: Lane | null; poolId: string }>(
    `SELECT tenant_id AS "tenantId", lane, pool_id AS "poolId" FROM egress_assignment`,
  );
  const warmupOf = Map.groupBy(warmups.rows, (row) => row.addressId);
  const byId = new Map(
    addresses.rows.map((address) => [address.id, { ...address, warmup: new Map((warmupOf.get(address.id) ?? []).map((row) => [row.provider, row])) }]),
  );
  const membersOf = Map.groupBy(members.rows, (row) => row.poolId);
  return {
    version,
    pools: new Map(
      pools.rows.map((pool) => [
        pool.id,
        { ...pool, members: (membersOf.get(pool.id) ?? []).flatMap(({ addressId, weight }) => (byId.has(addressId) ? [{ address: byId.get(addressId)!, weight }] : [])) },
      ]),
    ),
    assignments: new Map(assignments.rows.map((row) => [assignmentKey(row.tenantId, row.lane), row.poolId])),
  };
}

/** What of the present day's caps for a provider has been handed to workers, by address. */
export async function readGranted(db: Queryable, provider: ProviderGroup): Promise<Map<string, number>> {
  const result = await db.query<{ id: string; granted: number }>(
    `SELECT address_id AS id, granted FROM egress_day WHERE provider = $1 AND day = (now() AT TIME ZONE 'UTC')::date`,
    [provider],
  );
  return new Map(result.rows.map((row) => [row.id, row.granted]));
}

/** The same for all providers, by `address provider`. */
export async function readGrantedToday(db: Queryable): Promise<Map<string, number>> {
  const result = await db.query<{ id: string; provider: string; granted: number }>(
    `SELECT address_id AS id, provider, granted FROM egress_day WHERE day = (now() AT TIME ZONE 'UTC')::date`,
  );
  return new Map(result.rows.map((row) => [`${row.id} ${row.provider}`, row.granted]));
}

/*
 * Of the cap, so much is open as the day has come to (day-spread.ts). A chunk is a tenth of what is open and left, so that
 * the last of a cap is spread among workers, and never more than 200, so that little is lost when a worker dies with it.
 * The day is the database's: clocks of workers differ.
 */
const GRANT = `
WITH clock AS (
  SELECT coalesce($6::float8, extract(epoch FROM (now() AT TIME ZONE 'UTC') - date_trunc('day', now() AT TIME ZONE 'UTC'))::float8) AS second
), open AS (
  SELECT least($4::int, ceil($4::int * (second + ${HEAD_START_SECONDS}) / ${SPREAD_SECONDS}))::int AS cap FROM clock
), holder AS (
  SELECT address_id, provider FROM egress_warmup WHERE address_id = $1 AND provider = $2 AND phase = 'warming' AND stage = $3
), grown AS (
  INSERT INTO egress_day AS d (address_id, provider, day, granted)
  SELECT address_id, provider, (now() AT TIME ZONE 'UTC')::date, least(open.cap, greatest($5::int, least(200, open.cap / 10))) FROM holder, open
  ON CONFLICT (address_id, provider, day) DO UPDATE
     SET granted = d.granted + greatest(0, least((SELECT cap FROM open) - d.granted, greatest($5::int, least(200, ((SELECT cap FROM open) - d.granted) / 10))))
  RETURNING new.granted - coalesce(old.granted, 0) AS granted
)
SELECT coalesce((SELECT granted FROM grown), 0) AS granted,
       extract(epoch FROM (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') - (now() AT TIME ZONE 'UTC'))::float8 * 1000 AS "msLeft"`;

/** @param secondOfDay for tests: the moment of the UTC day; left out: the database's */
export function grantStore(db: Queryable, secondOfDay?: number): GrantStore {
  return {
    async request({ addressId, provider, stage, cap, count }: GrantRequest): Promise<Grant> {
      const result = await db.query<Grant>({ name: 'egress-grant', text: GRANT, values: [addressId, provider, stage, cap, count, secondOfDay ?? null] });
      return result.rows[0]!;
    },
    async giveBack(rows) {
      await db.query(
        `UPDATE egress_day d SET granted = greatest(0, d.granted - back.count)
           FROM unnest($1::uuid[], $2::text[], $3::int[]) AS back(address_id, provider, count)
          WHERE d.address_id = back.address_id AND d.provider = back.provider AND d.day = (now() AT TIME ZONE 'UTC')::date`,
        [rows.map((row) => row.addressId), rows.map((row) => row.provider), rows.map((row) => row.count)],
      );
    },
  };
}
