// Reminders: what counts as an answer, when they are due, who gets them, and what a conversation shows of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { getConversation } from './conversation.store.ts';
import { claimDueReminders, dropReminders, findReminded, noteReminded, noteReminder, remindersOf, setReminder } from './reminder.store.ts';
import { createIndexedAccount, type IndexedAccount, type MessageInput } from './testing/indexed-account.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const SENT_AT = new Date('2026-03-02T10:00:00Z');
let count = 0;

/** An account that wrote `m@eider.test`, and what came into the conversation besides. */
async function sent(...others: MessageInput[]) {
  count += 1;
  const account = await createIndexedAccount(database.pool, `waiter${count}`);
  const message = await account.add({ folder: 'Sent Mail', id: 'm@eider.test', from: account.address, to: ['b@else.test'], subject: 'Offer', at: SENT_AT });
  for (const other of others) await account.add({ references: ['m@eider.test'], subject: 'Re: Offer', ...other });
  return { account, message, own: [account.address] };
}
const later = (days: number) => new Date(SENT_AT.getTime() + days * 86_400_000);
const waitingOf = async ({ account, message, own }: Awaited<ReturnType<typeof sent>>) => (await remindersOf(database.pool, account.accountId, [message.conversationId], own)).get(message.conversationId);
const claimed = async (account: IndexedAccount) => (await claimDueReminders(database.pool, 1000)).filter((due) => due.accountId === account.accountId);
const note = (account: IndexedAccount) => noteReminder(database.pool, account.accountId, { internetId: 'm@eider.test', sentAt: SENT_AT, days: 3 });

describe('an answer', () => {
  test.each<[string, MessageInput[], boolean]>([
    ['nothing came', [], false],
    ['somebody answered', [{ from: 'b@else.test', at: later(1) }], true],
    ['somebody else did', [{ from: 'colleague@else.test', at: later(1) }], true],
    ['an answer that was put away at once', [{ from: 'b@else.test', at: later(1), folder: 'Archive' }], true],
    ['what was there before', [{ from: 'b@else.test', at: later(-1) }], false],
    ['the writer added something', [{ from: 'SELF', at: later(1), folder: 'Sent Mail' }], false],
    ['a report of a mail server', [{ from: 'MAILER-DAEMON@else.test', at: later(1) }], false],
  ])('%s', async (_, others, answered) => {
    const self = `waiter${count + 1}@eider.test`;
    const state = await sent(...others.map((other) => (other.from === 'SELF' ? { ...other, from: self } : other)));
    await note(state.account);
    expect((await waitingOf(state)) === undefined).toBe(answered);
    const [due] = await claimed(state.account);
    expect(await findReminded(database.pool, due!, state.own)).toMatchObject({ folderId: state.account.folders['Sent Mail'], uid: state.message.uid, answered, inInbox: false });
  });
});

describe('a reminder', () => {
  test('is due after its days, for one worker, and again when that one died', async () => {
    const { account } = await sent();
    await noteReminder(database.pool, account.accountId, { internetId: 'm@eider.test', sentAt: new Date(), days: 3 });
    await note(account);
    expect(await claimed(account)).toEqual([]);
    await setReminder(database.pool, account.accountId, { internetId: 'm@eider.test', sentAt: SENT_AT, remindAt: new Date(Date.now() - 1000) });
    expect(await claimed(account)).toMatchObject([{ internetId: 'm@eider.test', address: account.address }]);
    expect(await claimed(account)).toEqual([]);
    await database.pool.query(`UPDATE mailbox_reminder SET lease_until = now() - interval '1 second' WHERE account_id = $1`, [account.accountId]);
    expect(await claimed(account)).toHaveLength(1);
    await noteReminded(database.pool, account.accountId, 'm@eider.test');
    await database.pool.query(`UPDATE mailbox_reminder SET lease_until = NULL WHERE account_id = $1`, [account.accountId]);
    expect(await claimed(account)).toEqual([]);
  });

  test('ends with its conversation’s order, and finds nothing of a message that is in the trash', async () => {
    const state = await sent();
    await note(state.account);
    expect(await waitingOf(state)).toMatchObject({ state: 'waiting', remindAt: later(3) });
    await dropReminders(database.pool, state.account.accountId, state.message.conversationId);
    expect(await waitingOf(state)).toBeUndefined();
    const { account } = await sent();
    await database.pool.query('UPDATE mailbox_item SET folder_id = $2 WHERE account_id = $1', [account.accountId, account.folders['Trash']]);
    await note(account);
    const [due] = await claimed(account);
    expect(await findReminded(database.pool, due!, [account.address])).toBeNull();
  });

  test('the copy that it brought back stands in the inbox, and the conversation shows the message once', async () => {
    const { account, message } = await sent();
    await note(account);
    const copy = await account.add({ id: 'm@eider.test', from: account.address, to: ['b@else.test'], subject: 'Offer', at: later(3), sentAt: SENT_AT });
    expect(copy.conversationId).toBe(message.conversationId);
    const shown = await getConversation(database.pool, { accountId: account.accountId, conversationId: message.conversationId });
    expect(shown?.messages.map((row) => [row.folderId, row.uid])).toEqual([[copy.folderId, copy.uid]]);
    // Another message under the same Message-ID is not hidden by that.
    await account.add({ id: 'm@eider.test', from: 'b@else.test', subject: 'Re: Offer', text: 'not the same', at: later(4) });
    expect((await getConversation(database.pool, { accountId: account.accountId, conversationId: message.conversationId }))?.messages).toHaveLength(2);
    const [due] = await claimed(account);
    expect(await findReminded(database.pool, due!, [account.address])).toMatchObject({ inInbox: true });
    // Once the copy is in the trash, the message itself is shown.
    await database.pool.query('UPDATE mailbox_item SET folder_id = $2 WHERE account_id = $1 AND message_key = $3', [account.accountId, account.folders['Trash'], copy.key]);
    expect((await getConversation(database.pool, { accountId: account.accountId, conversationId: message.conversationId }))?.messages.map((row) => row.uid)).toContain(message.uid);
  });
});
