// Conversations in lists: threading over folders, rows, counters, and what moves, copies and deletions do to them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { orphanedIndexes } from './account.store.ts';
import { applyDelete, applyFlags, applyMove } from './apply.ts';
import { getConversation, placesOfConversations } from './conversation.store.ts';
import { dropIndex } from './drop-index.store.ts';
import { listFolders, listLabels } from './folder.store.ts';
import { CursorError, listConversations, listStatement } from './list.store.ts';
import { conversationOf, createIndexedAccount, type IndexedAccount } from './testing/indexed-account.ts';
import { recompute, stored, violations } from './testing/recompute.ts';
import { writeChanges } from './write-changes.ts';

let database: TestDatabase;
let account: IndexedAccount;
let number = 0;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  account = await createIndexedAccount(database.pool, `user${++number}`);
});

const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 12, minute));
const list = async (folder: string, more: Partial<Parameters<typeof listConversations>[1]> = {}) =>
  (await listConversations(database.pool, { accountId: account.accountId, folderId: account.folders[folder] ?? folder, limit: 50, ...more })).rows;

async function expectSound(): Promise<void> {
  expect(await stored(database.pool, account.accountId)).toEqual(await recompute(database.pool, account.accountId));
  expect(await violations(database.pool, account.accountId)).toEqual([]);
}

describe('threading', () => {
  test('an answer joins across folders and brings its people', async () => {
    const question = await account.add({ id: 'q@x', subject: 'Lunch?', at: at(0), from: 'bob@example.com' });
    const answer = await account.add({
      id: 'a@x', references: ['q@x'], subject: 'Re: Lunch?', at: at(1), folder: 'Sent Mail', from: account.address, to: ['bob@example.com'], flags: ['\\Seen'],
    });
    expect(answer.conversationId).toBe(question.conversationId);
    const [row] = await list('INBOX');
    expect(row).toMatchObject({ messageCount: 2, folderMessages: 1, unreadCount: 1, subject: 'Lunch?', latestAt: at(0) });
    expect(row!.participants.map((person) => person.address)).toEqual(['bob@example.com', account.address]);
    expect((await list('Sent Mail'))[0]).toMatchObject({ messageCount: 2, unreadCount: 0, recipients: [{ name: 'bob', address: 'bob@example.com' }] });
    await expectSound();
  });

  test('a message that connects two conversations makes them one, under the older id', async () => {
    const one = await account.add({ id: '1@x', subject: 'Plan', at: at(0) });
    const two = await account.add({ id: '2@x', subject: 'Re: Plan', references: ['missing@x'], at: at(5), folder: 'Archive' });
    expect(two.conversationId).not.toBe(one.conversationId);
    const link = await account.add({ id: '3@x', subject: 'Re: Plan', references: ['1@x', '2@x'], at: at(9) });
    expect(link.conversationId).toBe(one.conversationId);
    expect(await conversationOf(database.pool, account.accountId, two)).toBe(one.conversationId);
    expect(await list('INBOX')).toHaveLength(1);
    expect((await list('Archive'))[0]).toMatchObject({ conversationId: one.conversationId, messageCount: 3 });
    await expectSound();
  });

  test('merging within one batch, and of conversations merged before', async () => {
    await account.addAll([
      { id: 'a@x', subject: 'S', at: at(0) }, { id: 'b@x', subject: 'S', at: at(1) }, { id: 'c@x', subject: 'S', at: at(2) },
      { id: 'd@x', subject: 'Re: S', references: ['b@x', 'c@x'], at: at(3) }, { id: 'e@x', subject: 'Re: S', references: ['a@x', 'd@x'], at: at(4) },
    ]);
    expect(await list('INBOX')).toMatchObject([{ messageCount: 5 }]);
    await expectSound();
  });

  test('answers that come before the question find each other, and it', async () => {
    await account.add({ id: 'a1@x', subject: 'Re: Q', references: ['q@x'], at: at(1) });
    await account.add({ id: 'a2@x', subject: 'RE: Q', references: ['q@x'], at: at(2) });
    await account.add({ id: 'q@x', subject: 'Q', at: at(0) });
    expect(await list('INBOX')).toMatchObject([{ messageCount: 3 }]);
    await expectSound();
  });

  test('the subject is the fallback for replies without references, from people who took part', async () => {
    await account.add({ id: 'q@x', subject: 'Budget', at: at(0), from: 'bob@example.com', to: ['carol@example.com', account.address] });
    await account.add({ subject: 'Re: Budget', at: at(5), from: 'carol@example.com' });
    await account.add({ subject: 'Re: Budget', at: at(6), from: 'stranger@example.com' });
    await account.add({ subject: 'Budget', at: at(7), from: 'bob@example.com' });
    await account.add({ subject: 'Re: Budget', at: new Date('2026-09-01T00:00:00Z'), from: 'carol@example.com' });
    expect((await list('INBOX')).map((row) => row.messageCount).sort()).toEqual([1, 1, 1, 2]);
  });

  test('accounts share nothing', async () => {
    const other = await createIndexedAccount(database.pool, `other${number}`);
    const mine = await account.add({ id: 'q@x', subject: 'Lunch', key: 'a'.repeat(24) });
    const theirs = await other.add({ id: 'q@x', subject: 'Lunch', key: 'a'.repeat(24) });
    expect(theirs.conversationId).not.toBe(mine.conversationId);
    expect(await getConversation(database.pool, { accountId: other.accountId, conversationId: mine.conversationId })).toBeNull();
    expect(await listConversations(database.pool, { accountId: other.accountId, folderId: account.folders['INBOX']!, limit: 10 })).toMatchObject({ rows: [] });
  });
});

