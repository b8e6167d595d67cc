// Rows of forwarding_target.
import type { Queryable } from '../infra/db/pool.ts';

export interface ForwardingRow {
  id: string;
  address: string;
  verified: boolean;
}

const LINK_DAYS = 7;

/** The first asked for first. */
export async function listForwarding(db: Queryable, accountId: string): Promise<ForwardingRow[]> {
  const { rows } = await db.query<ForwardingRow>(
    'SELECT id, address, verified_at IS NOT NULL AS verified FROM forwarding_target WHERE account_id = $1 ORDER BY created_at',
    [accountId],
  );
  return rows;
}

/** Asks for an address; asked again, the former link is worthless. @returns false when it has agreed already */
export async function askForwarding(db: Queryable, owner: { accountId: string; tenantId: string }, address: string, tokenHash: Uint8Array): Promise<boolean> {
  const result = await db.query(
    `INSERT INTO forwarding_target (account_id, tenant_id, address, token_hash, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(days => ${LINK_DAYS}))
     ON CONFLICT (account_id, address) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at
      WHERE forwarding_target.verified_at IS NULL`,
    [owner.accountId, owner.tenantId, address, tokenHash],
  );
  return result.rowCount === 1;
}

/** Whose link this is, while it may be used. */
export async function findForwardingLink(db: Queryable, tokenHash: Uint8Array): Promise<{ id: string; accountId: string; address: string } | null> {
  const { rows } = await db.query<{ id: string; accountId: string; address: string }>(
    `SELECT id, account_id AS "accountId", address FROM forwarding_target WHERE token_hash = $1 AND verified_at IS NULL AND expires_at > now()`,
    [tokenHash],
  );
  return rows[0] ?? null;
}

/** @returns whether this call did it */
export async function confirmForwarding(db: Queryable, id: string): Promise<boolean> {
  const result = await db.query('UPDATE forwarding_target SET verified_at = now(), token_hash = NULL, expires_at = NULL WHERE id = $1 AND verified_at IS NULL', [id]);
  return result.rowCount === 1;
}

/** @returns the address, or null when there was none */
export async function deleteForwarding(db: Queryable, accountId: string, id: string): Promise<string | null> {
  const { rows } = await db.query<{ address: string }>('DELETE FROM forwarding_target WHERE account_id = $1 AND id::text = $2 RETURNING address', [accountId, id]);
  return rows[0]?.address ?? null;
}
