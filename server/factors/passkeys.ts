// WebAuthn ceremonies: options for the browser and the check of what comes back. Stores nothing.
import {
  generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse,
  type AuthenticationResponseJSON, type PublicKeyCredentialCreationOptionsJSON, type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { NewPasskey, PasskeyRow } from './passkey.store.ts';
import type { RelyingParty } from './relying-party.ts';

export type { AuthenticationResponseJSON, PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON, RegistrationResponseJSON };

const TIMEOUT_MS = 5 * 60_000;

/**
 * Options that make a passkey: discoverable, so that it can sign in without an address, and with the owner's consent
 * by PIN, finger or face, so that it stands for both factors.
 */
export function registrationOptions(
  party: RelyingParty,
  account: { accountId: string; address: string; displayName: string },
  known: readonly PasskeyRow[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: 'Eider',
    rpID: party.id,
    userID: new Uint8Array(Buffer.from(account.accountId.replaceAll('-', ''), 'hex')),
    userName: account.address,
    userDisplayName: account.displayName || account.address,
    timeout: TIMEOUT_MS,
    excludeCredentials: known.map(descriptor),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** The passkey that the browser made, or null when the answer proves nothing. */
export async function checkRegistration(party: RelyingParty, challenge: string, response: RegistrationResponseJSON): Promise<Omit<NewPasskey, 'name'> | null> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
    });
    if (!verified || !registrationInfo) return null;
    const { credential, credentialBackedUp } = registrationInfo;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: (credential.transports ?? []).slice(0, 8).map((transport) => String(transport).slice(0, 20)),
      backedUp: credentialBackedUp,
    };
  } catch {
    // The library throws for everything that does not fit: origin, challenge, signature, malformed parts.
    return null;
  }
}

/** @param known the account's passkeys; none: whichever the browser has for this site */
export function signInOptions(party: RelyingParty, known: readonly PasskeyRow[] = []): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: party.id,
    timeout: TIMEOUT_MS,
    userVerification: 'required',
    allowCredentials: known.map(descriptor),
  });
}

/** The new counter when the signature is the passkey's, else null. */
export async function checkSignature(
  party: RelyingParty,
  challenge: string,
  passkey: PasskeyRow,
  response: AuthenticationResponseJSON,
): Promise<{ counter: number; backedUp: boolean } | null> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId.toString('base64url'),
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
        transports: passkey.transports,
      },
    });
    return verified ? { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp } : null;
  } catch {
    return null;
  }
}

function descriptor(passkey: PasskeyRow): { id: string; transports: string[] } {
  return { id: passkey.credentialId.toString('base64url'), transports: passkey.transports };
}