describe('rows and counters', () => {
  test('flags change them at once', async () => {
    const place = await account.add({ text: 'Hello\n> quoted\nworld' });
    await applyFlags(database.pool, { accountId: account.accountId, places: [place], changes: { unread: false, starred: true, addLabels: ['Work', 'Été'] } });
    expect(await list('INBOX')).toMatchObject([{ unreadCount: 0, starred: true, labels: ['Work', 'Été'], snippet: 'Hello world' }]);
    expect(await list('starred')).toHaveLength(1);
    expect(await listLabels(database.pool, account.accountId)).toMatchObject([{ name: 'Été' }, { name: 'Work', conversations: 1 }].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)));
    await expectSound();
    await applyFlags(database.pool, { accountId: account.accountId, places: [place], changes: { starred: false, removeLabels: ['WORK'] } });
    expect(await list('starred')).toEqual([]);
    expect(await list('label:Work')).toEqual([]);
    await expectSound();
  });

  test('Junk and Trash are worlds of their own', async () => {
    await account.addAll([
      { id: 'q@x', subject: 'Deal', at: at(0), from: 'bob@example.com' },
      { id: 'a@x', subject: 'Re: Deal', references: ['q@x'], at: at(1), folder: 'Trash', from: 'eve@example.com', flags: ['\\Flagged', 'Work'], filenames: ['x.pdf'] },
    ]);
    expect(await list('INBOX')).toMatchObject([{ messageCount: 1, hasAttachment: false, starred: false, labels: [] }]);
    expect((await list('INBOX'))[0]!.participants).toHaveLength(1);
    expect(await list('Trash')).toMatchObject([{ messageCount: 1, hasAttachment: true, participants: [{ address: 'eve@example.com' }] }]);
    expect(await list('starred')).toEqual([]);
    await expectSound();
  });

  test('of many senders the first and the latest are shown', async () => {
    await account.addAll(Array.from({ length: 12 }, (_, index) => ({
      id: `${index}@x`, subject: 'Many', references: index ? ['0@x'] : [], at: at(index), from: `p${index}@example.com`,
    })));
    expect((await list('INBOX'))[0]!.participants.map((person) => person.name)).toEqual(['p0', 'p7', 'p8', 'p9', 'p10', 'p11']);
  });

  test('a message that stands in two folders counts once', async () => {
    const first = await account.add({ subject: 'Copy', at: at(0) });
    await account.add({ subject: 'Copy', at: at(0), key: first.key, folder: 'Archive' });
    expect(await list('INBOX')).toMatchObject([{ messageCount: 1, folderMessages: 1 }]);
    const detail = await getConversation(database.pool, { accountId: account.accountId, conversationId: first.conversationId, folderId: account.folders['Archive'] });
    expect(detail!.messages).toMatchObject([{ folderPath: 'Archive' }]);
    await applyDelete(database.pool, { accountId: account.accountId, places: [first] });
    expect(await list('Archive')).toHaveLength(1);
    await expectSound();
  });

  test('deleted mail leaves nothing behind', async () => {
    const one = await account.add({ id: '1@x', subject: 'Gone', filenames: ['a.txt'] });
    const two = await account.add({ id: '2@x', subject: 'Re: Gone', references: ['1@x', '0@x'] });
    await applyDelete(database.pool, { accountId: account.accountId, places: [one] });
    expect(await list('INBOX')).toMatchObject([{ messageCount: 1 }]);
    await expectSound();
    await applyDelete(database.pool, { accountId: account.accountId, places: [one, two] });
    expect(await list('INBOX')).toEqual([]);
    await expectSound();
    const { rows } = await database.pool.query('SELECT FROM mailbox_thread_ref WHERE account_id = $1', [account.accountId]);
    expect(rows).toHaveLength(0);
  });

  test('a folder tree with counts, special folders first', async () => {
    await account.addAll([{}, { flags: ['\\Seen'] }, { folder: 'Work/Plans' }]);
    const folders = await listFolders(database.pool, account.accountId);
    expect(folders.map((folder) => folder.path)).toEqual(['INBOX', 'Drafts', 'Sent Mail', 'Archive', 'Junk', 'Trash', 'Work/Plans']);
    expect(folders[0]).toMatchObject({ messages: 2, unreadMessages: 1, conversations: 2, unreadConversations: 1, specialUse: 'inbox' });
    expect(folders.at(-1)).toMatchObject({ name: 'Plans', parentId: null, messages: 1 });
  });
});

