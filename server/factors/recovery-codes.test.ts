import { describe, expect, test } from 'vitest';
import { hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from './recovery-codes.ts';

test('ten different codes, each of which is taken as typed', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
    const plain = code.replaceAll('-', '');
    for (const typed of [code, plain, code.toUpperCase(), ` ${code.replaceAll('-', ' ')} `]) expect(normaliseRecoveryCode(typed)).toBe(plain);
  }
});

test.each(['', 'bcdf', 'bcdf-bcdf-bcdfb', 'aaaa-bbbb-cccc', '123456'])('%j is none', (typed) => expect(normaliseRecoveryCode(typed)).toBeNull());

describe('the hash', () => {
  const key = Buffer.alloc(32, 1);
  test('depends on key, account and code', () => {
    const own = hashRecoveryCode(key, 'a', 'bcdfbcdfbcdf');
    expect(hashRecoveryCode(key, 'a', 'bcdfbcdfbcdf').equals(own)).toBe(true);
    for (const other of [hashRecoveryCode(Buffer.alloc(32, 2), 'a', 'bcdfbcdfbcdf'), hashRecoveryCode(key, 'b', 'bcdfbcdfbcdf'), hashRecoveryCode(key, 'a', 'bcdfbcdfbcdg')]) {
      expect(other.equals(own)).toBe(false);
    }
  });
});
