// Whose name stands in From.
import { expect, test } from 'vitest';
import type { Settings } from '../contract/session.ts';
import { identityName } from './identity-name.ts';

const settings = (displayName: string, name: string) => ({ displayName, identities: [{ address: 'Info@example.com', name, signatureHtml: null }] }) as unknown as Settings;

test.each([
  ['its own', 'Ada', 'Front desk', 'info@example.com', 'Front desk'],
  ['the account’s, when it has none', 'Ada', '', 'info@example.com', 'Ada'],
  ['the account’s, for another address', 'Ada', 'Front desk', 'ada@example.com', 'Ada'],
  ['the mail store’s at last', '', '', 'info@example.com', 'stored'],
])('%s', (_whose, displayName, name, address, expected) => {
  expect(identityName(settings(displayName, name), { address, name: 'stored' })).toBe(expected);
});
