// Rows of sign_in_challenge: proofs that were asked for and are still out. Each is answered at most once.
import type { Queryable } from '../infra/db/pool.ts';

export type ChallengePurpose = 'second_step' | 'passkey_sign_in' | 'passkey_register' | 'verify';

export interface Challenge {
  id: string;
  accountId: string | null;
  challenge: string;
  remember: boolean;
}

/** Wrong answers until a challenge is dead and the password must be given again. */
const MAX_WRONG = 5;
const LIFETIME_SECONDS = 600;

export async function insertChallenge(
  db: Queryable,
  made: { tokenHash: Uint8Array; accountId: string | null; purpose: ChallengePurpose; challenge: string; remember?: boolean },
): Promise<void> {
  await db.query(
    `INSERT INTO sign_in_challenge (token_hash, account_id, purpose, challenge, remember, expires_at)
     VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => ${LIFETIME_SECONDS}))`,
    [made.tokenHash, made.accountId, made.purpose, made.challenge, made.remember ?? false],
  );
}

/** The challenge while it may still be answered. */
export async function readChallenge(db: Queryable, tokenHash: Uint8Array, purpose: ChallengePurpose): Promise<Challenge | null> {
  const { rows } = await db.query<Challenge>(
    `SELECT id, account_id AS "accountId", challenge, remember FROM sign_in_challenge
      WHERE token_hash = $1 AND purpose = $2 AND expires_at > now() AND wrong < ${MAX_WRONG}`,
    [tokenHash, purpose],
  );
  return rows[0] ?? null;
}

export async function countWrongAnswer(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE sign_in_challenge SET wrong = wrong + 1 WHERE id = $1', [id]);
}

/** Uses it up. @returns false when somebody else did at the same time */
export async function takeChallenge(db: Queryable, id: string): Promise<boolean> {
  const result = await db.query('DELETE FROM sign_in_challenge WHERE id = $1', [id]);
  return result.rowCount === 1;
}

/** @returns how many */
export async function deleteExpiredChallenges(db: Queryable): Promise<number> {
  const result = await db.query('DELETE FROM sign_in_challenge WHERE expires_at < now()');
  return result.rowCount ?? 0;
}
