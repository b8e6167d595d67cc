// Templates over the API: kept, renamed, one of a name, and nobody else's.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import type { Template } from '../contract/templates.ts';
import { createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';

let db: TestDatabase;
let web: TestWeb;
let alice: TestAccount;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
  alice = await web.account('alice');
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

const list = async (account: TestAccount) => ((await (await account.call('GET', '/api/templates')).json()) as { items: Template[] }).items;
const make = (name: string, html = '<p>x</p>') => alice.call('POST', '/api/templates', { name, html });

test('are kept by name, without the images of a message', async () => {
  const made = (await (await make('Thanks', '<p>Thank you</p><img src="/api/uploads/0190a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b" alt="x">')).json()) as Template;
  await make('away');
  expect((await list(alice)).map(({ name, subject, html }) => [name, subject, html])).toEqual([['away', '', '<p>x</p>'], ['Thanks', '', '<p>Thank you</p>']]);
  const changed = await alice.call('PUT', `/api/templates/${made.id}`, { name: 'Thank you', subject: 'Thanks!', html: '<p>Thank you very much</p>' });
  expect(((await changed.json()) as Template).subject).toBe('Thanks!');
  expect((await list(alice)).map((one) => one.name)).toEqual(['away', 'Thank you']);
});

test('of one name there is one', async () => {
  expect((await make('AWAY')).status).toBe(400);
  const [away, thanks] = await list(alice);
  expect((await alice.call('PUT', `/api/templates/${thanks!.id}`, { name: 'Away', html: '' })).status).toBe(400);
  expect((await alice.call('PUT', `/api/templates/${away!.id}`, { name: 'Away', html: '<p>y</p>' })).status).toBe(200);
  expect((await make('  ')).status).toBe(400);
});

test('belong to one account', async () => {
  const eve = await web.account('eve');
  const [away] = await list(alice);
  expect(await list(eve)).toEqual([]);
  expect((await eve.call('PUT', `/api/templates/${away!.id}`, { name: 'Mine', html: '' })).status).toBe(404);
  expect((await eve.call('DELETE', `/api/templates/${away!.id}`)).status).toBe(404);
  expect((await alice.call('DELETE', `/api/templates/${away!.id}`)).status).toBe(200);
  expect(await list(alice)).toHaveLength(1);
});
