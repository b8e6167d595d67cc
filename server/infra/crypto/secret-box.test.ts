import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSecretBox } from './secret-box.ts';

describe('secret box', () => {
  const box = createSecretBox(randomBytes(32));

  test('opens what it sealed, in the same context only', () => {
    const sealed = box.seal('a private key', 'dkim_key:1');
    expect(box.open(sealed, 'dkim_key:1').toString()).toBe('a private key');
    expect(() => box.open(sealed, 'dkim_key:2')).toThrow();
    expect(sealed.includes('private')).toBe(false);
  });

  test('refuses changed bytes and other keys', () => {
    const sealed = box.seal('secret', 'c');
    sealed[sealed.length - 1]! ^= 1;
    expect(() => box.open(sealed, 'c')).toThrow();
    expect(() => createSecretBox(randomBytes(32)).open(box.seal('secret', 'c'), 'c')).toThrow();
  });

  test('seals the same text differently each time and derives stable keys by purpose', () => {
    expect(box.seal('x', 'c').equals(box.seal('x', 'c'))).toBe(false);
    expect(box.derive('a').equals(box.derive('a'))).toBe(true);
    expect(box.derive('a').equals(box.derive('b'))).toBe(false);
  });

  test('names a key of the wrong length', () => {
    expect(() => createSecretBox(randomBytes(31))).toThrow('32 bytes expected, 31 found');
  });
});
