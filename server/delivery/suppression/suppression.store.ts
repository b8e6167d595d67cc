// SQL of the suppression list: adding, removing, listing, looking up, forgetting an address.
import type { Queryable } from '../../infra/db/pool.ts';
import type { EnqueueSource, Lane } from '../enqueue-types.ts';
import type { SuppressionReason } from './suppression-rules.ts';
import { SQL_SUPPRESS_AGAIN, sqlAddressHash, sqlSuppressing } from './suppression-sql.store.ts';

export interface NewSuppression {
  /** Null: for all tenants. */
  tenantId: string | null;
  address: string;
  reason: SuppressionReason;
  /** What put it there: `delivery`, `dsn`, `arf`, `operator` … */
  source: string;
  detail: string | null;
  queueId: string | null;
  /** Null: never ends by itself. */
  expiresAt: Date | null;
}

export interface SuppressionRow {
  id: string;
  tenantId: string | null;
  /** The slug; null for all tenants. */
  tenant: string | null;
  /** Null once it was erased. */
  address: string | null;
  /** 64 hexadecimal digits. */
  addressHash: string;
  reason: string;
  source: string;
  detail: string | null;
  queueId: string | null;
  createdAt: Date;
  expiresAt: Date | null;
}

/** Adds one, or renews the one of the same address, tenant and reason. */
export async function insertSuppression(db: Queryable, suppression: NewSuppression): Promise<void> {
  await db.query(
    `INSERT INTO suppression (id, tenant_id, address_hash, address, reason, source, detail, queue_id, expires_at)
     SELECT uuidv7(), $1::uuid, ${sqlAddressHash('$2::text')}, lower($2::text), $3::text, $4::text, $5::text, $6::uuid, $7::timestamptz
      -- What the simulator sends back tells nothing of an address.
      WHERE NOT EXISTS (SELECT FROM delivery_event e
                         WHERE e.queue_id = $6::uuid AND e.type = 'delivered' AND lower(e.recipient) = lower($2::text) AND e.data ? 'simulated')
     ${SQL_SUPPRESS_AGAIN}`,
    [suppression.tenantId, suppression.address, suppression.reason, suppression.source, suppression.detail, suppression.queueId, suppression.expiresAt],
  );
}

/**
 * Removes an address's suppressions of one tenant, or those for all tenants when `tenantId` is null.
 * @param reason only that one
 * @returns how many there were
 */
export async function deleteSuppressions(db: Queryable, which: { tenantId: string | null; address: string; reason?: string }): Promise<number> {
  const result = await db.query(
    `DELETE FROM suppression WHERE address_hash = ${sqlAddressHash('$2::text')} AND tenant_id IS NOT DISTINCT FROM $1 AND ($3::text IS NULL OR reason = $3)`,
    [which.tenantId, which.address, which.reason ?? null],
  );
  return result.rowCount ?? 0;
}

const COLUMNS = `s.id, s.tenant_id AS "tenantId", t.slug AS tenant, s.address, encode(s.address_hash, 'hex') AS "addressHash", s.reason, s.source,
  s.detail, s.queue_id AS "queueId", s.created_at AS "createdAt", s.expires_at AS "expiresAt"`;

/** The newest suppressions that hold: of one tenant and those for all, or of everyone. */
export async function selectSuppressions(db: Queryable, filter: { tenantId?: string; reason?: string; limit: number }): Promise<SuppressionRow[]> {
  const result = await db.query<SuppressionRow>(
    `SELECT ${COLUMNS} FROM suppression s LEFT JOIN tenant t ON t.id = s.tenant_id
      WHERE (s.expires_at IS NULL OR s.expires_at > now()) AND ($1::uuid IS NULL OR s.tenant_id = $1 OR s.tenant_id IS NULL)
        AND ($2::text IS NULL OR s.reason = $2)
      ORDER BY s.created_at DESC LIMIT $3`,
    [filter.tenantId ?? null, filter.reason ?? null, filter.limit],
  );
  return result.rows;
}

/** Every suppression of an address that holds; of one tenant and those for all, or of everyone. */
export async function findSuppressions(db: Queryable, address: string, tenantId?: string): Promise<SuppressionRow[]> {
  const result = await db.query<SuppressionRow>(
    `SELECT ${COLUMNS} FROM suppression s LEFT JOIN tenant t ON t.id = s.tenant_id
      WHERE s.address_hash = ${sqlAddressHash('$1')} AND (s.expires_at IS NULL OR s.expires_at > now())
        AND ($2::uuid IS NULL OR s.tenant_id = $2 OR s.tenant_id IS NULL)
      ORDER BY s.created_at`,
    [address, tenantId ?? null],
  );
  return result.rows;
}

/** The reason that stops a message to this address, or null. What accept and claim ask within their own statements. */
export async function selectSuppressingReason(
  db: Queryable,
  message: { address: string; tenantId: string; lane: Lane; source: EnqueueSource },
): Promise<string | null> {
  const result = await db.query<{ reason: string }>({
    name: 'suppressing-reason',
    text: `SELECT s.reason ${sqlSuppressing({ address: '$1::text', tenantId: '$2::uuid', lane: '$3::text', source: '$4::text' })} ORDER BY s.created_at LIMIT 1`,
    values: [message.address, message.tenantId, message.lane, message.source],
  });
  return result.rows[0]?.reason ?? null;
}

/** Forgets the address in clear, everywhere in the list; the hash goes on suppressing. @returns rows changed */
export async function eraseSuppressedAddress(db: Queryable, address: string): Promise<number> {
  const result = await db.query(
    `UPDATE suppression SET address = NULL, detail = NULL WHERE address_hash = ${sqlAddressHash('$1')} AND (address IS NOT NULL OR detail IS NOT NULL)`,
    [address],
  );
  return result.rowCount ?? 0;
}
