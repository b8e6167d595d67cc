// Names, colours and nesting of labels over the API; who carries them is the mail store's and tested with it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import type { Label } from '../contract/labels.ts';
import { createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';

let db: TestDatabase;
let web: TestWeb;
let account: TestAccount;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; items: Label[]; fields: { field: string; rule: string }[] }> {
  const response = await account.call(method, path, body);
  const answer = (await response.json()) as { items?: Label[]; error?: { fields?: { field: string; rule: string }[] } };
  return { status: response.status, items: answer.items ?? [], fields: answer.error?.fields ?? [] };
}
const named = (items: Label[], name: string) => items.find((label) => label.name === name)!;

test('made, coloured, nested, renamed with what lies within, deleted', async () => {
  account = await web.account('labels');
  await call('POST', '/api/labels', { name: ' Clients ', color: 'teal' });
  const { items } = await call('POST', '/api/labels', { name: 'Clients/Acme Böse' });
  expect(items.map(({ name, keyword, color }) => [name, keyword, color])).toEqual([
    ['Clients', 'clients', 'teal'],
    ['Clients/Acme Böse', 'clients_acme_b&apy-se', expect.any(String)],
  ]);
  const renamed = await call('PATCH', `/api/labels/${named(items, 'Clients').id}`, { name: 'Customers' });
  // Keywords stay, so that mail programs and messages know nothing of it.
  expect(renamed.items.map(({ name, keyword, color }) => [name, keyword, color])).toEqual([
    ['Customers', 'clients', 'teal'],
    ['Customers/Acme Böse', 'clients_acme_b&apy-se', items[1]!.color],
  ]);
  const recoloured = await call('PATCH', `/api/labels/${renamed.items[1]!.id}`, { color: 'pink' });
  expect(recoloured.items[1]).toMatchObject({ name: 'Customers/Acme Böse', color: 'pink', unread: 0, total: 0 });
  const left = await call('DELETE', `/api/labels/${renamed.items[0]!.id}`);
  expect(left.items.map((label) => label.name)).toEqual(['Customers/Acme Böse']);
});

test('a name that another label has, or that is none, is refused and says why', async () => {
  account = await web.account('refusals');
  const { items } = await call('POST', '/api/labels', { name: 'To pay' });
  for (const name of ['to PAY', '', '   ', 'a//b', '/a', 'x'.repeat(81), 'a/b/c/d/e/f']) {
    const refused = await call('POST', '/api/labels', { name });
    expect([refused.status, refused.fields[0]?.field], name).toEqual([400, 'name']);
  }
  expect((await call('PATCH', `/api/labels/${items[0]!.id}`, { name: 'To pay/more' })).status).toBe(400);
  expect((await call('PATCH', '/api/labels/l-bm9uZQ', { name: 'Other' })).status).toBe(404);
  expect((await call('POST', '/api/labels', { name: 'Other', color: 'mauve' })).status).toBe(400);
  // Another name whose keyword would be the same gets one of its own.
  const other = await call('POST', '/api/labels', { name: 'To_pay' });
  expect(named(other.items, 'To_pay').keyword).toBe('to_paya');
});

test('what mail programs set shows without having been named, and can be named', async () => {
  account = await web.account('thunderbird');
  for (const [keyword, unread] of [['$label1', 1], ['Travel', 0], ['travel', 2]] as const) {
    await db.pool.query(
      `INSERT INTO mailbox_folder (account_id, folder_id, kind, path, conversations, unread_conversations) VALUES ($1, 'label:' || $2, 'label', $2, 3, $3)`,
      [account.accountId, keyword, unread],
    );
  }
  const { items } = await call('GET', '/api/labels');
  expect(items.map(({ name, color, unread, total }) => [name, color, unread, total])).toEqual([
    ['Important', 'red', 1, 3],
    ['Travel', expect.any(String), 2, 6],
  ]);
  const renamed = await call('PATCH', `/api/labels/${named(items, 'Important').id}`, { name: 'Urgent' });
  expect(named(renamed.items, 'Urgent')).toMatchObject({ keyword: '$label1', color: 'red', total: 3 });
});

test('an action takes ids of labels, and nothing else', async () => {
  account = await web.account('acting');
  const conversationIds = ['11111111-2222-4333-8444-555555555555'];
  for (const body of [{}, { addLabels: [] }, { addLabels: ['Travel'] }, { removeLabels: ['l-XFNlZW4'] }]) {
    const refused = await call('POST', '/api/conversations/actions', { action: 'label', conversationIds, ...body });
    expect([refused.status, refused.fields[0]?.field.replace(/\..*/, '')], JSON.stringify(body)).toEqual([400, expect.stringMatching(/^(add|remove)Labels$/)]);
  }
});
