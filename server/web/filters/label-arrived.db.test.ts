// Filters that label: which arrivals are noted, and what the chore does with them when the mail store takes flags, or doesn't.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { insertFilter } from '../../filters/filter.store.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { noteForLabels, takeLabelDue } from '../../mailbox/label-due.store.ts';
import { json } from '../testing/answer.ts';
import { createTestWeb, indexMessage, type TestAccount, type TestWeb } from '../testing/test-services.ts';
import { labelArrived } from './label-arrived.ts';

let db: TestDatabase;
let web: TestWeb;
let account: TestAccount;
let label: { id: string; keyword: string };
const INBOX = 'a'.repeat(24);
let count = 0;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
});
beforeEach(async () => {
  count += 1;
  account = await web.account(`labels${count}`);
  label = (await json<{ items: (typeof label)[] }>(account.call('POST', '/api/labels', { name: 'Bills' }))).items[0]!;
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

async function arrive(uid: number, subject: string, folder = INBOX, use = 'inbox'): Promise<string> {
  await indexMessage(db.pool, account.accountId, { folderId: folder, uid, conversationId: `11111111-2222-4333-8444-${String(count * 100 + uid).padStart(12, '0')}`, subject, use });
  const key = `${folder}-${uid}`;
  await withTransaction(db.pool, (client) => noteForLabels(client, account.accountId, [key]));
  return key;
}
const filter = (enabled = true, actions: object = { label: label.id }) => insertFilter(db.pool, account, { name: 'f', enabled, conditions: { subject: 'bill' }, actions });
const noted = async () => (await db.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM mailbox_label_due WHERE account_id = $1', [account.accountId])).rows[0]!.n;
const labelsOf = async (key: string) => (await db.pool.query<{ labels: string[] }>('SELECT labels FROM mailbox_item WHERE account_id = $1 AND message_key = $2', [account.accountId, key])).rows[0]!.labels;
/** A mail store that takes every flag. */
const takingFlags = () => ({
  ...web.services,
  flags: { ...web.services.flags, changeFlags: async (_place: unknown, uids: readonly number[], changes: { add?: readonly string[] }) => uids.map((uid) => ({ uid, added: [...(changes.add ?? [])], removed: [] })) },
});

test('arrivals are noted only where a filter labels, and older mail never', async () => {
  await arrive(1, 'bill before there was a filter');
  await filter(false);
  await filter(true, { star: true });
  await arrive(2, 'bill');
  expect(await noted()).toBe(0);
  await filter();
  await arrive(3, 'bill');
  expect(await noted()).toBe(1);
  await db.pool.query(`UPDATE mailbox_message SET received_at = now() - interval '2 days' WHERE account_id = $1`, [account.accountId]);
  await withTransaction(db.pool, (client) => noteForLabels(client, account.accountId, [`${INBOX}-1`, `${INBOX}-2`]));
  expect(await noted()).toBe(1);
});

test('what fits gets the label, the rest is forgotten', async () => {
  await filter();
  const [bill, other, junk] = [await arrive(1, 'Your bill'), await arrive(2, 'Lunch'), await arrive(3, 'Your bill', 'b'.repeat(24), 'junk')];
  await labelArrived(takingFlags());
  expect(await labelsOf(bill)).toEqual([label.keyword]);
  expect(await labelsOf(other)).toEqual([]);
  expect(await labelsOf(junk)).toEqual([]);
  expect(await noted()).toBe(0);
});

test('while the mail store is away they stay noted, and are not tried for ever', async () => {
  await filter();
  await arrive(1, 'Your bill');
  await labelArrived(web.services);
  expect(await noted()).toBe(1);
  await db.pool.query('UPDATE mailbox_label_due SET tries = 50');
  expect(await takeLabelDue(db.pool, 10)).toEqual([]);
  expect(await noted()).toBe(0);
});
