// The browser's half of RFC 8291 (aes128gcm of RFC 8188), for tests: written by the standards, not by the library that sends.
import { createDecipheriv, hkdfSync, type ECDH } from 'node:crypto';

const derived = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number) => Buffer.from(hkdfSync('sha256', secret, salt, info, length));

/** @returns the one record's text @throws when it was not encrypted for this browser */
export function decryptNotice(body: Buffer, browser: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const idLength = body[20]!;
  const sender = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), sender]);
  const secret = derived(browser.computeSecret(sender), auth, info, 32);
  const key = derived(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derived(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  // The last record ends with 2 and its padding.
  return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8');
}
