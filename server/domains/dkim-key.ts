// DKIM keys: making pairs, and their public TXT records. Storage is domain.store.ts.
import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export type DkimAlgorithm = 'rsa-sha256' | 'ed25519-sha256';

export interface DkimKeyPair {
  algorithm: DkimAlgorithm;
  /** PKCS #8 PEM. */
  privateKey: string;
  /** The p= value: SubjectPublicKeyInfo for RSA (RFC 6376 3.6.1), the raw 32 bytes for Ed25519 (RFC 8463 4.2). */
  publicKey: string;
}

const generate = promisify(generateKeyPair) as (
  type: string,
  options: object,
) => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>;

/** 2048 bits: what receivers must accept (RFC 8301 3.2) and what fits one UDP answer. */
export async function makeDkimKeyPair(algorithm: DkimAlgorithm): Promise<DkimKeyPair> {
  const { privateKey } =
    algorithm === 'rsa-sha256' ? await generate('rsa', { modulusLength: 2048 }) : await generate('ed25519', {});
  return {
    algorithm,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKeyValue(algorithm, privateKey),
  };
}

/** The TXT record's content for a public key. */
export function dkimRecord(algorithm: DkimAlgorithm, publicKey: string): string {
  return `v=DKIM1; k=${algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519'}; p=${publicKey}`;
}

function publicKeyValue(algorithm: DkimAlgorithm, privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }) as Buffer;
  // An Ed25519 SubjectPublicKeyInfo is a fixed prefix of 12 bytes and the key.
  return (algorithm === 'rsa-sha256' ? spki : spki.subarray(12)).toString('base64');
}
