// Whether a code or a passkey's signature is the account's. What was right is used up at once.
import { takeTotpStep, readTotp, takeRecoveryCode } from '../../factors/factor.store.ts';
import { findPasskey, notePasskeyUse, type PasskeyRow } from '../../factors/passkey.store.ts';
import { checkSignature, type AuthenticationResponseJSON } from '../../factors/passkeys.ts';
import { hashRecoveryCode, normaliseRecoveryCode } from '../../factors/recovery-codes.ts';
import { relyingParty } from '../../factors/relying-party.ts';
import { matchTotp } from '../../factors/totp.ts';
import type { Services } from '../services.ts';

/** The context under which an account's TOTP secret is sealed. */
export const totpContext = (accountId: string): string => `totp_secret:${accountId}`;

/** The key of recovery codes' hashes. */
export const recoveryKey = ({ secretBox }: Services): Buffer => secretBox.derive('web:recovery-codes');

/**
 * @param fresh the first code of a secret that is not in use yet, which puts it into use; otherwise only a secret in
 *   use counts
 */
export async function checkTotpCode(services: Services, accountId: string, code: string, fresh = false): Promise<boolean> {
  const row = await readTotp(services.pool, accountId);
  if (!row || row.confirmed === fresh) return false;
  const step = matchTotp(services.secretBox.open(row.sealed, totpContext(accountId)), code, Date.now());
  return step !== null && takeTotpStep(services.pool, accountId, step, fresh);
}

/** Whether the code is one of a secret that is not in use yet; nothing is used up. */
export async function fitsFreshTotp(services: Services, accountId: string, code: string): Promise<boolean> {
  const row = await readTotp(services.pool, accountId);
  return row !== null && !row.confirmed && matchTotp(services.secretBox.open(row.sealed, totpContext(accountId)), code, Date.now()) !== null;
}

export async function checkRecoveryCode(services: Services, accountId: string, typed: string): Promise<boolean> {
  const code = normaliseRecoveryCode(typed);
  return code !== null && takeRecoveryCode(services.pool, accountId, hashRecoveryCode(recoveryKey(services), accountId, code));
}

/** The passkey whose signature this is, or null. @param accountId whose it must be; null: anybody's */
export async function checkPasskey(
  services: Services,
  challenge: string,
  accountId: string | null,
  response: AuthenticationResponseJSON,
): Promise<PasskeyRow | null> {
  const party = relyingParty(services.config.publicUrl);
  if (!party) return null;
  const passkey = await findPasskey(services.pool, Buffer.from(response.id, 'base64url'));
  if (!passkey || (accountId !== null && passkey.accountId !== accountId)) return null;
  const proof = await checkSignature(party, challenge, passkey, response);
  if (!proof || !(await notePasskeyUse(services.pool, passkey.id, proof.counter, proof.backedUp))) return null;
  return passkey;
}
