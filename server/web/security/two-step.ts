// Two-step verification: turning it on and off, the authenticator app, recovery codes. The mail store is told before
// our database when it goes on and after it when it goes off, so that no crash leaves the account's password good for
// mail programs while the web says that it is not.
import {
  deleteTotp, deleteTwoStep, readFactors, replaceRecoveryCodes, saveTotpSecret, turnOnTwoStep,
} from '../../factors/factor.store.ts';
import { hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from '../../factors/recovery-codes.ts';
import { base32, newTotpSecret, otpauthUri } from '../../factors/totp.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import type { SecurityChanged, TotpSecret } from '../contract/security.ts';
import type { Services } from '../services.ts';
import { checkTotpCode, fitsFreshTotp, recoveryKey, totpContext } from '../session/check-factors.ts';
import { qrPath } from './qr-path.ts';
import { noteChange, readSecurity, type Actor } from './security-state.ts';

/** A fresh secret for an authenticator app; it counts from its first code on. @throws AppError conflict when one is in use */
export async function createTotp(services: Services, { session }: Actor): Promise<TotpSecret> {
  const secret = newTotpSecret();
  const sealed = services.secretBox.seal(secret, totpContext(session.accountId));
  if (!(await saveTotpSecret(services.pool, session, sealed))) {
    throw new AppError('conflict', { text: 'An authenticator app is set up already. Remove it first.' });
  }
  const uri = otpauthUri({ secret, account: session.address, issuer: 'Eider' });
  return { secret: base32(secret), uri, qr: qrPath(uri) };
}

/** The first code of a fresh secret: puts it into use, and turns two-step verification on. */
export async function confirmTotp(services: Services, actor: Actor, code: string): Promise<SecurityChanged> {
  const { session, visitor } = actor;
  const verdict = await services.codeLimit.take(visitor.ip, session.accountId);
  if (verdict.kind === 'limited') throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
  // Marking ends the account's IMAP connections: not for a code that was mistyped.
  const wrong = () => fieldError('code', 'not the code that the app shows now');
  if (!(await fitsFreshTotp(services, session.accountId, code))) throw wrong();
  await services.wildduck.markSecondFactor(session.wildduckUserId, true);
  if (!(await checkTotpCode(services, session.accountId, code, true))) {
    const { twoStep } = await readFactors(services.pool, session.accountId);
    if (!twoStep) await services.wildduck.markSecondFactor(session.wildduckUserId, false);
    throw wrong();
  }
  await services.codeLimit.succeeded(visitor.ip, session.accountId);
  await noteChange(services, actor, 'totp_added');
  return { recoveryCodes: await enable(services, actor), state: await readSecurity(services, session) };
}

/**
 * @returns the recovery codes, when the account had none
 * @throws AppError conflict when there is nothing that could be the second step
 */
export async function setTwoStep(services: Services, actor: Actor, enabled: boolean): Promise<SecurityChanged> {
  const { session } = actor;
  const factors = await readFactors(services.pool, session.accountId);
  if (!enabled) {
    if (factors.twoStep) await disable(services, actor);
    return { recoveryCodes: null, state: await readSecurity(services, session) };
  }
  if (!factors.totp && factors.passkeys === 0) {
    throw new AppError('conflict', { text: 'Set up an authenticator app or a passkey first.' });
  }
  await services.wildduck.markSecondFactor(session.wildduckUserId, true);
  return { recoveryCodes: await enable(services, actor), state: await readSecurity(services, session) };
}

/** The mail store is told already. Other sessions began with the password alone, and end. */
async function enable(services: Services, actor: Actor): Promise<string[] | null> {
  const { session } = actor;
  const before = await readFactors(services.pool, session.accountId);
  const codes = before.recoveryCodesLeft > 0 ? null : newRecoveryCodes();
  await withTransaction(services.pool, async (client) => {
    await turnOnTwoStep(client, session);
    if (codes) await replaceRecoveryCodes(client, session, hashes(services, session.accountId, codes));
  });
  if (!before.twoStep) {
    await services.sessions.endOthers(session);
    await noteChange(services, actor, 'two_step_on');
  }
  return codes;
}

async function disable(services: Services, actor: Actor): Promise<void> {
  const { accountId, wildduckUserId } = actor.session;
  await withTransaction(services.pool, (client) => deleteTwoStep(client, accountId));
  await noteChange(services, actor, 'two_step_off');
  await services.wildduck.markSecondFactor(wildduckUserId, false);
}

/** Removes the authenticator app; without a passkey in its place, two-step verification goes with it. */
export async function removeTotp(services: Services, actor: Actor): Promise<SecurityChanged> {
  const { accountId } = actor.session;
  const { passkeys, twoStep } = await readFactors(services.pool, accountId);
  if (passkeys === 0 && twoStep) await disable(services, actor);
  else await deleteTotp(services.pool, accountId);
  return { recoveryCodes: null, state: await readSecurity(services, actor.session) };
}

/** Ten new codes; the former ones are worthless. */
export async function renewRecoveryCodes(services: Services, actor: Actor): Promise<SecurityChanged> {
  const { accountId } = actor.session;
  if (!(await readFactors(services.pool, accountId)).twoStep) throw new AppError('conflict', { text: 'Turn on two-step verification first.' });
  const codes = newRecoveryCodes();
  await withTransaction(services.pool, (client) => replaceRecoveryCodes(client, actor.session, hashes(services, accountId, codes)));
  await noteChange(services, actor, 'recovery_codes_made');
  return { recoveryCodes: codes, state: await readSecurity(services, actor.session) };
}

function hashes(services: Services, accountId: string, codes: readonly string[]): Buffer[] {
  const key = recoveryKey(services);
  return codes.map((code) => hashRecoveryCode(key, accountId, normaliseRecoveryCode(code)!));
}
