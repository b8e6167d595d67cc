// Which mail a filter's conditions fit, on real rows; the order and the links of forwarding.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { insertFilter, listFilters, orderFilters, updateFilter } from '../../filters/filter.store.ts';
import { toStoreFilter } from '../../filters/filter.ts';
import type { FilterConditions } from '../../mail/filter-conditions.ts';
import { askForwarding, confirmForwarding, findForwardingLink, listForwarding } from '../../filters/forwarding.store.ts';
import { createTestWeb, indexMessage, type TestAccount, type TestWeb } from '../testing/test-services.ts';

let db: TestDatabase;
let web: TestWeb;
let account: TestAccount;
const INBOX = 'a'.repeat(24);
const JUNK = 'b'.repeat(24);

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
  account = await web.account('filters');
  const id = (n: number) => `11111111-2222-4333-8444-${String(n).padStart(12, '0')}`;
  await indexMessage(db.pool, account.accountId, { folderId: INBOX, uid: 1, conversationId: id(1), subject: 'Invoice 100% paid', use: 'inbox' });
  await indexMessage(db.pool, account.accountId, { folderId: INBOX, uid: 2, conversationId: id(2), subject: 'Lunch' });
  await indexMessage(db.pool, account.accountId, { folderId: JUNK, uid: 1, conversationId: id(3), subject: 'Invoice', use: 'junk' });
  await db.pool.query(
    `UPDATE mailbox_message SET list_id = '<news.list.test>', has_attachment = true, size_bytes = 5000000, from_name = 'Ünal', to_list = '[{"name":"Team","address":"team@web.test"}]' WHERE subject = 'Lunch'`,
  );
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

async function matching(conditions: FilterConditions): Promise<string[]> {
  const response = await account.call('POST', '/api/filters/preview', { conditions });
  expect(response.status).toBe(200);
  const { items, count } = (await response.json()) as { count: number; items: { subject: string }[] };
  expect(count).toBe(items.length);
  return items.map(({ subject }) => subject).sort();
}

describe('trying a filter', () => {
  test.each<[FilterConditions, string[]]>([
    [{ subject: 'invoice' }, ['Invoice 100% paid']],
    [{ subject: '%' }, ['Invoice 100% paid']],
    [{ from: 'ünal' }, ['Lunch']],
    [{ from: 'somebody@else' }, ['Invoice 100% paid', 'Lunch']],
    [{ to: 'TEAM <team@' }, ['Lunch']],
    [{ listId: 'news.list' }, ['Lunch']],
    [{ hasAttachment: true }, ['Lunch']],
    [{ largerThanBytes: 1_000_000 }, ['Lunch']],
    [{ subject: 'Lunch', from: 'nobody' }, []],
  ])('%j', async (conditions, subjects) => expect(await matching(conditions)).toEqual(subjects));

  test.each([{}, { subject: ' ' }, { nonsense: 'x' }, { hasAttachment: false }, { largerThanBytes: -1 }])('conditions %j are refused', async (conditions) => {
    const response = await account.call('POST', '/api/filters/preview', { conditions });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('conditions');
  });
});

test('in the mail store’s form', () =>
  expect(
    toStoreFilter({ conditions: { from: 'a', hasAttachment: true, largerThanBytes: 9 }, actions: { moveTo: INBOX, markRead: true, star: true, neverSpam: true } }),
  ).toEqual({ query: { from: 'a', ha: true, size: 9 }, action: { mailbox: INBOX, seen: true, flag: true, spam: false } }));

test('a filter that only labels is nothing to the mail store', () => expect(toStoreFilter({ conditions: { from: 'a' }, actions: { label: 'l-x' } })).toBeNull());

test('a label of nobody’s is refused', async () => {
  const response = await account.call('POST', '/api/filters', { conditions: { from: 'a' }, actions: { label: 'l-nobodys' } });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('actions.label');
});

test('order, and what another account names is left alone', async () => {
  const stranger = await web.account('filters2');
  for (const name of ['one', 'two', 'three']) await insertFilter(db.pool, account, { name, enabled: true, conditions: { from: name }, actions: { star: true } });
  const [one, two, three] = await listFilters(db.pool, account.accountId);
  await orderFilters(db.pool, account.accountId, [three!.id, one!.id, 'not an id']);
  const names = async () => (await listFilters(db.pool, account.accountId)).map(({ name }) => name);
  expect(await names()).toEqual(['three', 'one', 'two']);
  await orderFilters(db.pool, stranger.accountId, [two!.id]);
  expect(await updateFilter(db.pool, stranger.accountId, two!.id, { ...two!, name: 'stolen' })).toBe(false);
  expect(await names()).toEqual(['three', 'one', 'two']);
});

test('a forwarding address agrees by the newest link, once, and not after a week', async () => {
  const ask = (token: string) => askForwarding(db.pool, account, 'x@else.test', Buffer.from(token));
  expect(await ask('first')).toBe(true);
  expect(await ask('second')).toBe(true);
  expect(await findForwardingLink(db.pool, Buffer.from('first'))).toBeNull();
  const link = await findForwardingLink(db.pool, Buffer.from('second'));
  expect(link).toMatchObject({ accountId: account.accountId, address: 'x@else.test' });
  await db.pool.query(`UPDATE forwarding_target SET expires_at = now()`);
  expect(await findForwardingLink(db.pool, Buffer.from('second'))).toBeNull();
  expect(await confirmForwarding(db.pool, link!.id)).toBe(true);
  expect(await confirmForwarding(db.pool, link!.id)).toBe(false);
  expect(await ask('third')).toBe(false);
  expect(await listForwarding(db.pool, account.accountId)).toEqual([{ id: link!.id, address: 'x@else.test', verified: true }]);
});
