// What follows the password, or replaces it: codes and passkeys at sign-in.
import { countWrongAnswer, takeChallenge, type Challenge } from '../../factors/challenge.store.ts';
import { signInOptions, type AuthenticationResponseJSON } from '../../factors/passkeys.ts';
import { relyingParty } from '../../factors/relying-party.ts';
import { AppError } from '../api/app-error.ts';
import type { Ceremony, SecondStepBody } from '../contract/security.ts';
import type { Services } from '../services.ts';
import { challengeGone, findChallenge, openChallenge } from './challenge.ts';
import { checkPasskey, checkRecoveryCode, checkTotpCode } from './check-factors.ts';
import { recordLoginEvent } from './login-event.store.ts';
import { findSignInAccount, type AccountRow } from './session.store.ts';
import { startSession, type StartedSession, type Visitor } from './sign-in.ts';

/**
 * The second step of a sign-in whose password was right.
 * @throws AppError gone (start again), rate_limited, wrong_credentials
 */
export async function finishSecondStep(services: Services, body: SecondStepBody, visitor: Visitor): Promise<StartedSession> {
  const challenge = await findChallenge(services, body.token, 'second_step');
  const account = challenge.accountId === null ? null : await findSignInAccount(services.pool, challenge.accountId);
  if (!account) throw challengeGone();
  // A signature cannot be guessed, so that a stranger's guesses at codes do not keep the owner of a passkey out.
  if (body.method !== 'passkey') await takeCodeAttempt(services, account, visitor);
  if (!(await isRight(services, challenge, account, body))) {
    await countWrongAnswer(services.pool, challenge.id);
    await recordLoginEvent(services.pool, { ...trailOf(account, visitor), kind: 'second_step_refused', method: body.method });
    throw new AppError('wrong_credentials', { text: body.method === 'passkey' ? 'This passkey was not accepted.' : 'This code is wrong, or was used before.' });
  }
  if (!(await takeChallenge(services.pool, challenge.id))) throw challengeGone();
  if (body.method !== 'passkey') await services.codeLimit.succeeded(visitor.ip, account.id);
  return startSession(services, account, visitor, body.method, challenge.remember);
}

async function takeCodeAttempt(services: Services, account: AccountRow, visitor: Visitor): Promise<void> {
  const verdict = await services.codeLimit.take(visitor.ip, account.id);
  if (verdict.kind === 'allowed') return;
  await recordLoginEvent(services.pool, { ...trailOf(account, visitor), kind: 'rate_limited' });
  throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
}

async function isRight(services: Services, challenge: Challenge, account: AccountRow, body: SecondStepBody): Promise<boolean> {
  if (body.method === 'totp') return checkTotpCode(services, account.id, body.code);
  if (body.method === 'recovery_code') return checkRecoveryCode(services, account.id, body.code);
  return (await checkPasskey(services, challenge.challenge, account.id, body.credential as unknown as AuthenticationResponseJSON)) !== null;
}

/** Begins a sign-in by passkey alone. @throws AppError not_found where this site has no name to make passkeys for */
export async function beginPasskeySignIn(services: Services, visitor: Visitor): Promise<Ceremony> {
  const party = relyingParty(services.config.publicUrl);
  if (!party) throw new AppError('not_found', { text: 'Passkeys are not offered at this address.' });
  const verdict = await services.beginLimit.take(visitor.ip, '');
  if (verdict.kind === 'limited') throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
  const options = await signInOptions(party);
  return { token: await openChallenge(services, 'passkey_sign_in', null, { challenge: options.challenge }), options: { ...options } };
}

/**
 * Signs in whoever's passkey signed. It was made with PIN, finger or face, so it is both factors at once.
 * @throws AppError gone, wrong_credentials
 */
export async function finishPasskeySignIn(
  services: Services,
  body: { token: string; credential: unknown; remember: boolean },
  visitor: Visitor,
): Promise<StartedSession> {
  const challenge = await findChallenge(services, body.token, 'passkey_sign_in');
  if (!(await takeChallenge(services.pool, challenge.id))) throw challengeGone();
  const passkey = await checkPasskey(services, challenge.challenge, null, body.credential as AuthenticationResponseJSON);
  const account = passkey ? await findSignInAccount(services.pool, passkey.accountId) : null;
  if (!account) {
    await recordLoginEvent(services.pool, { kind: 'refused', address: '', method: 'passkey', ip: visitor.ip, userAgent: visitor.userAgent });
    throw new AppError('wrong_credentials', { text: 'This passkey is not known here. Sign in with your password.' });
  }
  return startSession(services, account, visitor, 'passkey', body.remember);
}

function trailOf(account: AccountRow, { ip, userAgent }: Visitor) {
  return { tenantId: account.tenantId, accountId: account.id, address: account.address, ip, userAgent };
}
