// Hashes and random tokens. Password hashing is WildDuck's and is not here.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 of the input as 64 hex digits. */
export function sha256Hex(input: string | Uint8Array): string {
  return createHash('sha256').update(input).digest('hex');
}

/** A URL-safe random token with `bytes` bytes of entropy (32 unless told). */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** HMAC-SHA-256 in base64url. */
export function hmacSha256(key: Uint8Array, input: string | Uint8Array): string {
  return createHmac('sha256', key).update(input).digest('base64url');
}

/** Compares two strings without telling by its duration where they differ. */
export function equalConstantTime(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
