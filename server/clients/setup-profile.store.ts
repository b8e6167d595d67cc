// Rows of setup_profile: profiles that wait for another device, sealed, for minutes.
import type { Queryable } from '../infra/db/pool.ts';

const LIFETIME_SECONDS = 600;

export async function insertSetupProfile(
  db: Queryable,
  profile: { tokenHash: Uint8Array; tenantId: string; accountId: string; sealed: Uint8Array },
): Promise<void> {
  await db.query(
    `INSERT INTO setup_profile (token_hash, tenant_id, account_id, sealed, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(secs => ${LIFETIME_SECONDS}))`,
    [profile.tokenHash, profile.tenantId, profile.accountId, profile.sealed],
  );
}

export async function findSetupProfile(db: Queryable, tokenHash: Uint8Array): Promise<Buffer | null> {
  const { rows } = await db.query<{ sealed: Buffer }>('SELECT sealed FROM setup_profile WHERE token_hash = $1 AND expires_at > now()', [tokenHash]);
  return rows[0]?.sealed ?? null;
}

/** Those of an account: one of its app passwords was taken back. */
export async function deleteSetupProfiles(db: Queryable, accountId: string): Promise<void> {
  await db.query('DELETE FROM setup_profile WHERE account_id = $1', [accountId]);
}

/** @returns how many */
export async function deleteExpiredProfiles(db: Queryable): Promise<number> {
  const result = await db.query('DELETE FROM setup_profile WHERE expires_at < now()');
  return result.rowCount ?? 0;
}
