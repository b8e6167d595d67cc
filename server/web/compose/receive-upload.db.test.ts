// Uploads in parts over the API: gone on with after whatever broke off, refused beyond the limits, scanned, swept away.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { sweepUploads } from '../../files/sweep-files.ts';
import { scriptedClamd, type ScriptedClamd } from '../../infra/clamd/testing/scripted-clamd.ts';
import { createVirusScanner } from '../../infra/clamd/virus-scanner.ts';
import { createDispatch } from '../api/dispatch.ts';
import { handlers } from '../api/handlers.ts';
import { COMPOSE_LIMITS } from '../contract/compose.ts';
import type { ApiErrorBody } from '../contract/errors.ts';
import { UPLOAD_LIMITS, type Upload, type UploadState } from '../contract/uploads.ts';
import { json } from '../testing/answer.ts';
import { apiRequest, createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';

// In two halves, so that no scanner takes this file for what it looks for.
const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';
const PART = UPLOAD_LIMITS.partBytesMin;

let db: TestDatabase;
let web: TestWeb;
let alice: TestAccount;
let bob: TestAccount;
let clamd: ScriptedClamd | undefined;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
  alice = await web.account('alice');
  bob = await web.account('bob');
});
afterEach(async () => {
  await clamd?.close();
  clamd = undefined;
  web.services.virus = createVirusScanner(undefined, () => undefined);
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

const refusal = async (pending: Promise<Response>, status: number) => (await json<ApiErrorBody>(pending, status)).error;
const begin = (file: object, who = alice) => who.call('POST', '/api/uploads/parts', { filename: 'a.bin', sizeBytes: 1, ...file });
const part = (id: string, offset: number, bytes: Uint8Array, who = alice) => who.call('PATCH', `/api/uploads/${id}/parts?offset=${offset}`, bytes);
const finish = (id: string) => alice.call('POST', `/api/uploads/${id}/finish`);
const standsAt = async (id: string) => (await json<UploadState>(alice.call('GET', `/api/uploads/${id}/parts`))).offset;
const blobs = async (id: string) => Promise.all([0, 1].map(async (n) => (await web.services.blobs.get(`uploads/${alice.accountId}/${id}/${n}`)) !== null));

/** A file that has come as a whole. */
async function sent(content: Uint8Array, file: object = {}): Promise<string> {
  const id = randomUUID();
  await json(begin({ id, sizeBytes: content.length, ...file }));
  if (content.length > 0) await json(part(id, 0, content));
  return id;
}

describe('in parts', () => {
  test('a file arrives byte by byte as it was, however its parts are repeated', async () => {
    const id = randomUUID();
    const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(2 * PART, 'x')]);
    const first = content.subarray(0, PART);
    expect(await json<UploadState>(begin({ id, filename: '../report.txt', contentType: 'text/plain', sizeBytes: content.length }))).toMatchObject({ offset: 0, upload: null });
    expect(await json<UploadState>(part(id, 0, first))).toMatchObject({ offset: PART });
    // The answer was lost: the same part again changes nothing, beginning again tells where it stands.
    expect((await refusal(part(id, 0, first), 409)).code).toBe('conflict');
    expect(await json<UploadState>(begin({ id, sizeBytes: content.length }))).toMatchObject({ offset: PART });
    expect((await refusal(finish(id), 409)).code).toBe('conflict');
    expect((await alice.call('GET', `/api/uploads/${id}`)).status).toBe(404);
    await json(part(id, PART, content.subarray(PART)));
    const upload = await json<Upload>(finish(id));
    expect(upload).toEqual({ id, filename: 'report.txt', contentType: 'application/pdf', sizeBytes: content.length, scan: 'absent', url: `/api/uploads/${id}` });
    expect(await json<Upload>(finish(id))).toEqual(upload);
    expect(await json<UploadState>(begin({ id, sizeBytes: content.length }))).toMatchObject({ upload });
    const served = await alice.call('GET', upload.url);
    expect(Buffer.from(await served.arrayBuffer()).equals(content)).toBe(true);
    expect(served.headers.get('content-length')).toBe(String(content.length));
  });

  test('of the same part sent several times at once one is taken', async () => {
    const id = randomUUID();
    await json(begin({ id, sizeBytes: 2 * PART }));
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => part(id, 0, Buffer.alloc(PART, n))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect(await standsAt(id)).toBe(PART);
  });

  test('another web process goes on where the first stood', async () => {
    const id = await sent(Buffer.alloc(PART, 'a'), { sizeBytes: 2 * PART });
    const restarted = createDispatch({ ...web.services }, handlers);
    const headers = { cookie: alice.cookie, 'x-csrf-token': alice.csrf };
    expect((await restarted(apiRequest('PATCH', `/api/uploads/${id}/parts?offset=${PART}`, Buffer.alloc(PART), headers))).status).toBe(200);
    expect(await standsAt(id)).toBe(2 * PART);
  });

  test('an empty file is a file', async () => {
    const id = await sent(new Uint8Array(0));
    expect(await json<Upload>(finish(id))).toMatchObject({ sizeBytes: 0, contentType: 'text/plain' });
    expect(await (await alice.call('GET', `/api/uploads/${id}`)).text()).toBe('');
  });

  test.each<[string, () => Promise<Response>, number, string]>([
    ['one larger than can be attached', () => begin({ id: randomUUID(), sizeBytes: COMPOSE_LIMITS.uploadBytes + 1 }), 413, 'too_large'],
    ['one larger than can be linked to', () => begin({ id: randomUUID(), sizeBytes: COMPOSE_LIMITS.linkBytes + 1, purpose: 'link' }), 413, 'too_large'],
    ['an id that is none', () => begin({ id: 'x' }), 400, 'invalid_request'],
    ['more than was said', async () => part(await sent(Buffer.alloc(0), { sizeBytes: 5 }), 0, Buffer.alloc(6)), 400, 'invalid_request'],
    ['a part of nothing', async () => part(await sent(Buffer.alloc(0), { sizeBytes: 5 }), 0, Buffer.alloc(0)), 400, 'invalid_request'],
    ['crumbs', async () => part(await sent(Buffer.alloc(0), { sizeBytes: PART }), 0, Buffer.alloc(10)), 400, 'invalid_request'],
    ['a part that leaves a gap', async () => part(await sent(Buffer.alloc(0), { sizeBytes: 3 * PART }), PART, Buffer.alloc(PART)), 409, 'conflict'],
    ['a part after the end', async () => part(await sent(Buffer.alloc(5)), 5, Buffer.alloc(1)), 400, 'invalid_request'],
    ['another’s upload', async () => part(await sent(Buffer.alloc(0), { sizeBytes: 1 }), 0, Buffer.alloc(1), bob), 404, 'not_found'],
    ['another’s id', async () => begin({ id: await sent(Buffer.alloc(1)) }, bob), 409, 'conflict'],
    ['an id for another file', async () => begin({ id: await sent(Buffer.alloc(1)), sizeBytes: 2 }), 409, 'conflict'],
  ])('refuses %s', async (_, request, status, code) => {
    expect((await refusal(request(), status)).code).toBe(code);
  });

  test('an account’s files together have a limit, however many begin at once', async () => {
    const carol = await web.account('carol');
    const fit = Math.floor(UPLOAD_LIMITS.accountBytes / COMPOSE_LIMITS.linkBytes);
    const answers = await Promise.all(Array.from({ length: fit + 3 }, () => begin({ id: randomUUID(), sizeBytes: COMPOSE_LIMITS.linkBytes, purpose: 'link' }, carol)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(fit);
    expect(answers.filter((answer) => answer.status === 422)).toHaveLength(3);
    expect((await carol.call('POST', '/api/uploads?filename=a', new Uint8Array(1))).status).toBe(422);
  });

  test('cancelling takes away what has come', async () => {
    const id = await sent(Buffer.alloc(PART), { sizeBytes: 2 * PART });
    expect(await blobs(id)).toEqual([true, false]);
    await json(alice.call('DELETE', `/api/uploads/${id}`));
    expect(await blobs(id)).toEqual([false, false]);
    expect((await refusal(part(id, PART, Buffer.alloc(PART)), 404)).code).toBe('not_found');
  });
});

describe('scanning', () => {
  const scanWith = async (answer: (content: Buffer) => string) => {
    clamd = await scriptedClamd(answer);
    web.services.virus = createVirusScanner(clamd.url, () => undefined);
  };
  const asClamd = (content: Buffer) => (content.includes(EICAR) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK');

  test('a virus is refused by its name, and nothing of it stays', async () => {
    await scanWith(asClamd);
    const id = await sent(Buffer.concat([Buffer.alloc(PART, 'x'), Buffer.from(EICAR)]), { filename: 'game.exe' });
    const { code, message } = await refusal(finish(id), 422);
    expect([code, message]).toEqual(['rejected', '“game.exe” contains a virus (Eicar-Test-Signature) and was not taken.']);
    expect(await blobs(id)).toEqual([false, false]);
    expect((await finish(id)).status).toBe(404);
    expect((await refusal(alice.call('POST', '/api/uploads?filename=b', Buffer.from(EICAR)), 422)).code).toBe('rejected');
  });

  test('what was clean is called so', async () => {
    await scanWith(asClamd);
    expect((await json<Upload>(finish(await sent(Buffer.from('hello'))))).scan).toBe('clean');
  });

  test.each([
    ['hangUp', 'down'],
    ['INSTREAM size limit exceeded. ERROR', 'too large'],
  ])('%s: taken, and called unscanned', async (answer, scan) => {
    await scanWith(() => answer);
    expect((await json<Upload>(finish(await sent(Buffer.from('hello'))))).scan).toBe(scan);
  });
});

test('what nobody has touched for a week and nothing names goes away with its bytes', async () => {
  const [abandoned, named, recent] = [await sent(Buffer.alloc(PART), { sizeBytes: 2 * PART }), await sent(Buffer.alloc(1)), await sent(Buffer.alloc(1))];
  await json(finish(named));
  await json(alice.call('POST', '/api/emails/drafts', { attachments: [named] }));
  await db.pool.query(`UPDATE compose_upload SET touched_at = now() - interval '8 days' WHERE id <> $1`, [recent]);
  expect(await sweepUploads(web.services)).toBeGreaterThan(0);
  expect(await blobs(abandoned)).toEqual([false, false]);
  expect((await alice.call('GET', `/api/uploads/${abandoned}/parts`)).status).toBe(404);
  expect(await standsAt(recent)).toBe(1);
  expect((await alice.call('GET', `/api/uploads/${named}`)).status).toBe(200);
});

test('a message carries the file that came in parts', async () => {
  const content = Buffer.alloc(PART + 5, 'y');
  const id = await sent(content.subarray(0, PART), { sizeBytes: content.length });
  await json(part(id, PART, content.subarray(PART)));
  await json(finish(id));
  const { queueId } = await json<{ queueId: string }>(alice.call('POST', '/api/emails/send', { to: ['x@else.test'], text: 'x', attachments: [id] }, { 'idempotency-key': 'parts-0001' }));
  expect(queueId).not.toBeNull();
});
