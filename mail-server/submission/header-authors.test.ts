import { expect, test } from 'vitest';
import { parseHeaderText } from '../../server/mail/header.ts';
import { readAuthors } from './header-authors.ts';

test.each<[string, string]>([
  ['From: alice@eider.test', 'alice@eider.test'],
  ['From: Alice <alice@eider.test>', 'alice@eider.test'],
  ['From: "Alice, A." <alice@eider.test>', 'alice@eider.test'],
  ['From: =?utf-8?q?Al=C3=ADce?= <alice@eider.test>', 'alice@eider.test'],
  ['From: "bob@eider.test" <alice@eider.test>', 'alice@eider.test'],
  ['From: alice@EIDER.test (bob@eider.test)', 'alice@eider.test'],
  ['From: a@x.test, Bob <b@y.test>', 'a@x.test b@y.test'],
  ['From: Group: a@x.test, b@y.test;', 'a@x.test b@y.test'],
  ['From: bob@eider.test <alice@eider.test>', 'alice@eider.test bob@eider.test'],
  ['From: <alice@eider.test> bob@eider.test', 'alice@eider.test bob@eider.test'],
  ['From: alice@eider.test\r\nSender: bob@eider.test', 'alice@eider.test / bob@eider.test'],
  ['From: alice@eider.test\r\nSender:', 'Sender: exactly one address expected'],
  ['From: alice@eider.test\r\nSender: a@x.test, b@x.test', 'Sender: exactly one address expected'],
  ['Subject: x', 'From: the field is missing'],
  ['From: alice@eider.test\r\nFROM : bob@eider.test', 'From: the field stands more than once'],
  ['From:', 'From: not a list of addresses'],
  ['From: undisclosed', 'From: not a list of addresses'],
  ['From: Nobody:;', 'From: not a list of addresses'],
  ['From: alice@', 'From: not a list of addresses'],
])('%j', (header, expected) => {
  const authors = readAuthors(parseHeaderText(`${header}\r\n\r\n`));
  const shown = authors.kind === 'invalid' ? authors.rule : authors.from.sort().join(' ') + (authors.sender ? ` / ${authors.sender}` : '');
  expect(shown).toBe(expected);
});
