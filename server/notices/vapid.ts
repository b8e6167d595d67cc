// The installation's key pair for web push (VAPID, RFC 8292): derived from the secret key, so that every process and
// machine has the same one, and none is kept besides.
import { createECDH } from 'node:crypto';
import type { SecretBox } from '../infra/crypto/secret-box.ts';

export interface VapidKeys {
  /** Uncompressed point, base64url: what browsers subscribe with. */
  publicKey: string;
  privateKey: string;
}

/** One derived key in 2^32 is no key of the curve: then the next one is. */
export function vapidKeys(box: Pick<SecretBox, 'derive'>): VapidKeys {
  for (let attempt = 1; ; attempt += 1) {
    const scalar = box.derive(`push:vapid:${attempt}`);
    const curve = createECDH('prime256v1');
    try {
      curve.setPrivateKey(scalar);
    } catch {
      continue;
    }
    return { publicKey: curve.getPublicKey('base64url', 'uncompressed'), privateKey: scalar.toString('base64url') };
  }
}
