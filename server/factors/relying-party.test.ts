import { expect, test } from 'vitest';
import { relyingParty } from './relying-party.ts';

test.each([
  ['https://mail.example.org', { id: 'mail.example.org', origin: 'https://mail.example.org' }],
  ['https://mail.example.org:8443', { id: 'mail.example.org', origin: 'https://mail.example.org:8443' }],
  ['http://127.0.0.1:3000', { id: 'localhost', origin: 'http://localhost:3000' }],
  ['http://localhost:3000', { id: 'localhost', origin: 'http://localhost:3000' }],
  ['http://mail.example.org', null],
  ['https://192.0.2.1', null],
  ['https://[2001:db8::1]', null],
])('%s', (url, expected) => expect(relyingParty(url)).toEqual(expected));
