import { describe, expect, test } from 'vitest';
import { bounceAddress, readIntakeAddress } from './feedback-address.ts';
import { makeToken, openToken, TOKEN_LETTERS, type TokenKey, type TokenSubject } from './feedback-token.ts';

const key = (id: number, fill = id): TokenKey => ({ id, secret: Buffer.alloc(32, fill) });
/** Made at 2026-11-24T00:00:00Z. */
const MADE_MS = Date.UTC(2026, 10, 24);
const queueId = `${MADE_MS.toString(16).padStart(12, '0').replace(/^(.{8})/, '$1-')}-7abc-8def-0123456789ab`;
const DAY_MS = 86_400_000;
const changed = (text: string, at: number): string => text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);

describe('a token', () => {
  test.each<[string, TokenSubject]>([
    ['first recipient', { queueId, recipientNo: 0 }],
    ['last that fits', { queueId, recipientNo: 65_534 }],
    ['whole message', { queueId, recipientNo: null }],
  ])('of the %s comes back as it was made', (_name, subject) => {
    const token = makeToken(key(1), 'return-path', subject);
    expect(token).toMatch(/^[a-z2-7]{47}$/);
    expect(openToken([key(1)], 'return-path', token, MADE_MS)).toEqual({ kind: 'valid', subject });
  });

  const token = makeToken(key(1), 'return-path', { queueId, recipientNo: 3 });
  const valid = { kind: 'valid', subject: { queueId, recipientNo: 3 } };
  test.each<[string, string, object]>([
    ['upper case', token.toUpperCase(), valid],
    ['mixed case', token.replace(/[a-m]/g, (letter) => letter.toUpperCase()), valid],
    ['one letter changed at the front', changed(token, 0), { kind: 'forged' }],
    ['another queue id', changed(token, 12), { kind: 'forged' }],
    ['another recipient', changed(token, 29), { kind: 'forged' }],
    ['another signature', changed(token, 40), { kind: 'forged' }],
    ['unused bits set in the last letter', token.slice(0, -1) + 'abcdefghijklmnopqrstuvwxyz234567'['abcdefghijklmnopqrstuvwxyz234567'.indexOf(token.at(-1)!) + 1], { kind: 'forged' }],
    ['too short', token.slice(1), { kind: 'forged' }],
    ['too long', `${token}a`, { kind: 'forged' }],
    ['letters beyond the alphabet', `${token.slice(0, -2)}01`, { kind: 'forged' }],
    ['nothing', '', { kind: 'forged' }],
    ['not ASCII', 'ü'.repeat(TOKEN_LETTERS), { kind: 'forged' }],
  ])('with %s', (_name, text, expected) => expect(openToken([key(1)], 'return-path', text, MADE_MS)).toEqual(expected));

  test.each<[string, number, string]>([
    ['the moment it was made', 0, 'valid'],
    ['14 days', 14 * DAY_MS, 'valid'],
    ['a millisecond more', 14 * DAY_MS + 1, 'expired'],
    ['a clock that runs behind', -DAY_MS, 'valid'],
  ])('after %s', (_name, ageMs, kind) => expect(openToken([key(1)], 'return-path', token, MADE_MS + ageMs).kind).toBe(kind));

  test('holds under a retired key, not under a key of the same id that is another', () => {
    expect(openToken([key(2), key(1)], 'return-path', token, MADE_MS)).toEqual(valid);
    expect(openToken([key(1, 9), key(1)], 'return-path', token, MADE_MS)).toEqual(valid);
    expect(openToken([key(2), key(1, 9)], 'return-path', token, MADE_MS)).toEqual({ kind: 'forged' });
    expect(openToken([], 'return-path', token, MADE_MS)).toEqual({ kind: 'forged' });
  });

  test('of a return path is none in a header, nor the other way round', () => {
    expect(openToken([key(1)], 'header', token, MADE_MS)).toEqual({ kind: 'forged' });
    const header = makeToken(key(1), 'header', { queueId, recipientNo: null });
    expect(openToken([key(1)], 'return-path', header, MADE_MS)).toEqual({ kind: 'forged' });
    expect(openToken([key(1)], 'header', header, MADE_MS + 30 * DAY_MS).kind).toBe('valid');
    expect(openToken([key(1)], 'header', header, MADE_MS + 31 * DAY_MS).kind).toBe('expired');
  });

  test('takes no recipient number that does not fit', () => expect(() => makeToken(key(1), 'header', { queueId, recipientNo: 65_535 })).toThrow('does not fit'));
});

describe('intake addresses', () => {
  const token = makeToken(key(1), 'return-path', { queueId, recipientNo: 0 });
  test('a return path fits a local part and is read back in any case', () => {
    const address = bounceAddress(token, 'eider.test');
    expect(address.indexOf('@')).toBeLessThanOrEqual(64);
    for (const text of [address, address.toUpperCase()]) expect(readIntakeAddress(text)).toEqual({ role: 'bounce', token });
  });

  test.each<[string, string | null]>([
    ['fbl@eider.test', 'complaint'],
    ['DMARC@eider.test', 'dmarc'],
    ['dmarc-reports@eider.test', 'dmarc'],
    ['tls-reports@eider.test', 'tls'],
    ['bounce@eider.test', null],
    ['bounce+short@eider.test', null],
    ['alice@eider.test', null],
    ['constructor@eider.test', null],
    ['fbl+x@eider.test', null],
  ])('%s: %s', (address, role) => expect(readIntakeAddress(address)?.role ?? null).toBe(role));
});
