// Recovery codes: what is left when the phone is gone. Ten, each good once; kept only as keyed hashes.
import { createHmac, randomInt } from 'node:crypto';

const COUNT = 10;
/** Without those that look alike (0 O 1 l I) and without vowels, so that no words come out. */
const LETTERS = 'bcdfghjkmnpqrstvwxz23456789';
const LENGTH = 12;

/** Fresh codes as shown: three groups of four, some 57 bits each. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, () =>
    Array.from({ length: LENGTH }, (_, place) => (place > 0 && place % 4 === 0 ? '-' : '') + LETTERS[randomInt(LETTERS.length)]).join(''),
  );
}

/** Whether this can be a recovery code, as typed: case, blanks and hyphens do not count. */
export function normaliseRecoveryCode(typed: string): string | null {
  const plain = typed.toLowerCase().replace(/[\s-]/g, '');
  return plain.length === LENGTH && [...plain].every((letter) => LETTERS.includes(letter)) ? plain : null;
}

/** @param key 32 bytes, derived for this alone: without it, a stolen table cannot be searched */
export function hashRecoveryCode(key: Uint8Array, accountId: string, normalised: string): Buffer {
  return createHmac('sha256', key).update(`${accountId}:${normalised}`).digest();
}
