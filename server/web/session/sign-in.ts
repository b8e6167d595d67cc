// The first step of signing in and its end: the password checked with the mail store, sessions started and ended.
import { readFactors, type FactorState } from '../../factors/factor.store.ts';
import { listPasskeys } from '../../factors/passkey.store.ts';
import { signInOptions } from '../../factors/passkeys.ts';
import { relyingParty } from '../../factors/relying-party.ts';
import { SECOND_FACTOR_MARK } from '../../infra/wildduck/second-factor.ts';
import { AppError } from '../api/app-error.ts';
import type { SecondStepMethod, SecondStepNeeded } from '../contract/security.ts';
import type { Services } from '../services.ts';
import { openChallenge } from './challenge.ts';
import { recordLoginEvent, type SignInMethod } from './login-event.store.ts';
import { findAccountByUser, type AccountRow, type Session } from './session.store.ts';
import type { IssuedToken } from './sessions.ts';

export interface Visitor {
  ip: string;
  userAgent: string;
}

export interface SignInRequest extends Visitor {
  address: string;
  password: string;
  remember: boolean;
}

export type StartedSession = IssuedToken & { session: Session };
export type SignInOutcome = ({ kind: 'signed-in' } & StartedSession) | ({ kind: 'second-step' } & SecondStepNeeded);

/**
 * Checks address and password; starts a session with a new token, or asks for the second step.
 * @throws AppError rate_limited, wrong_credentials (the same for an unknown address, a wrong password and a disabled
 *   account), second_factor_required
 */
export async function signIn(services: Services, request: SignInRequest): Promise<SignInOutcome> {
  const { pool, attemptLimit } = services;
  const trail = { address: request.address, ip: request.ip, userAgent: request.userAgent };
  const verdict = await attemptLimit.take(request.ip, request.address);
  if (verdict.kind === 'limited') {
    await recordLoginEvent(pool, { ...trail, kind: 'rate_limited' });
    throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
  }
  const outcome = await checkPassword(services, request);
  const account = outcome ? await findAccountByUser(pool, outcome.userId) : null;
  if (!outcome || !account) {
    await recordLoginEvent(pool, { ...trail, kind: 'refused', method: 'password' });
    throw new AppError('wrong_credentials');
  }
  await attemptLimit.succeeded(request.ip, request.address);
  const factors = await readFactors(pool, account.id);
  if (factors.twoStep) return askSecondStep(services, account, factors, request.remember);
  await settleMark(services, account, outcome.secondFactors);
  return { kind: 'signed-in', ...(await startSession(services, account, request, 'password', request.remember)) };
}

/** The mail store's user whose password this is, or null. @throws AppError rate_limited */
export async function checkPassword(
  { wildduck }: Services,
  request: { address: string; password: string; ip: string },
): Promise<{ userId: string; secondFactors: string[] } | null> {
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
  return outcome.kind === 'authenticated' ? outcome : null;
}

async function askSecondStep(services: Services, account: AccountRow, factors: FactorState, remember: boolean): Promise<SignInOutcome> {
  const party = relyingParty(services.config.publicUrl);
  const methods: SecondStepMethod[] = [];
  if (factors.totp) methods.push('totp');
  const passkey = party && factors.passkeys > 0 ? await signInOptions(party, await listPasskeys(services.pool, account.id)) : null;
  if (passkey) methods.push('passkey');
  if (factors.recoveryCodesLeft > 0) methods.push('recovery_code');
  const token = await openChallenge(services, 'second_step', account.id, { remember, ...(passkey ? { challenge: passkey.challenge } : {}) });
  return { kind: 'second-step', secondStep: { token, methods, passkey: passkey && { ...passkey } } };
}

/**
 * Our database says that the password is enough. The mail store's mark is then what a crash in the middle of turning
 * two-step verification on or off left behind; a factor that others set up over there is not ours to skip.
 */
async function settleMark({ wildduck }: Services, account: AccountRow, secondFactors: readonly string[]): Promise<void> {
  if (secondFactors.some((factor) => factor !== SECOND_FACTOR_MARK)) throw new AppError('second_factor_required');
  if (secondFactors.length > 0) await wildduck.markSecondFactor(account.wildduckUserId, false);
}

/** The session of somebody who has proved to be the account's owner by `method` (the last step, if there were two). */
export async function startSession(
  services: Services,
  account: AccountRow,
  visitor: Visitor,
  method: SignInMethod,
  remember: boolean,
): Promise<StartedSession> {
  const { ip, userAgent } = visitor;
  const issued = await services.sessions.start(account, { ip, userAgent, remember });
  await recordLoginEvent(services.pool, { kind: 'sign_in', tenantId: account.tenantId, accountId: account.id, address: account.address, ip, userAgent, method });
  const session = await services.sessions.find(issued.token);
  if (!session) throw new Error('a session that was just started is not there');
  return { ...issued, session };
}

/** Ends the session; its token is worthless from now on, in this process at once and in others within seconds. */
export async function signOut(services: Services, session: Session, request: Visitor): Promise<void> {
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
