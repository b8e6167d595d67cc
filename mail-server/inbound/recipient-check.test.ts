import { expect, test } from 'vitest';
import type { Mailbox } from './mailbox-store.ts';
import { checkRecipient } from './recipient-check.ts';

const mailbox = (userId: string, more: Partial<Mailbox> = {}): Mailbox => ({ userId, freeBytes: Infinity, closed: false, user: { _id: userId }, ...more });

const mailboxes: Record<string, Mailbox> = {
  'alice@eider.test': mailbox('alice'),
  'closed@eider.test': mailbox('closed', { closed: true }),
  'full@eider.test': mailbox('full', { freeBytes: 0 }),
  'nearly@eider.test': mailbox('nearly', { freeBytes: 1_000 }),
};

const sources = {
  isHosted: async (domain: string) => domain.toLowerCase() === 'eider.test',
  findMailbox: async (address: string) => mailboxes[address.toLowerCase()] ?? null,
  findResponsible: async () => mailbox('admin'),
  homeDomain: 'eider.test',
};

test.each([
  ['alice@eider.test', 0, 'alice'],
  ['Alice@EIDER.test', 0, 'alice'],
  ['nobody@eider.test', 0, '550 5.1.1'],
  ['alice@example.com', 0, '550 5.7.1'],
  ['closed@eider.test', 0, '550 5.2.1'],
  ['full@eider.test', 0, '552 5.2.2'],
  ['nearly@eider.test', 999, 'nearly'],
  ['nearly@eider.test', 1_001, '552 5.2.2'],
  ['postmaster', 0, 'admin'],
  ['PostMaster@eider.test', 0, 'admin'],
  ['abuse+x@eider.test', 0, 'admin'],
  ['postmaster@example.com', 0, '550 5.7.1'],
  ['xpostmaster@eider.test', 0, '550 5.1.1'],
])('%s with %d bytes: %s', async (address, bytes, expected) => {
  const check = await checkRecipient(sources, address, bytes);
  expect(check.kind === 'accepted' ? check.mailbox.userId : `${check.reply.code} ${check.reply.text.split(' ')[0]}`).toBe(expected);
});
