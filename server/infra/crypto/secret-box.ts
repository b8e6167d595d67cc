// Secrets at rest (DKIM keys, tokens of others): AES-256-GCM under the installation's key.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SecretBox {
  /**
   * Encrypts `plain`. `context` names the row it belongs to (e.g. `dkim_key:<id>`) and is authenticated,
   * so that a ciphertext moved to another row does not open.
   */
  seal(plain: Uint8Array | string, context: string): Buffer;
  /** The opposite of `seal`. Throws when key, context or bytes do not match. */
  open(sealed: Uint8Array, context: string): Buffer;
  /** A key for another purpose (HMAC of tokens, say), derived from the same root; 32 bytes. */
  derive(purpose: string): Buffer;
}

/** @param key the installation's 32-byte key */
export function createSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== 32) throw new Error(`secret key: 32 bytes expected, ${key.length} found`);
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', `eider:${purpose}`, 32));
  const boxKey = derive('secret-box');
  return {
    derive,
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', boxKey, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      if (bytes[0] !== VERSION) throw new Error('secret box: unknown version');
      const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
      const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', boxKey, nonce).setAAD(Buffer.from(context)).setAuthTag(tag);
      return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    },
  };
}

/** Opens the box with the key kept in a file as base64 (mode 0600). */
export function secretBoxFromFile(path: string): SecretBox {
  return createSecretBox(Buffer.from(readFileSync(path, 'utf8').trim(), 'base64'));
}
