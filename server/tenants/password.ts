// What a password must be, and random ones for first accounts.
import { randomInt } from 'node:crypto';

/** NIST SP 800-63B 3.1.1.2 asks for 15 where nothing else is asked; 8 where a second factor may be. */
const SHORTEST = 8;
/** bcrypt's limit of 72 octets would cut longer ones silently; the mail store hashes with PBKDF2, so this is only a bound. */
const LONGEST = 256;

/** Without those that look alike: 0 O 1 l I. */
const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** The rule that `password` breaks, in words for people; null when it is fine. */
export function passwordFault(password: string): string | null {
  const length = [...password].length;
  if (length < SHORTEST) return `at least ${SHORTEST} characters`;
  if (Buffer.byteLength(password) > LONGEST) return `at most ${LONGEST} bytes`;
  if (/[\x00-\x1f\x7f]/.test(password)) return 'no control characters';
  return null;
}

/** Four groups of five letters and digits, some 115 bits, easy to copy by eye. */
export function randomPassword(): string {
  const group = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
