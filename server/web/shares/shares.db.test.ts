// Files shared by link: offered to whoever has it, counted, ended by time or by their owner, erased.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { sweepShares } from '../../files/sweep-files.ts';
import { UPLOAD_LIMITS, type Upload } from '../contract/uploads.ts';
import type { SharedFile } from '../contract/shares.ts';
import { json } from '../testing/answer.ts';
import { apiRequest, createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';

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

async function shared(content: Uint8Array, filename = 'film.bin', days = 7): Promise<SharedFile> {
  const id = randomUUID();
  await json(alice.call('POST', '/api/uploads/parts', { id, filename, contentType: 'text/html', sizeBytes: content.length, purpose: 'link' }));
  for (let at = 0; at < content.length; at += UPLOAD_LIMITS.partBytesMin) {
    await json(alice.call('PATCH', `/api/uploads/${id}/parts?offset=${at}`, content.subarray(at, at + UPLOAD_LIMITS.partBytesMin)));
  }
  await json<Upload>(alice.call('POST', `/api/uploads/${id}/finish`));
  return json<SharedFile>(alice.call('POST', '/api/shares', { uploadId: id, days }));
}

/** Without a session, as whoever got the message. */
const visit = (url: string, method = 'GET', headers: Record<string, string> = {}) => web.dispatch(apiRequest(method, new URL(url).pathname, undefined, headers));
const listed = async (who = alice) => (await json<{ items: SharedFile[] }>(who.call('GET', '/api/shares'))).items;
const SAMPLE = Buffer.alloc(UPLOAD_LIMITS.partBytesMin + 10, 'z');

describe('a shared file', () => {
  test('is offered on a page without scripts, and given as it was', async () => {
    const file = await shared(SAMPLE, '<img src=x onerror=alert(1)>.zip');
    const page = await visit(file.url, 'GET', { 'accept-language': 'en' });
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script');
    const html = await page.text();
    expect(html).not.toMatch(/<script|<img/i);
    expect(html).toContain('_img src=x onerror=alert(1)_.zip');
    expect(html).toContain('alice@web.test');
    expect(html).toContain('not scanned for viruses');
    expect((await listed()).find((each) => each.id === file.id)?.downloads).toBe(0);

    const answer = await visit(`${file.url}/file`);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="_img src=x/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await answer.arrayBuffer()).equals(SAMPLE)).toBe(true);
    expect((await visit(`${file.url}/file`, 'HEAD')).headers.get('content-length')).toBe(String(SAMPLE.length));
    expect((await listed()).find((each) => each.id === file.id)).toMatchObject({ downloads: 1, lastDownloadAt: expect.any(String) });
  });

  test('speaks the visitor’s language', async () => {
    const { url } = await shared(Buffer.from('x'));
    expect(await (await visit(url, 'GET', { 'accept-language': 'ar-EG,en;q=0.5' })).text()).toContain('<html lang="ar" dir="rtl">');
  });

  test('of several requests to share it makes one link, and is no upload any more', async () => {
    const file = await shared(Buffer.from('once'));
    expect((await json<SharedFile>(alice.call('POST', '/api/shares', { uploadId: file.id, days: 30 }))).url).toBe(file.url);
    expect((await alice.call('GET', `/api/uploads/${file.id}`)).status).toBe(404);
    await json(alice.call('DELETE', `/api/uploads/${file.id}`));
    expect(await (await visit(`${file.url}/file`)).text()).toBe('once');
  });

  test('lasts for the days that were chosen', async () => {
    const days = (file: SharedFile) => Math.round((Date.parse(file.expiresAt) - Date.parse(file.createdAt)) / 86_400_000);
    expect(days(await shared(Buffer.from('x'), 'a', 7))).toBe(7);
    expect(days(await shared(Buffer.from('x'), 'a', 30))).toBe(30);
    expect((await alice.call('POST', '/api/shares', { uploadId: randomUUID(), days: 365 })).status).toBe(400);
  });

  test('is nobody else’s to share, to see or to take back', async () => {
    const file = await shared(Buffer.from('x'));
    expect((await bob.call('POST', '/api/shares', { uploadId: file.id, days: 7 })).status).toBe(404);
    expect((await bob.call('DELETE', `/api/shares/${file.id}`)).status).toBe(404);
    expect(await listed(bob)).toEqual([]);
  });

  test('one that is still under way cannot be shared', async () => {
    const id = randomUUID();
    await json(alice.call('POST', '/api/uploads/parts', { id, filename: 'a', sizeBytes: 1, purpose: 'link' }));
    expect((await alice.call('POST', '/api/shares', { uploadId: id, days: 7 })).status).toBe(404);
  });

  test.each<[string, (file: SharedFile) => Promise<unknown>]>([
    ['its owner takes it back', (file) => json(alice.call('DELETE', `/api/shares/${file.id}`))],
    ['its time is over', (file) => db.pool.query(`UPDATE shared_file SET expires_at = now() - interval '1 second' WHERE id = $1`, [file.id])],
  ])('ends when %s, and its bytes go', async (_, end) => {
    const file = await shared(SAMPLE);
    const { rows } = await db.pool.query<{ blob_key: string }>('SELECT blob_key FROM shared_file WHERE id = $1', [file.id]);
    const bytes = async () => (await web.services.blobs.get(`${rows[0]!.blob_key}/0`)) !== null;
    await end(file);
    for (const url of [file.url, `${file.url}/file`]) {
      const answer = await visit(url, 'GET', { 'accept-language': 'en' });
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('This link has ended');
    }
    expect((await listed()).some((each) => each.id === file.id)).toBe(false);
    expect((await alice.call('DELETE', `/api/shares/${file.id}`)).status).toBe(404);
    expect(await bytes()).toBe(true);
    expect(await sweepShares(web.services)).toBeGreaterThan(0);
    expect(await bytes()).toBe(false);
    expect((await db.pool.query('SELECT 1 FROM shared_file WHERE id = $1', [file.id])).rowCount).toBe(0);
  });

  test('counts towards what the account may hold', async () => {
    await db.pool.query('UPDATE shared_file SET size_bytes = $1 WHERE account_id = $2', [UPLOAD_LIMITS.accountBytes, alice.accountId]);
    expect((await alice.call('POST', '/api/uploads/parts', { id: randomUUID(), filename: 'a', sizeBytes: 1 })).status).toBe(422);
  });
});
