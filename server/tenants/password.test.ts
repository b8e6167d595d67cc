import { expect, it } from 'vitest';
import { passwordFault, randomPassword } from './password.ts';

it.each([
  ['1234567', 'at least 8 characters'],
  ['12345678', null],
  ['🐦🐦🐦🐦', 'at least 8 characters'],
  ['fjord ånd søvn', null],
  ['tab\tinside it', 'no control characters'],
  ['x'.repeat(256), null],
  ['x'.repeat(257), 'at most 256 bytes'],
  ['å'.repeat(129), 'at most 256 bytes'],
])('%j: %j', (password, fault) => {
  expect(passwordFault(password)).toBe(fault);
});

it('makes different passwords each time, without letters that look alike', () => {
  const passwords = Array.from({ length: 200 }, randomPassword);
  expect(new Set(passwords).size).toBe(200);
  for (const password of passwords) {
    expect(password).toMatch(/^([a-km-zA-HJ-NP-Z2-9]{5}-){3}[a-km-zA-HJ-NP-Z2-9]{5}$/);
    expect(passwordFault(password)).toBe(null);
  }
});
