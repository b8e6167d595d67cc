// Proving anew, within a session, that one is the owner: before sensitive changes. And changing the password.
import { takeChallenge } from '../../factors/challenge.store.ts';
import { listPasskeys } from '../../factors/passkey.store.ts';
import { signInOptions, type AuthenticationResponseJSON } from '../../factors/passkeys.ts';
import { relyingParty } from '../../factors/relying-party.ts';
import { passwordFault } from '../../tenants/password.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import type { Ceremony, VerifyBody } from '../contract/security.ts';
import type { Services } from '../services.ts';
import { challengeGone, findChallenge, openChallenge } from '../session/challenge.ts';
import { checkPasskey } from '../session/check-factors.ts';
import { checkPassword } from '../session/sign-in.ts';
import { noteChange, type Actor } from './security-state.ts';

/** The passkey's part is null when the account has none. */
export async function verifyOptions(services: Services, { session }: Actor): Promise<{ passkey: Ceremony | null }> {
  const party = relyingParty(services.config.publicUrl);
  const passkeys = party ? await listPasskeys(services.pool, session.accountId) : [];
  if (!party || passkeys.length === 0) return { passkey: null };
  const options = await signInOptions(party, passkeys);
  return { passkey: { token: await openChallenge(services, 'verify', session.accountId, { challenge: options.challenge }), options: { ...options } } };
}

/** @throws AppError rejected (a wrong proof; the session stays), gone, rate_limited */
export async function verify(services: Services, actor: Actor, body: VerifyBody): Promise<void> {
  const { session } = actor;
  if (body.method === 'password') {
    if (!(await isPassword(services, actor, body.password))) throw new AppError('rejected', { text: 'The password is wrong.', fields: [{ field: 'password', rule: 'not this account’s password' }] });
  } else {
    const challenge = await findChallenge(services, body.token, 'verify');
    if (challenge.accountId !== session.accountId || !(await takeChallenge(services.pool, challenge.id))) throw challengeGone();
    const passkey = await checkPasskey(services, challenge.challenge, session.accountId, body.credential as unknown as AuthenticationResponseJSON);
    if (!passkey) {
      await noteChange(services, actor, 'verify_refused', { method: 'passkey' });
      throw new AppError('rejected', { text: 'This passkey was not accepted.' });
    }
  }
  await services.sessions.verified(session);
  await noteChange(services, actor, 'verified', { method: body.method });
}

/**
 * A new password, good from now on for the web and, without two-step verification, for mail programs. Other sessions
 * end; app passwords stay.
 * @throws AppError rejected (the current one is wrong), invalid_request (the next one breaks a rule), rate_limited
 */
export async function changePassword(services: Services, actor: Actor, body: { current: string; next: string }): Promise<void> {
  const fault = passwordFault(body.next);
  if (fault) throw fieldError('next', fault);
  if (body.next === body.current) throw fieldError('next', 'the same as before');
  if (!(await isPassword(services, actor, body.current))) {
    throw new AppError('rejected', { text: 'The current password is wrong.', fields: [{ field: 'current', rule: 'not this account’s password' }] });
  }
  await services.wildduck.updateUser(actor.session.wildduckUserId, { password: body.next });
  await services.sessions.endOthers(actor.session);
  await noteChange(services, actor, 'password_changed');
}

/** Counts with the sign-in's tries: a stolen session is no place to guess from. */
async function isPassword(services: Services, actor: Actor, password: string): Promise<boolean> {
  const { session, visitor } = actor;
  const verdict = await services.attemptLimit.take(visitor.ip, session.address);
  if (verdict.kind === 'limited') throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
  const outcome = await checkPassword(services, { address: session.address, password, ip: visitor.ip });
  if (outcome?.userId !== session.wildduckUserId) {
    await noteChange(services, actor, 'verify_refused', { method: 'password' });
    return false;
  }
  await services.attemptLimit.succeeded(visitor.ip, session.address);
  return true;
}
