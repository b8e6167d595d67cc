// Rows of two_step, totp_secret and recovery_code. What they mean is decided in server/web/security.
import type { Queryable } from '../infra/db/pool.ts';

export interface Owner {
  accountId: string;
  tenantId: string;
}

export interface FactorState {
  /** The password alone does not sign in. */
  twoStep: boolean;
  /** An authenticator app is set up. */
  totp: boolean;
  passkeys: number;
  recoveryCodesLeft: number;
}

export async function readFactors(db: Queryable, accountId: string): Promise<FactorState> {
  const { rows } = await db.query<FactorState>(
    `SELECT EXISTS (SELECT FROM two_step WHERE account_id = $1) AS "twoStep",
            EXISTS (SELECT FROM totp_secret WHERE account_id = $1 AND confirmed_at IS NOT NULL) AS totp,
            (SELECT count(*)::int FROM passkey WHERE account_id = $1) AS passkeys,
            (SELECT count(*)::int FROM recovery_code WHERE account_id = $1 AND used_at IS NULL) AS "recoveryCodesLeft"`,
    [accountId],
  );
  return rows[0]!;
}

/** Keeps a secret that waits for its first code, in place of one that waited before. @returns false when one is in use */
export async function saveTotpSecret(db: Queryable, owner: Owner, sealed: Uint8Array): Promise<boolean> {
  const result = await db.query(
    `INSERT INTO totp_secret (account_id, tenant_id, sealed) VALUES ($1, $2, $3)
     ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, last_step = 0, created_at = now()
      WHERE totp_secret.confirmed_at IS NULL`,
    [owner.accountId, owner.tenantId, sealed],
  );
  return result.rowCount === 1;
}

export interface TotpRow {
  sealed: Buffer;
  confirmed: boolean;
}

export async function readTotp(db: Queryable, accountId: string): Promise<TotpRow | null> {
  const { rows } = await db.query<TotpRow>(
    'SELECT sealed, confirmed_at IS NOT NULL AS confirmed FROM totp_secret WHERE account_id = $1',
    [accountId],
  );
  return rows[0] ?? null;
}

/**
 * Uses up a time step, and with it all before.
 * @param confirm the first code of a fresh secret, which puts it into use
 * @returns false when the step was used already, by this code or a later one
 */
export async function takeTotpStep(db: Queryable, accountId: string, step: number, confirm = false): Promise<boolean> {
  const result = await db.query(
    `UPDATE totp_secret SET last_step = $2, confirmed_at = CASE WHEN $3 THEN coalesce(confirmed_at, now()) ELSE confirmed_at END
      WHERE account_id = $1 AND last_step < $2`,
    [accountId, step, confirm],
  );
  return result.rowCount === 1;
}

export async function deleteTotp(db: Queryable, accountId: string): Promise<boolean> {
  const result = await db.query('DELETE FROM totp_secret WHERE account_id = $1', [accountId]);
  return result.rowCount === 1;
}

/** Idempotent. */
export async function turnOnTwoStep(db: Queryable, owner: Owner): Promise<void> {
  await db.query('INSERT INTO two_step (account_id, tenant_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [owner.accountId, owner.tenantId]);
}

/** Forgets the requirement, the authenticator app and the recovery codes. Passkeys stay: they sign in by themselves. */
export async function deleteTwoStep(db: Queryable, accountId: string): Promise<void> {
  await db.query('DELETE FROM two_step WHERE account_id = $1', [accountId]);
  await db.query('DELETE FROM totp_secret WHERE account_id = $1', [accountId]);
  await db.query('DELETE FROM recovery_code WHERE account_id = $1', [accountId]);
}

/** The former codes, used and unused, are worthless from now on. In a transaction. */
export async function replaceRecoveryCodes(db: Queryable, owner: Owner, hashes: readonly Uint8Array[]): Promise<void> {
  await db.query('DELETE FROM recovery_code WHERE account_id = $1', [owner.accountId]);
  await db.query('INSERT INTO recovery_code (account_id, tenant_id, code_hash) SELECT $1, $2, unnest($3::bytea[])', [
    owner.accountId, owner.tenantId, hashes,
  ]);
}

/** @returns whether the code was there and unused; of two tries at once only one gets it */
export async function takeRecoveryCode(db: Queryable, accountId: string, hash: Uint8Array): Promise<boolean> {
  const result = await db.query(
    'UPDATE recovery_code SET used_at = now() WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL',
    [accountId, hash],
  );
  return result.rowCount === 1;
}
