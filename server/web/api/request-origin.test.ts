import { describe, expect, test } from 'vitest';
import { clientAddress, isOwnOrigin } from './request-origin.ts';

describe('isOwnOrigin', () => {
  const own = 'https://mail.example.com';
  test.each([
    ['the public address', { origin: 'https://mail.example.com', host: 'mail.example.com' }, true],
    ['the host that was asked', { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, true],
    ['a program without Origin', { host: 'mail.example.com' }, true],
    ['the browser says so', { origin: 'https://mail.example.com', 'sec-fetch-site': 'same-origin' }, true],
    ['a stranger', { origin: 'https://evil.example', host: 'mail.example.com' }, false],
    ['a sister host', { origin: 'https://shop.example.com', host: 'mail.example.com', 'sec-fetch-site': 'same-site' }, false],
    ['a sandboxed frame', { origin: 'null', host: 'mail.example.com' }, false],
    ['another port', { origin: 'http://127.0.0.1:4000', host: '127.0.0.1:3000' }, false],
    ['the browser says cross-site', { 'sec-fetch-site': 'cross-site', host: 'mail.example.com' }, false],
    ['a prefix of the host', { origin: 'https://mail.example.com.evil.example', host: 'mail.example.com' }, false],
  ])('%s', (_name, headers, expected) => expect(isOwnOrigin(new Headers(headers), own)).toBe(expected));
});

describe('clientAddress', () => {
  const headers = new Headers({ 'x-eider-peer': '::ffff:10.0.0.9', 'x-forwarded-for': '6.6.6.6, 203.0.113.7, 10.0.0.2' });
  test.each([
    [0, '10.0.0.9'],
    [1, '10.0.0.2'],
    [2, '203.0.113.7'],
    [9, '10.0.0.9'],
  ])('with %i proxies in front: %s', (hops, address) => expect(clientAddress(headers, hops)).toBe(address));
  test('nothing known', () => expect(clientAddress(new Headers(), 0)).toBe('unknown'));
});
