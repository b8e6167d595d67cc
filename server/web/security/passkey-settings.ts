// Adding, naming and removing passkeys.
import { takeChallenge } from '../../factors/challenge.store.ts';
import { readFactors } from '../../factors/factor.store.ts';
import { deletePasskey, insertPasskey, listPasskeys, renamePasskey } from '../../factors/passkey.store.ts';
import { checkRegistration, registrationOptions, type RegistrationResponseJSON } from '../../factors/passkeys.ts';
import { relyingParty, type RelyingParty } from '../../factors/relying-party.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import type { Ceremony, SecurityChanged } from '../contract/security.ts';
import type { Services } from '../services.ts';
import { challengeGone, findChallenge, openChallenge } from '../session/challenge.ts';
import { noteChange, readSecurity, type Actor } from './security-state.ts';

/** @throws AppError not_found where the site has no name to make passkeys for */
export async function beginPasskey(services: Services, { session }: Actor): Promise<Ceremony> {
  const options = await registrationOptions(party(services), session, await listPasskeys(services.pool, session.accountId));
  return { token: await openChallenge(services, 'passkey_register', session.accountId, { challenge: options.challenge }), options: { ...options } };
}

export async function addPasskey(services: Services, actor: Actor, body: { token: string; name: string; credential: unknown }): Promise<SecurityChanged> {
  const { session } = actor;
  const challenge = await findChallenge(services, body.token, 'passkey_register');
  if (challenge.accountId !== session.accountId || !(await takeChallenge(services.pool, challenge.id))) throw challengeGone();
  const made = await checkRegistration(party(services), challenge.challenge, body.credential as RegistrationResponseJSON);
  if (!made) throw fieldError('credential', 'not an answer to what was asked');
  if (!(await insertPasskey(services.pool, session, { ...made, name: body.name }))) throw new AppError('conflict', { text: 'This passkey is here already, or there are too many.' });
  await noteChange(services, actor, 'passkey_added', { detail: body.name });
  return changed(services, actor);
}

export async function namePasskey(services: Services, actor: Actor, id: string, name: string): Promise<SecurityChanged> {
  if (!isUuid(id) || !(await renamePasskey(services.pool, actor.session.accountId, id, name))) throw new AppError('not_found');
  return changed(services, actor);
}

/** @throws AppError conflict for the only second step of an account that asks for one */
export async function removePasskey(services: Services, actor: Actor, id: string): Promise<SecurityChanged> {
  const { accountId } = actor.session;
  const { twoStep, totp, passkeys } = await readFactors(services.pool, accountId);
  const known = isUuid(id) && (await listPasskeys(services.pool, accountId)).some((passkey) => passkey.id === id);
  if (!known) throw new AppError('not_found');
  if (twoStep && !totp && passkeys <= 1) throw new AppError('conflict', { text: 'This is your only second step. Turn off two-step verification first, or set up another.' });
  const name = await deletePasskey(services.pool, accountId, id);
  if (name === null) throw new AppError('not_found');
  await noteChange(services, actor, 'passkey_removed', { detail: name });
  return changed(services, actor);
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

async function changed(services: Services, { session }: Actor): Promise<SecurityChanged> {
  return { recoveryCodes: null, state: await readSecurity(services, session) };
}

function party({ config }: Services): RelyingParty {
  const found = relyingParty(config.publicUrl);
  if (!found) throw new AppError('not_found', { text: 'Passkeys are not offered at this address.' });
  return found;
}
