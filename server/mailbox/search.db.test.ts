// Search: every operator, words of many languages, scopes, pages; and buckets that split under it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { applyMove } from './apply.ts';
import { BUCKET_SIZE, chooseBuckets, loadBuckets, splitBuckets } from './bucket.store.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import { saveLabel } from './label.store.ts';
import { CursorError } from './list.store.ts';
import { searchConversations } from './search.store.ts';
import { createIndexedAccount, type IndexedAccount, type MessageInput } from './testing/indexed-account.ts';
import { violations } from './testing/recompute.ts';

let database: TestDatabase;
let account: IndexedAccount;
const NOW = new Date('2026-11-22T12:00:00Z');

const MAIL: (MessageInput & { subject: string })[] = [
  { subject: 'Alpha', text: 'Invoice for the quarterly meeting in Zürich', from: 'bob@example.com', filenames: ['Rechnung_März.pdf'], at: new Date('2026-01-10T10:00:00Z'), sizeBytes: 3_000_000 },
  { subject: 'Bravo', text: 'Good morning, see you at the station', from: 'eve@mail.example.org', flags: ['\\Seen', '\\Flagged', 'Work'], at: new Date('2026-02-10T10:00:00Z') },
  { subject: 'Charlie', text: 'Morning run is good', to: ['bob@example.com', 'team@example.com'], flags: ['\\Seen'], folder: 'Sent Mail', at: new Date('2026-03-10T10:00:00Z') },
  { subject: 'Delta', text: '会议安排在东京，发票已附上', from: 'li@example.cn', at: new Date('2026-04-10T10:00:00Z') },
  { subject: 'Echo', text: `${'padding words here '.repeat(4000)} needleword`, html: ['<p>ιδέα</p>'], folder: 'Archive', listId: 'dev.lists.example.com', at: new Date('2026-05-10T10:00:00Z') },
  { subject: 'Foxtrot invoice', text: 'junk offer', folder: 'Junk', at: new Date('2026-06-10T10:00:00Z') },
  { subject: 'Golf invoice', text: 'thrown away', folder: 'Trash', at: new Date('2026-07-10T10:00:00Z') },
  { subject: 'Hotel', text: 'สวัสดีครับ invoice-number 42, don\'t lose it', cc: ['carol@example.com'], folder: 'Work/Plans', flags: ['\\Answered'], at: new Date('2026-11-20T10:00:00Z') },
  { subject: 'India invoice', text: 'marked deleted', flags: ['\\Deleted'], at: new Date('2026-08-10T10:00:00Z') },
];

beforeAll(async () => {
  database = await testDatabase();
  account = await createIndexedAccount(database.pool, 'searcher');
  await account.addAll(MAIL);
  const other = await createIndexedAccount(database.pool, 'neighbour');
  await other.addAll(MAIL.map((message) => ({ ...message, subject: `Foreign ${message.subject}` })));
});
afterAll(() => database.drop());

const search = async (query: string, folder?: string) => {
  const page = await searchConversations(database.pool, { accountId: account.accountId, query, limit: 50, folderId: folder && account.folders[folder] }, NOW);
  return page.rows.map((row) => row.subject.split(' ')[0]);
};

test('a label is found by its name, by the last part of it, and by its keyword', async () => {
  await saveLabel(database.pool, account.accountId, { keyword: 'work', name: 'Clients/Day job', color: 'teal' });
  for (const query of ['label:"Clients/Day job"', 'label:day-job', 'label:work']) expect(await search(`${query} `), query).toEqual(['Bravo']);
  expect(await search('label:clients ')).toEqual([]);
  expect(await search('station -label:day-job ')).toEqual([]);
});

