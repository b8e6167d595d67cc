// POST /api/session and DELETE /api/session: checking a password with the mail store, starting and ending sessions.
import type { Session } from './session.store.ts';
import { findAccountByUser } from './session.store.ts';
import { recordLoginEvent } from './login-event.store.ts';
import type { IssuedToken } from './sessions.ts';
import { AppError } from '../api/app-error.ts';
import type { Services } from '../services.ts';

export interface SignInRequest {
  address: string;
  password: string;
  remember: boolean;
  ip: string;
  userAgent: string;
}

/**
 * Checks address and password and starts a session with a new token.
 * @throws AppError rate_limited, wrong_credentials (the same for an unknown address, a wrong password and a disabled
 *   account), second_factor_required
 */
export async function signIn(services: Services, request: SignInRequest): Promise<IssuedToken & { session: Session }> {
  const { pool, attemptLimit, wildduck } = services;
  const trail = { address: request.address, ip: request.ip, userAgent: request.userAgent };
  const verdict = await attemptLimit.take(request.ip, request.address);
  if (verdict.kind === 'limited') {
    await recordLoginEvent(pool, { ...trail, kind: 'rate_limited' });
    throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
  }
  const outcome = await wildduck.authenticate({
    username: request.address,
    password: request.password,
    scope: 'master',
    protocol: 'web',
    ...(request.ip === 'unknown' ? {} : { ip: request.ip }),
  });
  if (outcome.kind === 'rate-limited') {
    throw new AppError('rate_limited', { retryAfterSeconds: Math.ceil((outcome.retryAfterMs ?? 60_000) / 1000) });
  }
  const account = outcome.kind === 'authenticated' ? await findAccountByUser(pool, outcome.userId) : null;
  if (outcome.kind !== 'authenticated' || !account) {
    await recordLoginEvent(pool, { ...trail, kind: 'refused' });
    throw new AppError('wrong_credentials');
  }
  if (outcome.secondFactors.length > 0) throw new AppError('second_factor_required');
  await attemptLimit.succeeded(request.ip, request.address);
  const issued = await services.sessions.start(account, request);
  await recordLoginEvent(pool, { ...trail, kind: 'sign_in', tenantId: account.tenantId, accountId: account.id });
  const session = await services.sessions.find(issued.token);
  if (!session) throw new Error('a session that was just started is not there');
  return { ...issued, session };
}

/** Ends the session; its token is worthless from now on, in this process at once and in others within seconds. */
export async function signOut(services: Services, session: Session, request: { ip: string; userAgent: string }): Promise<void> {
  await services.sessions.end(session);
  await recordLoginEvent(services.pool, {
    kind: 'sign_out',
    tenantId: session.tenantId,
    accountId: session.accountId,
    address: session.address,
    ip: request.ip,
    userAgent: request.userAgent,
  });
}
