// Live changes from PostgreSQL's notices to the bytes that a browser reads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';

let db: TestDatabase;
let web: TestWeb;
let alice: TestAccount;
let bob: TestAccount;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
  alice = await web.account('alice');
  bob = await web.account('bob');
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

const notify = (account: TestAccount, folders: string[]) =>
  db.pool.query('SELECT pg_notify($1, $2)', ['mailbox_change', JSON.stringify({ accountId: account.accountId, folders, modseq: 1 })]);

/** Reads a stream until its text contains `wanted`. */
async function readUntil(response: Response, wanted: string): Promise<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text;
}

/** A stream is listening once a notice for its account comes through. */
async function openStream(account: TestAccount, headers: Record<string, string> = {}): Promise<Response> {
  const response = await account.call('GET', '/api/events', undefined, headers);
  const nudge = setInterval(() => void notify(account, ['nudge']), 50);
  await readUntil(response, 'nudge');
  clearInterval(nudge);
  return response;
}

describe('live changes', () => {
  test('an account hears of its own folders only, several at once in one event', async () => {
    const stream = await openStream(alice);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.headers.get('cache-control')).toContain('no-transform');
    await notify(bob, ['bobs-folder']);
    await notify(alice, ['one']);
    await notify(alice, ['two']);
    await notify(alice, ['last']);
    const text = await readUntil(stream, '"last"');
    expect(text).not.toContain('bobs-folder');
    expect(text).toMatch(/event: change\ndata: \{"folderIds":\[.*"one","two","last"\]\}\n\n/);
    await stream.body!.cancel();
  });

  test('a browser that comes back is told to read everything again', async () => {
    const stream = await alice.call('GET', '/api/events', undefined, { 'last-event-id': '17' });
    expect(await readUntil(stream, 'refresh')).toContain('event: refresh\n');
    await stream.body!.cancel();
  });

  test('when the database connection breaks, followers are told to read again, and hear changes again', async () => {
    const stream = await openStream(alice);
    await db.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'eider-web-changes' AND datname = current_database()`);
    await readUntil(stream, 'event: refresh');
    await notify(alice, ['after']);
    expect(await readUntil(stream, '"after"')).toContain('event: change');
    await stream.body!.cancel();
  });

  test('notices that are not ours are passed over', async () => {
    const stream = await openStream(alice);
    await db.pool.query(`SELECT pg_notify('mailbox_change', 'nonsense')`);
    await notify(alice, ['still']);
    expect(await readUntil(stream, '"still"')).toContain('event: change');
    await stream.body!.cancel();
  });
});