describe('queries', () => {
  test.each([
    ['invoice ', ['Hotel', 'Alpha']],
    ['inv', ['Hotel', 'Alpha']],
    ['INVOICE MEETING ', ['Alpha']],
    ['zurich ', ['Alpha']],
    ['zür', ['Alpha']],
    ['"good morning" ', ['Bravo']],
    ['"good morn', ['Bravo']],
    ['good morning ', ['Charlie', 'Bravo']],
    ['morning -station ', ['Charlie']],
    ['meeting OR station ', ['Bravo', 'Alpha']],
    ['{meeting run} good ', ['Charlie']],
    ['needleword ', ['Echo']],
    ['ιδεα ', ['Echo']],
    ['发票 ', ['Delta']],
    ['东京 ', ['Delta']],
    ['京 ', ['Delta']],
    ['东', ['Delta']],
    ['会议安排 ', ['Delta']],
    ['安议 ', []],
    ['สวัส ', ['Hotel']],
    ['invoice-number ', ['Hotel']],
    ["don't ", ['Hotel']],
    ['from:bob ', ['Hotel', 'Echo', 'Charlie', 'Alpha']],
    ['from:bob@example.com invoice ', ['Hotel', 'Alpha']],
    ['from:eve@mail.example.org', ['Bravo']],
    ['from:example.org ', ['Bravo']],
    ['from:li@exam', ['Delta']],
    ['to:team@example.com ', ['Charlie']],
    ['to:carol ', ['Hotel']],
    ['cc:carol ', ['Hotel']],
    ['to:me from:li ', ['Delta']],
    ['subject:alpha ', ['Alpha']],
    ['subject:invoice ', []],
    ['subject:(alpha OR bravo) ', ['Bravo', 'Alpha']],
    ['has:attachment', ['Alpha']],
    ['filename:rechnung ', []],
    ['filename:rechn', ['Alpha']],
    ['filename:pdf ', ['Alpha']],
    ['filename:Rechnung_März.pdf ', ['Alpha']],
    ['-has:attachment station ', ['Bravo']],
    ['is:unread invoice ', ['Hotel', 'Alpha']],
    ['is:starred', ['Bravo']],
    ['is:read', ['Charlie', 'Bravo']],
    ['is:answered', ['Hotel']],
    ['label:work', ['Bravo']],
    ['label:work station ', ['Bravo']],
    ['label:work in:anywhere', ['Bravo']],
    ['label:work OR larger:2M', ['Bravo', 'Alpha']],
    ['-label:work morning ', ['Charlie']],
    ["label:it's", []],
    ['list:dev ', ['Echo']],
    ['larger:2M', ['Alpha']],
    ['larger:2900k smaller:3M', ['Alpha']],
    ['larger:4M', []],
    ['before:2026-02-10', ['Alpha']],
    ['on:2026-02-10', ['Bravo']],
    ['after:2026-04-10 before:2026-05-11', ['Echo', 'Delta']],
    ['newer_than:3d', ['Hotel']],
    ['in:sent', ['Charlie']],
    ['in:archive needleword ', ['Echo']],
    ['in:plans', ['Hotel']],
    ['in:"Work/Plans" invoice ', ['Hotel']],
    ['in:trash', ['Golf']],
    ['in:spam invoice ', ['Foxtrot']],
    ['in:anywhere invoice ', ['Hotel', 'Golf', 'Foxtrot', 'Alpha']],
    ['in:nowhere', []],
    ['-in:inbox good ', ['Charlie']],
    ['is:starred OR larger:2M', ['Bravo', 'Alpha']],
    ['-(is:read OR invoice) ', ['Echo', 'Delta']],
    ['-invoice is:unread', ['Echo', 'Delta']],
    ["' OR 1=1 -- ", []],
    ['%_\\ ', []],
    ['nosuchword ', []],
    ['', []],
    ['""', []],
    ['!!!', []],
    ['station !!! ', ['Bravo']],
    ['station -"" ', ['Bravo']],
  ])('%s', async (query, expected) => {
    expect(await search(query)).toEqual(expected);
  });

  test('a folder is never left, whatever the query says', async () => {
    expect(await search('invoice ', 'INBOX')).toEqual(['Alpha']);
    expect(await search('invoice in:anywhere ', 'INBOX')).toEqual(['Alpha']);
    expect(await search('invoice in:plans ', 'INBOX')).toEqual([]);
    expect(await search('invoice ', 'Trash')).toEqual(['Golf']);
    expect(await search('is:unread', 'Sent Mail')).toEqual([]);
  });

  test('a row tells of the message that was found', async () => {
    const [row] = (await searchConversations(database.pool, { accountId: account.accountId, query: 'zurich ', limit: 5 }, NOW)).rows;
    expect(row).toMatchObject({ latestAt: MAIL[0]!.at, latest: { folderId: account.folders['INBOX'], uid: 1 }, snippet: MAIL[0]!.text });
  });

  test('a moved message is found where it is', async () => {
    const own = await createIndexedAccount(database.pool, 'mover');
    const place = await own.add({ text: 'wandering words' });
    await applyMove(database.pool, { accountId: own.accountId, folderId: place.folderId, targetFolderId: own.folders['Archive']!, moved: [{ from: place.uid, to: 5 }] });
    const found = (folder: string) => searchConversations(database.pool, { accountId: own.accountId, query: 'wandering ', limit: 5, folderId: own.folders[folder] }, NOW);
    expect((await found('Archive')).rows).toHaveLength(1);
    expect((await found('INBOX')).rows).toHaveLength(0);
  });
});