describe('moving', () => {
  test('shows at once, and the store has the last word', async () => {
    const place = await account.add({ subject: 'Move me', modseq: 5 });
    const target = account.folders['Archive']!;
    await applyMove(database.pool, { accountId: account.accountId, folderId: place.folderId, targetFolderId: target, moved: [{ from: place.uid, to: 9 }] });
    expect(await list('INBOX')).toEqual([]);
    expect(await list('Archive')).toMatchObject([{ conversationId: place.conversationId, latest: { folderId: target, uid: 9 } }]);
    await expectSound();
    const item = { folderId: target, uid: 9, messageKey: place.key, receivedAt: at(0), modseq: 1, unread: false, starred: true, draft: false, answered: false, forwarded: false, deleted: false, labels: [] };
    await writeChanges(database.pool, account.accountId, { kind: 'web' }, { items: [item] });
    expect(await list('Archive')).toMatchObject([{ starred: true, unreadCount: 0 }]);
    await expectSound();
  });

  test('into a folder that the index does not know yet loses nothing that the store will not bring', async () => {
    const place = await account.add({});
    await applyMove(database.pool, { accountId: account.accountId, folderId: place.folderId, targetFolderId: 'f'.repeat(24), moved: [{ from: 1, to: 1 }] });
    await expectSound();
    const { withoutContent } = await writeChanges(database.pool, account.accountId, { kind: 'web' }, {
      items: [{ folderId: account.folders['Archive']!, uid: 3, messageKey: place.key, receivedAt: at(0), modseq: 1, unread: true, starred: false, draft: false, answered: false, forwarded: false, deleted: false, labels: [] }],
    });
    expect(withoutContent).toEqual([place.key]);
  });

  test('an older reading of the store does not undo a newer one', async () => {
    const place = await account.add({ modseq: 5 });
    const state = { folderId: place.folderId, uid: place.uid, messageKey: place.key, receivedAt: at(0), unread: false, starred: false, draft: false, answered: false, forwarded: false, deleted: false, labels: [] };
    await writeChanges(database.pool, account.accountId, { kind: 'web' }, { items: [{ ...state, modseq: 8 }] });
    await writeChanges(database.pool, account.accountId, { kind: 'web' }, { items: [{ ...state, modseq: 7, unread: true }] });
    expect(await list('INBOX')).toMatchObject([{ unreadCount: 0 }]);
  });
});

