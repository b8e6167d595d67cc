// Drafts, uploads and sending over the API on a real database and queue, with a mail store that is away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import type { Draft, DraftSaved, SendResult } from '../contract/compose.ts';
import type { Upload } from '../contract/uploads.ts';
import type { ApiErrorBody } from '../contract/errors.ts';
import { json } from '../testing/answer.ts';
import { createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';
import { sweepUploads } from '../../files/sweep-files.ts';

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

const refusal = async (pending: Promise<Response>, status: number) => (await json<ApiErrorBody>(pending, status)).error;
const upload = (name: string, bytes: Uint8Array, type = 'application/octet-stream') =>
  alice.call('POST', `/api/uploads?filename=${encodeURIComponent(name)}`, bytes, { 'content-type': type });
const send = (body: object, key: string) => alice.call('POST', '/api/emails/send', body, { 'idempotency-key': key });
const queued = async () => (await db.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM outgoing_message')).rows[0]!.n;

describe('drafts', () => {
  test('saves follow each other; a stale one is a conflict that loses nothing', async () => {
    const made = await json<DraftSaved>(alice.call('POST', '/api/emails/drafts', { subject: 'one' }));
    expect(made.revision).toBe(1);
    const path = `/api/emails/drafts/${made.id}`;
    const saved = await json<DraftSaved>(alice.call('PUT', path, { revision: 1, fields: { subject: 'two', to: ['half-typed'] } }));
    expect(saved.revision).toBe(2);
    expect((await refusal(alice.call('PUT', path, { revision: 1, fields: { subject: 'other tab' } }), 409)).code).toBe('draft_conflict');
    const draft = await json<Draft>(alice.call('GET', path));
    expect(draft.fields).toMatchObject({ subject: 'two', to: [{ name: '', address: 'half-typed' }] });
    expect((await refusal(alice.call('DELETE', `${path}?revision=1`), 409)).code).toBe('draft_conflict');
    await json(alice.call('DELETE', `${path}?revision=2`));
    expect((await refusal(alice.call('PUT', path, { revision: 2, fields: {} }), 410)).code).toBe('gone');
  });

  test('of two saves at once exactly one wins', async () => {
    const made = await json<DraftSaved>(alice.call('POST', '/api/emails/drafts', {}));
    const saves = await Promise.all(
      Array.from({ length: 8 }, (_, n) => alice.call('PUT', `/api/emails/drafts/${made.id}`, { revision: 1, fields: { subject: `tab ${n}` } })),
    );
    expect(saves.map((response) => response.status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
  });
});

describe('saves repeated after a lost answer', () => {
  const id = '0190a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5c';
  const path = `/api/emails/drafts/${id}`;
  const create = (subject: string, writer: string) => alice.call('POST', '/api/emails/drafts', { id, writer, subject });
  const update = (revision: number, subject: string, writer: string) => alice.call('PUT', path, { revision, writer, fields: { subject } });

  test('make one draft, and are no conflict of a window with itself', async () => {
    expect((await json<DraftSaved>(create('one', 'window-a'))).revision).toBe(1);
    expect((await json<DraftSaved>(create('one, again', 'window-a'))).revision).toBe(2);
    expect((await json<DraftSaved>(update(2, 'two', 'window-a'))).revision).toBe(3);
    expect((await json<DraftSaved>(update(2, 'two, again', 'window-a'))).revision).toBe(4);
    expect((await json<Draft>(alice.call('GET', path))).fields.subject).toBe('two, again');
    const { rowCount } = await db.pool.query(`SELECT 1 FROM draft WHERE fields->>'subject' LIKE '%again'`);
    expect(rowCount).toBe(1);
  });

  test('another window’s save stays a conflict', async () => {
    const { revision } = await json<DraftSaved>(update(4, 'theirs', 'window-b'));
    expect((await refusal(update(4, 'mine', 'window-a'), 409)).code).toBe('draft_conflict');
    expect((await refusal(create('mine', 'window-a'), 409)).code).toBe('draft_conflict');
    expect((await json<Draft>(alice.call('GET', path))).revision).toBe(revision);
  });

  test('an id tells nothing of, and takes nothing from, another account', async () => {
    const mallory = await web.account('mallory');
    expect((await refusal(mallory.call('POST', '/api/emails/drafts', { id, writer: 'window-b', subject: 'stolen' }), 409)).code).toBe('draft_conflict');
    expect((await json<Draft>(alice.call('GET', path))).fields.subject).toBe('theirs');
  });
});

test('text that a database cannot hold loses only that', async () => {
  const made = await json<DraftSaved>(
    alice.call('POST', '/api/emails/drafts', new TextEncoder().encode('{"subject":"a\\u0000b\\ud800c \\ud83d\\ude00"}'), { 'content-type': 'application/json' }),
  );
  const draft = await json<Draft>(alice.call('GET', `/api/emails/drafts/${made.id}`));
  expect(draft.fields.subject).toBe('ab\ufffdc \u{1f600}');
  expect((await alice.call('GET', '/api/search?q=%00')).status).toBe(200);
});

describe('uploads', () => {
  test('come back as they were, never as something that runs', async () => {
    const html = new TextEncoder().encode('<script>alert(1)</script>');
    const file = await json<Upload>(upload('../../evil".html', html, 'text/html'));
    expect(file).toMatchObject({ filename: 'evil_.html', contentType: 'text/html', sizeBytes: html.length });
    const response = await alice.call('GET', file.url);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toContain('attachment;');
    expect(await response.text()).toBe('<script>alert(1)</script>');
  });

  test('an image is one by its bytes', async () => {
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    expect((await json<Upload>(upload('a.jpg', png, 'image/jpeg'))).contentType).toBe('image/png');
    expect((await json<Upload>(upload('a.png', new TextEncoder().encode('<svg onload=alert(1)>'), 'image/png'))).contentType).toBe('text/plain');
  });

  test('one that is too large is refused by its declared length, and by what really comes', async () => {
    const declared = await refusal(alice.call('POST', '/api/uploads?filename=a', new Uint8Array(1), { 'content-length': String(26 * 1024 * 1024) }), 413);
    expect(declared.code).toBe('too_large');
    expect((await refusal(upload('a', new Uint8Array(25 * 1024 * 1024 + 1)), 413)).message).toContain('25 MB');
  });

  test('orphans are swept after a week, those of drafts are kept', async () => {
    const kept = await json<Upload>(upload('kept', new Uint8Array(1)));
    const embedded = await json<Upload>(upload('embedded', new Uint8Array(1)));
    const orphan = await json<Upload>(upload('orphan', new Uint8Array(1)));
    await json(alice.call('POST', '/api/emails/drafts', { attachments: [kept.id], html: `<img src="${embedded.url}">` }));
    await db.pool.query(`UPDATE compose_upload SET touched_at = now() - interval '8 days'`);
    await sweepUploads(web.services);
    expect((await alice.call('GET', kept.url)).status).toBe(200);
    expect((await alice.call('GET', embedded.url)).status).toBe(200);
    expect((await alice.call('GET', orphan.url)).status).toBe(404);
  });
});

describe('sending', () => {
  test('reaches the queue once per key, whatever happens to the answer', async () => {
    const before = await queued();
    const body = { to: ['bob@else.test'], cc: [{ name: 'C', address: 'c@else.test' }], bcc: ['d@else.test'], subject: 'Once', text: 'Hello' };
    const first = await json<SendResult>(send(body, 'key-once-1'));
    // The mail store is away in this test: the Sent copy waits, the message does not.
    expect(first.savedToSent).toBe(false);
    expect(await json<SendResult>(send(body, 'key-once-1'))).toEqual(first);
    expect(await queued()).toBe(before + 1);
    expect((await refusal(send({ ...body, text: 'Other' }, 'key-once-1'), 409)).code).toBe('idempotency_conflict');
    const { rows } = await db.pool.query('SELECT recipient FROM delivery WHERE queue_id = $1 ORDER BY recipient', [first.queueId]);
    expect(rows).toEqual([{ recipient: 'bob@else.test' }, { recipient: 'c@else.test' }, { recipient: 'd@else.test' }]);
    const message = await db.pool.query<{ content: Buffer }>('SELECT content FROM outgoing_message WHERE queue_id = $1', [first.queueId]);
    expect(message.rows[0]!.content.toString()).not.toMatch(/d@else\.test/);
    const waiting = await db.pool.query('SELECT state, blob_key IS NOT NULL AS kept FROM web_send WHERE queue_id = $1', [first.queueId]);
    expect(waiting.rows).toEqual([{ state: 'accepted', kept: true }]);
  });

  test('many requests with one key at once send one message', async () => {
    const before = await queued();
    const answers = await Promise.all(Array.from({ length: 6 }, () => send({ to: ['bob@else.test'], text: 'x' }, 'key-many-1')));
    expect(answers.filter((response) => response.status === 200).length).toBeGreaterThan(0);
    expect(answers.every((response) => response.status === 200 || response.status === 409)).toBe(true);
    expect(await queued()).toBe(before + 1);
  });

  test('what is refused leaves nothing, and the key is free', async () => {
    const before = await queued();
    const error = await refusal(send({ to: ['nobody', 'bob@else.test'], text: 'x' }, 'key-bad-01'), 400);
    expect(error).toMatchObject({ code: 'invalid_request', fields: [{ field: 'to.0.address' }] });
    const missing = await refusal(send({ to: ['bob@else.test'], text: 'x', attachments: ['0190a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b'] }, 'key-bad-01'), 400);
    expect(missing.fields?.[0]?.field).toBe('attachments.0');
    expect((await refusal(send({ to: ['bob@else.test'], from: 'boss@web.test', text: 'x' }, 'key-bad-01'), 400)).fields?.[0]?.field).toBe('from');
    expect(await queued()).toBe(before);
    await json(send({ to: ['bob@else.test'], text: 'x' }, 'key-bad-01'));
  });

  test('the key itself is needed', async () => {
    expect((await refusal(alice.call('POST', '/api/emails/send', { to: ['bob@else.test'] }), 400)).fields?.[0]?.field).toBe('idempotency-key');
  });
});

describe('requests', () => {
  test.each([
    ['not JSON', '{', 'application/json', 400],
    ['another type', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['a wrong shape', '{"to":"x"}', 'application/json', 400],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400],
  ])('a body that is %s', async (_name, body, type, status) => {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);
    await refusal(alice.call('POST', '/api/emails/drafts', bytes, { 'content-type': type }), status);
  });
  test('a query that names nothing we know is ignored, one given twice is refused', async () => {
    expect((await alice.call('GET', '/api/search?q=a&x=1')).status).toBe(200);
    expect((await refusal(alice.call('GET', '/api/search?q=a&q=b'), 400)).fields?.[0]?.field).toBe('q');
    expect((await refusal(alice.call('GET', '/api/search?q=a&limit=101'), 400)).fields?.[0]?.field).toBe('limit');
    expect((await refusal(alice.call('GET', '/api/search?q=a&cursor=zzz'), 400)).fields?.[0]?.field).toBe('cursor');
  });
});
