// RFC 6238's and RFC 4648's own vectors, the window, and what is refused.
import { describe, expect, test } from 'vitest';
import { base32, matchTotp, newTotpSecret, otpauthUri, stepAt, totpCode } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

describe('codes', () => {
  // RFC 6238 appendix B, SHA-1, cut to six digits.
  test.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %d s', (seconds, code) => expect(totpCode(secret, stepAt(seconds * 1000))).toBe(code));
});

describe('matchTotp', () => {
  const now = 1_111_111_111_000;
  const step = stepAt(now);
  test.each([
    [-2, null],
    [-1, step - 1],
    [0, step],
    [1, step + 1],
    [2, null],
  ])('the code of %d steps away', (away, expected) => expect(matchTotp(secret, totpCode(secret, step + away), now)).toBe(expected));
  test.each(['', '000000', '50471', '0504711', 'abcdef', '050 47'])('refuses %j', (code) => expect(matchTotp(secret, code, now)).toBeNull());
  test('blanks do not count', () => expect(matchTotp(secret, ' 050 471 ', now)).toBe(step));
});

describe('base32', () => {
  test.each([['', ''], ['f', 'MY'], ['fo', 'MZXQ'], ['foo', 'MZXW6'], ['foob', 'MZXW6YQ'], ['fooba', 'MZXW6YTB'], ['foobar', 'MZXW6YTBOI']])(
    '%j',
    (plain, text) => expect(base32(Buffer.from(plain))).toBe(text),
  );
});

test('secrets are 160 random bits', () => {
  expect(newTotpSecret()).toHaveLength(20);
  expect(newTotpSecret().equals(newTotpSecret())).toBe(false);
});

test('the address names issuer and account, escaped', () =>
  expect(otpauthUri({ secret, account: 'a&b@x.test', issuer: 'Eider mail' })).toBe(
    'otpauth://totp/Eider%20mail:a%26b%40x.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Eider%20mail&algorithm=SHA1&digits=6&period=30',
  ));
