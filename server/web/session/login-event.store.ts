// The trail of sign-ins, refusals and sign-outs. Append only; kept for a year.
import type { Queryable } from '../../infra/db/pool.ts';

export interface LoginEvent {
  kind: 'sign_in' | 'sign_out' | 'refused' | 'rate_limited' | 'revoked';
  tenantId?: string;
  accountId?: string;
  /** As typed, cut to 320 characters. */
  address: string;
  ip: string;
  userAgent: string;
}

export async function recordLoginEvent(db: Queryable, event: LoginEvent): Promise<void> {
  await db.query(
    'INSERT INTO login_event (tenant_id, account_id, address, kind, ip, user_agent) VALUES ($1, $2, $3, $4, $5, $6)',
    [event.tenantId ?? null, event.accountId ?? null, event.address.slice(0, 320), event.kind, event.ip, event.userAgent.slice(0, 400)],
  );
}

/** Removes what is older than a year. @returns how many */
export async function deleteOldLoginEvents(db: Queryable): Promise<number> {
  const result = await db.query(`DELETE FROM login_event WHERE at < now() - interval '1 year'`);
  return result.rowCount ?? 0;
}
