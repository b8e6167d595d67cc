// Rows of web_session: who is signed in, by hashed token. Cookies and caching are not here.
import type { Pool, Queryable } from '../../infra/db/pool.ts';

export type Role = 'operator' | 'admin' | 'user';

/** A signed-in account, as every handler gets it. */
export interface Session {
  id: string;
  accountId: string;
  tenantId: string;
  wildduckUserId: string;
  address: string;
  displayName: string;
  role: Role;
  persistent: boolean;
  createdAt: Date;
  lastSeenAt: Date;
  rotatedAt: Date;
  expiresAt: Date;
  /** When somebody last proved to be the owner: at sign-in, or since. */
  verifiedAt: Date;
}

/** How long a replaced token still works, for requests that were under way. */
const PREVIOUS_TOKEN_SECONDS = 60;

const COLUMNS = `s.id, s.account_id AS "accountId", s.tenant_id AS "tenantId", a.wildduck_user_id AS "wildduckUserId",
  a.address, a.display_name AS "displayName", a.role, s.persistent, s.created_at AS "createdAt",
  s.last_seen_at AS "lastSeenAt", s.rotated_at AS "rotatedAt", s.expires_at AS "expiresAt",
  s.verified_at AS "verifiedAt"`;

/** The live session of a token, or null: unknown, expired, or account or tenant no longer active. */
export async function findSession(db: Queryable, tokenHash: Buffer): Promise<Session | null> {
  const { rows } = await db.query<Session>(
    `SELECT ${COLUMNS} FROM web_session s
       JOIN account a ON a.id = s.account_id AND a.status = 'active'
       JOIN tenant t ON t.id = s.tenant_id AND t.status <> 'suspended'
      WHERE s.expires_at > now()
        AND (s.token_hash = $1
             OR (s.previous_hash = $1 AND s.rotated_at > now() - make_interval(secs => ${PREVIOUS_TOKEN_SECONDS})))`,
    [tokenHash],
  );
  return rows[0] ?? null;
}

export interface NewSession {
  tenantId: string;
  accountId: string;
  tokenHash: Buffer;
  persistent: boolean;
  ip: string;
  userAgent: string;
  lifetimeSeconds: number;
}

export async function insertSession(db: Queryable, session: NewSession): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO web_session (tenant_id, account_id, token_hash, persistent, ip, user_agent, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) RETURNING id`,
    [session.tenantId, session.accountId, session.tokenHash, session.persistent, session.ip, session.userAgent, session.lifetimeSeconds],
  );
  return rows[0]!.id;
}

/** Notes that the session was used and moves its end; cheap enough every few minutes. */
export async function touchSession(db: Queryable, id: string, lifetimeSeconds: number): Promise<void> {
  await db.query(
    `UPDATE web_session SET last_seen_at = now(), expires_at = now() + make_interval(secs => $2) WHERE id = $1`,
    [id, lifetimeSeconds],
  );
}

/**
 * Replaces the token. Of two requests that rotate at once only one wins, since both name the rotation that they saw.
 * @returns whether this call replaced it
 */
export async function rotateToken(db: Queryable, id: string, seenRotation: Date, tokenHash: Buffer): Promise<boolean> {
  const result = await db.query(
    `UPDATE web_session SET previous_hash = token_hash, token_hash = $3, rotated_at = now()
      WHERE id = $1 AND date_trunc('milliseconds', rotated_at) = $2`,
    [id, seenRotation, tokenHash],
  );
  return result.rowCount === 1;
}

/** The owner has proved to be there, just now. */
export async function markVerified(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE web_session SET verified_at = now() WHERE id = $1', [id]);
}

/** Ends all sessions of an account but one. @returns how many */
export async function deleteOtherSessions(db: Queryable, accountId: string, keptId: string): Promise<number> {
  const result = await db.query('DELETE FROM web_session WHERE account_id = $1 AND id <> $2', [accountId, keptId]);
  return result.rowCount ?? 0;
}

/** Ends one session of an account. @returns whether there was one */
export async function deleteSession(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const result = await db.query('DELETE FROM web_session WHERE id = $1 AND account_id = $2', [id, accountId]);
  return result.rowCount === 1;
}

export interface SessionRow {
  id: string;
  ip: string;
  userAgent: string;
  createdAt: Date;
  lastSeenAt: Date;
}

/** The live sessions of an account, last used first. */
export async function listSessions(db: Queryable, accountId: string): Promise<SessionRow[]> {
  const { rows } = await db.query<SessionRow>(
    `SELECT id, ip, user_agent AS "userAgent", created_at AS "createdAt", last_seen_at AS "lastSeenAt"
       FROM web_session WHERE account_id = $1 AND expires_at > now() ORDER BY last_seen_at DESC LIMIT 100`,
    [accountId],
  );
  return rows;
}

/** Removes what has expired. @returns how many */
export async function deleteExpiredSessions(pool: Pool): Promise<number> {
  const result = await pool.query('DELETE FROM web_session WHERE expires_at < now()');
  return result.rowCount ?? 0;
}

export interface AccountRow {
  id: string;
  tenantId: string;
  wildduckUserId: string;
  address: string;
  displayName: string;
  role: Role;
}

/** The active account behind a mail store's user, or null. */
export async function findAccountByUser(db: Queryable, wildduckUserId: string): Promise<AccountRow | null> {
  const { rows } = await db.query<AccountRow>(
    `SELECT a.id, a.tenant_id AS "tenantId", a.wildduck_user_id AS "wildduckUserId", a.address,
            a.display_name AS "displayName", a.role
       FROM account a JOIN tenant t ON t.id = a.tenant_id
      WHERE a.wildduck_user_id = $1 AND a.status = 'active' AND t.status <> 'suspended'`,
    [wildduckUserId],
  );
  return rows[0] ?? null;
}

/** The account when it may sign in: it and its tenant are active. */
export async function findSignInAccount(db: Queryable, id: string): Promise<AccountRow | null> {
  const { rows } = await db.query<AccountRow>(
    `SELECT a.id, a.tenant_id AS "tenantId", a.wildduck_user_id AS "wildduckUserId", a.address,
            a.display_name AS "displayName", a.role
       FROM account a JOIN tenant t ON t.id = a.tenant_id
      WHERE a.id = $1 AND a.status = 'active' AND a.wildduck_user_id IS NOT NULL AND t.status <> 'suspended'`,
    [id],
  );
  return rows[0] ?? null;
}

/** An active account by its id, or null. */
export async function findAccountById(db: Queryable, id: string): Promise<AccountRow | null> {
  const { rows } = await db.query<AccountRow>(
    `SELECT a.id, a.tenant_id AS "tenantId", a.wildduck_user_id AS "wildduckUserId", a.address,
            a.display_name AS "displayName", a.role
       FROM account a WHERE a.id = $1 AND a.status = 'active' AND a.wildduck_user_id IS NOT NULL`,
    [id],
  );
  return rows[0] ?? null;
}

/** Ends every session of an account: its password was changed by somebody else. @returns how many */
export async function deleteAccountSessions(db: Queryable, accountId: string): Promise<number> {
  const result = await db.query('DELETE FROM web_session WHERE account_id = $1', [accountId]);
  return result.rowCount ?? 0;
}
