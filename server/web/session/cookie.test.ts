import { describe, expect, test } from 'vitest';
import { readSessionCookie, sessionCookie } from './cookie.ts';

const token = 'A'.repeat(43);

describe('session cookie', () => {
  test('over HTTPS it is pinned to host and path, and never readable by scripts', () => {
    expect(sessionCookie(token, { secure: true, maxAgeSeconds: 60 })).toBe(`__Host-eider=${token}; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60`);
  });
  test('over HTTP, until the browser closes', () => {
    expect(sessionCookie(token, { secure: false })).toBe(`eider=${token}; Path=/; HttpOnly; SameSite=Lax`);
  });
  test('is removed by an empty token', () => expect(sessionCookie('', { secure: false })).toContain('Max-Age=0'));
  test.each([
    [`eider=${token}`, false, token],
    [`a=b; eider=${token}; c=d`, false, token],
    [`eider=${token}`, true, null],
    [`__Host-eider=${token}`, true, token],
    ['eider=short', false, null],
    [`eider=${token}x`, false, null],
    [`xeider=${token}`, false, null],
    ['', false, null],
    [null, false, null],
  ])('reading %j (secure %s)', (header, secure, expected) => expect(readSessionCookie(header, secure)).toBe(expected));
});