describe('pages', () => {
  test('every conversation once, newest first, with equal moments', async () => {
    await account.addAll(Array.from({ length: 25 }, (_, index) => ({ subject: `S${index}`, at: at(Math.floor(index / 4)) })));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listConversations(database.pool, { accountId: account.accountId, folderId: account.folders['INBOX']!, limit: 4, cursor });
      seen.push(...page.rows.map((row) => row.conversationId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toEqual((await list('INBOX', { limit: 100 })).map((row) => row.conversationId));
  });

  test('filters', async () => {
    await account.addAll([{ flags: ['\\Seen'] }, { flags: ['\\Flagged'] }, {}]);
    expect(await list('INBOX', { filter: 'unread' })).toHaveLength(2);
    expect(await list('INBOX', { filter: 'starred' })).toHaveLength(1);
  });

  test.each(['', 'x', 'AAAA', Buffer.from('1.zzz').toString('base64url'), Buffer.from('k.aaaaaaaaaaaaaaaaaaaaaaaa').toString('base64url'), "1'; --"])('a cursor that none made: %j', async (cursor) => {
    await expect(list('INBOX', { cursor })).rejects.toThrow(CursorError);
  });

  test.each([
    [undefined, false, 'list_idx'], [undefined, true, 'list_idx'], ['unread', true, 'unread_idx'], ['starred', true, 'starred_idx'],
  ] as const)('filter %s, after a cursor %s: one index range scan, no sort', async (filter, hasCursor, index) => {
    await database.pool.query(`INSERT INTO mailbox_conversation_folder
      SELECT $1, $2, uuidv7(), now() - n * interval '1 minute', 'f', n, 1, n % 2, 1, n % 7 = 0, false, false, false, '{}', 's', 's', '[]', '[]'
      FROM generate_series(1, 20000) AS n`, [account.accountId, 'big']);
    await database.pool.query('ANALYZE mailbox_conversation_folder');
    const values = [account.accountId, 'big', 51, ...(hasCursor ? [new Date(), '00000000-0000-0000-0000-000000000000'] : [])];
    const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${listStatement(filter, hasCursor)}`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(new RegExp(`Index Scan Backward using mailbox_conversation_folder_${index}`));
    expect(plan).not.toMatch(/Sort|Filter/);
  });
});

test('an account that is gone leaves nothing once its index is dropped', async () => {
  await account.addAll([{ flags: ['Work'] }, { folder: 'Trash' }]);
  expect(await orphanedIndexes(database.pool, 100)).toEqual([]);
  await database.pool.query('DELETE FROM account WHERE id = $1', [account.accountId]);
  expect(await orphanedIndexes(database.pool, 100)).toEqual([account.accountId]);
  await dropIndex(database.pool, account.accountId);
  expect(await orphanedIndexes(database.pool, 100)).toEqual([]);
  const { rows } = await database.pool.query<{ table_name: string }>(
    `SELECT table_name FROM information_schema.columns WHERE column_name = 'account_id' AND table_name LIKE 'mailbox_%' ORDER BY 1`,
  );
  expect(rows.length).toBeGreaterThan(8);
  for (const { table_name: table } of rows) {
    expect((await database.pool.query(`SELECT FROM ${table} WHERE account_id = $1`, [account.accountId])).rowCount, table).toBe(0);
  }
});

test('places of conversations, whole and in one folder', async () => {
  const one = await account.add({ id: '1@x', subject: 'P' });
  await account.add({ id: '2@x', subject: 'Re: P', references: ['1@x'], folder: 'Sent Mail' });
  const places = (folderId?: string) => placesOfConversations(database.pool, { accountId: account.accountId, conversationIds: [one.conversationId, 'no-uuid'], folderId });
  expect(await places()).toHaveLength(2);
  expect(await places(account.folders['Sent Mail'])).toMatchObject([{ folderUse: 'sent' }]);
});