describe('pages', () => {
  test('each conversation once, by its newest match', async () => {
    const own = await createIndexedAccount(database.pool, 'pager');
    await own.addAll(
      Array.from({ length: 120 }, (_, index) => ({
        id: `${index}@x`, references: index >= 30 ? [`${index % 30}@x`] : [], subject: `T${index % 30}`, text: index % 5 === 4 ? 'nothing' : 'common text',
        at: new Date(Date.UTC(2026, 0, 1, index)),
      })),
    );
    for (const query of ['common ', '-nothing ', 'common is:unread']) {
      const seen: { id: string; at: number }[] = [];
      let cursor: string | undefined;
      do {
        const page = await searchConversations(database.pool, { accountId: own.accountId, query, limit: 7, cursor }, NOW);
        seen.push(...page.rows.map((row) => ({ id: row.conversationId, at: row.latestAt.getTime() })));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && seen.length < 200);
      expect(new Set(seen.map((entry) => entry.id)).size, query).toBe(seen.length);
      expect(seen.map((entry) => entry.at), query).toEqual(seen.map((entry) => entry.at).toSorted((a, b) => b - a));
      // Conversations whose every message says "nothing" (T4, T9, …) have no match.
      expect(seen, query).toHaveLength(24);
    }
  });

  test('a cursor of another kind of list is refused', async () => {
    const cursor = Buffer.from('k.00000000-0000-0000-0000-000000000000').toString('base64url');
    await expect(searchConversations(database.pool, { accountId: account.accountId, query: 'x', limit: 5, cursor }, NOW)).rejects.toThrow(CursorError);
  });
});

describe('buckets', () => {
  test('a full newest one is followed by a new one; older mail goes where it belongs', async () => {
    const own = await createIndexedAccount(database.pool, 'buckets');
    await own.addAll([{ at: new Date('2026-01-01T00:00:00Z') }, { at: new Date('2026-01-02T00:00:00Z') }]);
    await database.pool.query('UPDATE mailbox_search_bucket SET messages = $2 WHERE account_id = $1', [own.accountId, BUCKET_SIZE]);
    await withTransaction(database.pool, async (client) => {
      const days = [3, 1, 2, 4].map((day) => new Date(Date.UTC(2026, 0, day)));
      const [third, first, second, fourth] = await chooseBuckets(client, own.accountId, days);
      const [old, fresh] = await loadBuckets(client, own.accountId);
      expect([third, first, second, fourth]).toEqual([fresh!.bucketId, old!.bucketId, old!.bucketId, fresh!.bucketId]);
    });
  });

  test('one that has grown large is split, and everything is still found', async () => {
    const own = await createIndexedAccount(database.pool, 'splitter');
    const texts = (index: number) => `word${index} "quoted" it's ${'ab cd'.repeat(2)} tail phrase`;
    await own.addAll(Array.from({ length: 60 }, (_, index) => ({ subject: `N${index}`, text: texts(index), at: new Date(Date.UTC(2026, 0, 1, 0, index)) })));
    await database.pool.query('UPDATE mailbox_search_bucket SET messages = 1000000 WHERE account_id = $1', [own.accountId]);
    expect(await withTransaction(database.pool, (client) => splitBuckets(client, own.accountId))).toBe(1);
    expect((await withTransaction(database.pool, (client) => loadBuckets(client, own.accountId))).map((bucket) => bucket.messages)).toEqual([29, 31]);
    expect(await violations(database.pool, own.accountId)).toEqual([]);
    const found = async (query: string) => (await searchConversations(database.pool, { accountId: own.accountId, query, limit: 100 }, NOW)).rows.map((row) => row.subject);
    expect(await found('"tail phrase" ')).toHaveLength(60);
    expect(await found('word7 ')).toEqual(['N7']);
    expect(await found('word45 ')).toEqual(['N45']);
    expect(await found('subject:n45 ')).toEqual(['N45']);
    expect((await found('tail ')).slice(0, 2)).toEqual(['N59', 'N58']);
  });
});
