// The trail of sign-ins, refusals and sign-outs. Append only; kept for a year.
import type { Queryable } from '../../infra/db/pool.ts';

export const LOGIN_EVENT_KINDS = [
  'sign_in', 'sign_out', 'refused', 'rate_limited', 'revoked', 'second_step_refused', 'verified', 'verify_refused',
  'two_step_on', 'two_step_off', 'totp_added', 'recovery_codes_made', 'passkey_added', 'passkey_removed',
  'app_password_made', 'app_password_revoked', 'password_changed', 'forwarding_changed', 'filters_changed',
] as const;
export type LoginEventKind = (typeof LOGIN_EVENT_KINDS)[number];

export const SIGN_IN_METHODS = ['password', 'totp', 'recovery_code', 'passkey'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

export interface LoginEvent {
  kind: LoginEventKind;
  tenantId?: string;
  accountId?: string;
  /** As typed, cut to 320 characters. */
  address: string;
  ip: string;
  userAgent: string;
  /** What was proved with, or tried. */
  method?: SignInMethod;
  /** The name of what was added or removed; never a secret. */
  detail?: string;
}

export async function recordLoginEvent(db: Queryable, event: LoginEvent): Promise<void> {
  await db.query(
    'INSERT INTO login_event (tenant_id, account_id, address, kind, ip, user_agent, method, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      event.tenantId ?? null, event.accountId ?? null, event.address.slice(0, 320), event.kind, event.ip, event.userAgent.slice(0, 400),
      event.method ?? null, event.detail?.slice(0, 400) ?? null,
    ],
  );
}

export interface LoginEventRow {
  id: string;
  kind: LoginEventKind;
  method: SignInMethod | null;
  detail: string | null;
  ip: string;
  userAgent: string;
  at: Date;
}

/** What happened to an account, newest first: its own events, and refusals that named its address. */
export async function listLoginEvents(db: Queryable, account: { accountId: string; address: string }, limit: number): Promise<LoginEventRow[]> {
  const { rows } = await db.query<LoginEventRow>(
    `SELECT id, kind, method, detail, ip, user_agent AS "userAgent", at FROM (
       (SELECT * FROM login_event WHERE account_id = $1 ORDER BY at DESC LIMIT $3)
       UNION ALL
       (SELECT * FROM login_event WHERE account_id IS NULL AND lower(address) = $2 ORDER BY at DESC LIMIT $3)
     ) AS both_kinds ORDER BY at DESC, id DESC LIMIT $3`,
    [account.accountId, account.address.toLowerCase(), limit],
  );
  return rows;
}

/** Removes what is older than a year. @returns how many */
export async function deleteOldLoginEvents(db: Queryable): Promise<number> {
  const result = await db.query(`DELETE FROM login_event WHERE at < now() - interval '1 year'`);
  return result.rowCount ?? 0;
}
