import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_INLINE_BYTES } from './accepted-message.ts';
import { enqueue } from './enqueue.ts';
import { selectMessages } from './message.store.ts';
import { PLAIN, queueFixture, type QueueFixture } from './testing/queue-fixture.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());

const stored = async (queueId: string) => (await selectMessages(queue.pool, [queueId]))[0]!;

describe('enqueue', () => {
  test('stores message, recipients and the first event', async () => {
    const queueId = await queue.accept(['bob@example.com', 'Eve@EXAMPLE.org', 'bob@example.com'], { subject: 'hello' });
    expect(await stored(queueId)).toMatchObject({
      reversePath: 'alice@eider.test', headerFrom: 'alice@eider.test', size: PLAIN.length, needs8bit: false, needsSmtputf8: false, content: PLAIN,
    });
    expect(await queue.states()).toEqual(['Eve@example.org queued 0', 'bob@example.com queued 0']);
    const { rows } = await queue.pool.query('SELECT type, data FROM delivery_event WHERE queue_id = $1', [queueId]);
    expect(rows).toMatchObject([{ type: 'accepted', data: { source: 'api', size: PLAIN.length, recipients: 2 } }]);
  });

  test('keeps every byte of every message of a shared commit apart', async () => {
    const bodies = Array.from({ length: 120 }, (_, i) => Buffer.from(`From: a@eider.test\r\n\r\n${String.fromCharCode(97 + (i % 26)).repeat(i * 13)}\xff${i}\r\n`, 'latin1'));
    const ids = await Promise.all(bodies.map((content, i) => queue.accept([`r${i}@example.com`], { content })));
    const rows = new Map((await selectMessages(queue.pool, ids)).map((row) => [row.queueId, row.content]));
    for (const [i, id] of ids.entries()) expect(rows.get(id)!.equals(bodies[i]!), `message ${i}`).toBe(true);
    expect((await queue.pool.query('SELECT DISTINCT txid FROM delivery_event')).rowCount).toBeLessThan(20);
  });

  test('a large content goes to the blob store, whole', async () => {
    const content = Buffer.concat([PLAIN, Buffer.from('0123456789abcdef\r\n'.repeat(MAX_INLINE_BYTES / 16))]);
    const row = await stored(await queue.accept(['bob@example.com'], { content }));
    expect(row.content).toBeNull();
    expect(row.contentBlob).toMatch(/^outgoing\/\d{4}-\d\d-\d\d\//);
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(hash((await queue.blobs.get(row.contentBlob!))!)).toBe(hash(content));
  });

  test('brings the content into order: CRLF, no Bcc, no Return-Path', async () => {
    const queueId = await queue.accept(['bob@example.com'], { content: Buffer.from('Return-Path: <x@y>\nFrom: a@eider.test\nBcc: secret@example.com\n\n.\nbody') });
    expect((await stored(queueId)).content!.toString()).toBe('From: a@eider.test\r\n\r\n.\r\nbody\r\n');
  });

  test.each([
    ['8-bit body', 'From: a@eider.test\r\n\r\nübung\r\n', 'a@b.example', [true, false]],
    ['UTF-8 header', 'From: a@eider.test\r\nSubject: übung\r\n\r\nx\r\n', 'a@b.example', [true, true]],
    ['UTF-8 recipient', 'From: a@eider.test\r\n\r\nx\r\n', 'ü@b.example', [false, true]],
    ['IDN recipient only', 'From: a@eider.test\r\n\r\nx\r\n', 'a@bücher.example', [false, false]],
  ])('%s', async (_name, text, recipient, [needs8bit, needsSmtputf8]) => {
    expect(await stored(await queue.accept([recipient], { content: Buffer.from(text) }))).toMatchObject({ needs8bit, needsSmtputf8 });
  });

  test('a Latin-1 header is 8-bit, not SMTPUTF8', async () => {
    const content = Buffer.from('From: a@eider.test\r\nSubject: \xfcbung\r\n\r\nx\r\n', 'latin1');
    expect(await stored(await queue.accept(['a@b.example'], { content }))).toMatchObject({ needs8bit: true, needsSmtputf8: false });
  });

  test('send_at: scheduled, with the expiry counted from it', async () => {
    const sendAt = new Date(Date.now() + 86_400_000);
    await queue.accept(['bob@example.com'], { sendAt });
    expect(await queue.states()).toEqual(['bob@example.com scheduled 0']);
    const { rows } = await queue.pool.query('SELECT due_at, expires_at FROM delivery');
    expect(rows[0].due_at).toEqual(sendAt);
    expect(rows[0].expires_at.getTime() - sendAt.getTime()).toBe(5 * 86_400_000);
    await queue.accept(['past@example.com'], { sendAt: new Date(Date.now() - 1_000) });
    expect(await queue.states()).toContain('past@example.com queued 0');
  });

  test.each([
    ['no recipients', { recipients: [] }, 'no-recipients', 'recipients'],
    ['a bad recipient', { recipients: [{ address: 'ok@example.com' }, { address: 'a b@example.com' }] }, 'invalid-recipient', 'recipients[1]'],
    ['injection', { recipients: [{ address: 'a@example.com>\r\nDATA' }] }, 'invalid-recipient', 'recipients[0]'],
    ['a literal', { recipients: [{ address: 'a@[127.0.0.1]' }] }, 'invalid-recipient', 'recipients[0]'],
    ['too many', { recipients: Array.from({ length: 1_001 }, (_, i) => ({ address: `r${i}@example.com` })) }, 'too-many-recipients', 'recipients'],
    ['a bad reverse path', { reversePath: 'nobody' }, 'invalid-reverse-path', 'reversePath'],
    ['a bad header From', { headerFrom: '' }, 'invalid-header-from', 'headerFrom'],
    ['NUL', { content: Buffer.from('From: a@b\r\n\r\n\0') }, 'invalid-content', 'content'],
    ['no From', { content: Buffer.from('To: a@b\r\n\r\nx') }, 'invalid-content', 'content'],
    ['too large', { content: Buffer.alloc(50 * 1024 * 1024 + 1, 'x') }, 'message-too-large', 'content'],
    ['a far send_at', { sendAt: new Date(Date.now() + 400 * 86_400_000) }, 'invalid-send-at', 'sendAt'],
    ['no date', { sendAt: new Date(Number.NaN) }, 'invalid-send-at', 'sendAt'],
    ['NEVER and more', { recipients: [{ address: 'a@example.com', notify: ['NEVER' as const, 'SUCCESS' as const] }] }, 'invalid-dsn-parameter', 'recipients[0].notify'],
    ['ENVID injection', { dsn: { envid: 'x RET=FULL' } }, 'invalid-dsn-parameter', 'dsn.envid'],
    ['ORCPT injection', { recipients: [{ address: 'a@example.com', orcpt: 'rfc822;a\r\nRCPT' }] }, 'invalid-dsn-parameter', 'recipients[0].orcpt'],
  ])('%s is rejected and nothing stored', async (_name, changes, code, field) => {
    expect(await queue.enqueue(changes)).toMatchObject({ kind: 'rejected', code, field });
    expect(await queue.states()).toEqual([]);
  });

  test('one bad message in a shared commit fails alone', async () => {
    const results = await Promise.allSettled([
      queue.accept(['a@example.com']),
      queue.accept(['b@example.com'], { tenantId: 'not-a-uuid' }),
      queue.accept(['c@example.com']),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await queue.states()).toEqual(['a@example.com queued 0', 'c@example.com queued 0']);
  });
});

describe('idempotency', () => {
  const keyed = (key: string, bodyHash = 'h') => ({ idempotencyKey: { key, bodyHash } });

  test('the same key enqueues once, also when called at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => queue.enqueue(keyed('k1'))));
    const accepted = results.map((result) => (result.kind === 'accepted' ? result : expect.unreachable(result.rule)));
    expect(new Set(accepted.map((result) => result.queueId)).size).toBe(1);
    expect(accepted.filter((result) => !result.duplicates)).toHaveLength(1);
    expect(await queue.states()).toEqual(['bob@example.com queued 0']);
  });

  test('with another body it is a mismatch; of another tenant it is another key', async () => {
    await queue.enqueue(keyed('k2', 'one'));
    expect(await queue.enqueue(keyed('k2', 'two'))).toMatchObject({ kind: 'rejected', code: 'idempotency-mismatch' });
    const other = await queue.addTenant();
    expect(await queue.enqueue({ ...keyed('k2', 'two'), tenantId: other })).toMatchObject({ kind: 'accepted' });
  });

  test('after 48 hours the key is free', async () => {
    await queue.enqueue(keyed('k3', 'one'));
    await queue.pool.query(`UPDATE idempotency_record SET expires_at = now() - interval '1 second'`);
    const result = await queue.enqueue(keyed('k3', 'two'));
    expect(result).toMatchObject({ kind: 'accepted' });
    expect(result).not.toHaveProperty('duplicates');
    expect(await queue.enqueue(keyed('k3', 'two'))).toMatchObject({ duplicates: true });
  });
});

describe('when the ground moves', () => {
  test('a commit that comes through after we looked for it keeps its content', async () => {
    const content = Buffer.concat([PLAIN, Buffer.from('0123456789abcdef\r\n'.repeat(MAX_INLINE_BYTES / 16))]);
    // The connection broke during the commit, the look found nothing yet, the second try met the first one's key.
    const batch = { add: (message: Parameters<typeof queue.deps.batch.add>[0]) => queue.deps.batch.add(message).then(() => null) };
    const result = await enqueue({ ...queue.deps, batch }, {
      tenantId: queue.tenantId, accountId: null, source: 'api', lane: 'transactional', reversePath: 'alice@eider.test', recipients: [{ address: 'bob@example.com' }],
      headerFrom: 'alice@eider.test', messageIdHeader: '<1@eider.test>', content, idempotencyKey: { key: 'late', bodyHash: 'h' },
    });
    expect(result).toEqual({ kind: 'accepted', queueId: expect.any(String) as string });
    const row = await stored((result as { queueId: string }).queueId);
    expect((await queue.blobs.get(row.contentBlob!))!.length).toBe(row.size);
  });

  test.each([['ahead', 40], ['behind', -40]])('this machine\'s clock %s of the database\'s by weeks', async (_name, days) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
    try {
      await queue.accept(['bob@example.com']);
    } finally {
      vi.useRealTimers();
    }
    expect(await queue.states()).toEqual(['bob@example.com queued 0']);
  });

  test('connections cut in the middle: every accepted message is stored exactly once', async () => {
    const cut = async () => {
      await queue.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`).catch(() => undefined);
    };
    const sends = Array.from({ length: 300 }, (_, i) => queue.accept([`r${i}@example.com`]));
    await Promise.all([cut(), cut(), cut()]);
    const ids = await Promise.all(sends);
    // The pool may still hold connections that were cut while idle: each fails once.
    await Promise.allSettled(Array.from({ length: 20 }, () => queue.pool.query('SELECT pg_sleep(0.05)')));
    const { rows } = await queue.pool.query<{ queue_id: string }>('SELECT queue_id FROM delivery');
    expect(rows.map((row) => row.queue_id).sort()).toEqual([...ids].sort());
  });

  test('a missing partition is made, not an error', async () => {
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    await queue.pool.query(`DROP TABLE outgoing_message_${day}, delivery_event_${day}`);
    await queue.accept(['bob@example.com']);
    expect(await queue.states()).toEqual(['bob@example.com queued 0']);
  });
});
