// Snoozed and muted: what is due when, on top of which list it comes back, what of new mail goes past the inbox.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { applyMove } from './apply.ts';
import { listConversations } from './list.store.ts';
import { claimDue, dropStaleSleep, forgetSleep, mute, noteAwake, placesOfMessages, putToSleep, takeMutedDue, unmute, wakeTimes } from './snooze.store.ts';
import { createIndexedAccount, type IndexedAccount } from './testing/indexed-account.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const subjects = async (account: IndexedAccount, folder: string) =>
  (await listConversations(database.pool, { accountId: account.accountId, folderId: account.folders[folder]!, limit: 50 })).rows.map((row) => row.subject);
const soon = () => new Date(Date.now() + 3_600_000);
const past = () => new Date(Date.now() - 1_000);

describe('snoozed', () => {
  test('back on top of the inbox, above newer mail, and only there', async () => {
    const account = await createIndexedAccount(database.pool, 'snoozer');
    const { accountId, folders } = account;
    const old = await account.add({ subject: 'Old', at: new Date('2026-01-01T00:00:00Z'), flags: ['\\Seen'] });
    await account.add({ subject: 'New', at: new Date('2026-06-01T00:00:00Z') });
    expect(await subjects(account, 'INBOX')).toEqual(['New', 'Old']);
    await putToSleep(database.pool, accountId, [{ messageKey: old.key, folderId: folders['INBOX']! }], past());
    await applyMove(database.pool, { accountId, folderId: folders['INBOX']!, targetFolderId: folders['Work/Plans']!, moved: [{ from: old.uid, to: 1 }] });
    expect(await subjects(account, 'INBOX')).toEqual(['New']);
    expect((await claimDue(database.pool, 100)).filter((due) => due.accountId === accountId)).toMatchObject([{ messageKey: old.key, tries: 1 }]);
    await noteAwake(database.pool, accountId, [old.key]);
    await applyMove(database.pool, { accountId, folderId: folders['Work/Plans']!, targetFolderId: folders['INBOX']!, moved: [{ from: 1, to: 50 }] });
    expect(await subjects(account, 'INBOX')).toEqual(['Old', 'New']);
    // Elsewhere it counts by its arrival again.
    await account.add({ subject: 'Other', at: new Date('2026-03-01T00:00:00Z'), folder: 'Archive' });
    await applyMove(database.pool, { accountId, folderId: folders['INBOX']!, targetFolderId: folders['Archive']!, moved: [{ from: 50, to: 51 }] });
    expect(await subjects(account, 'Archive')).toEqual(['Other', 'Old']);
  });

  test('only what is due is claimed, by one worker, and again when that one died', async () => {
    const account = await createIndexedAccount(database.pool, 'due');
    const [a, b] = await account.addAll([{ subject: 'A' }, { subject: 'B' }]);
    const inbox = account.folders['INBOX']!;
    await putToSleep(database.pool, account.accountId, [{ messageKey: a!.key, folderId: inbox }], past());
    await putToSleep(database.pool, account.accountId, [{ messageKey: b!.key, folderId: inbox }], soon());
    const mine = async () => (await claimDue(database.pool, 100)).filter((due) => due.accountId === account.accountId);
    expect(await mine()).toMatchObject([{ messageKey: a!.key, tries: 1 }]);
    expect(await mine()).toEqual([]);
    await database.pool.query(`UPDATE mailbox_snooze SET lease_until = now() - interval '1 second' WHERE account_id = $1`, [account.accountId]);
    expect(await mine()).toMatchObject([{ messageKey: a!.key, tries: 2 }]);
    await noteAwake(database.pool, account.accountId, [a!.key]);
    expect(await mine()).toEqual([]);
  });

  test('a list tells when its conversations come back; another time keeps where it came from', async () => {
    const account = await createIndexedAccount(database.pool, 'times');
    const message = await account.add({ subject: 'A' });
    const at = soon();
    await putToSleep(database.pool, account.accountId, [{ messageKey: message.key, folderId: account.folders['INBOX']! }], soon());
    await putToSleep(database.pool, account.accountId, [{ messageKey: message.key, folderId: account.folders['Archive']! }], at);
    expect(await wakeTimes(database.pool, account.accountId, [message.conversationId])).toEqual(new Map([[message.conversationId, at]]));
    expect(await placesOfMessages(database.pool, account.accountId, [message.key])).toMatchObject([{ folderUse: 'inbox', origin: account.folders['INBOX'] }]);
    await forgetSleep(database.pool, account.accountId, [message.key]);
    expect(await wakeTimes(database.pool, account.accountId, [message.conversationId])).toEqual(new Map());
  });

  test('notes about messages that are gone are forgotten, others stay', async () => {
    const account = await createIndexedAccount(database.pool, 'stale');
    const message = await account.add({ subject: 'A' });
    await putToSleep(database.pool, account.accountId, [message.key, 'f'.repeat(24)].map((messageKey) => ({ messageKey, folderId: account.folders['INBOX']! })), soon());
    await database.pool.query(`UPDATE mailbox_snooze SET created_at = now() - interval '2 days' WHERE account_id = $1`, [account.accountId]);
    expect(await dropStaleSleep(database.pool)).toBe(1);
    const { rows } = await database.pool.query('SELECT message_key FROM mailbox_snooze WHERE account_id = $1', [account.accountId]);
    expect(rows).toEqual([{ message_key: message.key }]);
  });
});

describe('muted', () => {
  test('what comes in later is noted, also by several; nothing of others, of before, or after the end', async () => {
    const account = await createIndexedAccount(database.pool, 'muter');
    const { accountId } = account;
    const first = await account.add({ id: 'first@x', subject: 'Long thread' });
    const reply = (subject: string, at: Date) => ({ subject: `Re: ${subject}`, references: ['first@x'], at });
    const due = async () => (await takeMutedDue(database.pool, 100)).filter((place) => place.accountId === accountId);
    expect(await mute(database.pool, accountId, [first.conversationId, 'nonsense', '00000000-0000-4000-8000-000000000000'])).toEqual([first.conversationId]);
    expect(await mute(database.pool, accountId, [first.conversationId])).toEqual([]);
    await account.add(reply('Long thread', new Date('2026-01-01T00:00:00Z')));
    await account.add({ subject: 'Something else', at: soon() });
    expect(await due()).toEqual([]);
    const later = await account.add(reply('Long thread', soon()));
    expect(later.conversationId).toBe(first.conversationId);
    expect(await due()).toMatchObject([{ folderId: later.folderId, uid: later.uid }]);
    await applyMove(database.pool, { accountId, folderId: later.folderId, targetFolderId: account.folders['Archive']!, moved: [{ from: later.uid, to: 9 }] });
    expect(await due()).toEqual([]);
    expect(await unmute(database.pool, accountId, [first.conversationId])).toEqual([first.conversationId]);
    await account.add(reply('Long thread', soon()));
    expect(await due()).toEqual([]);
  });
});
