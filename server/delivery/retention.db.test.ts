import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { deleteExpired, EXPIRED_ROWS, type ExpiredRows } from '../workers/expired-rows.store.ts';
import { ensurePartitions } from './enqueue.store.ts';
import { dropOldPartitions } from './retention.store.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());

const DAY = 86_400_000;
const partitions = async (table: string) => {
  const { rows } = await queue.pool.query<{ name: string }>(`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`, [table]);
  return rows.map((row) => row.name);
};
const inDays = (days: number) => new Date(Date.now() + days * DAY);
const drop = (now: Date) => dropOldPartitions({ pool: queue.pool, blobs: queue.blobs, log: pino({ level: 'silent' }) }, { messages: 14, events: 30 }, now);
const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '');

describe('retention', () => {
  test('drops days past their time with their blobs, and keeps the others', async () => {
    const large = Buffer.concat([Buffer.from('From: a@eider.test\r\n\r\n'), Buffer.alloc(300_000, 'x')]);
    const queueId = await queue.accept(['bob@example.com'], { content: large });
    const { rows } = await queue.pool.query<{ content_blob: string }>('SELECT content_blob FROM outgoing_message WHERE queue_id = $1', [queueId]);
    await queue.pool.query('DELETE FROM delivery');
    expect(await drop(inDays(13))).toEqual({ messages: 0, events: 0 });
    expect(await queue.blobs.get(rows[0]!.content_blob)).not.toBeNull();

    expect((await drop(inDays(15))).messages).toBe(2);
    expect(await partitions('outgoing_message')).not.toContain(`outgoing_message_${today()}`);
    expect(await partitions('delivery_event')).toContain(`delivery_event_${today()}`);
    expect(await queue.blobs.get(rows[0]!.content_blob)).toBeNull();

    expect((await drop(inDays(31))).events).toBe(2);
    expect(await partitions('delivery_event')).not.toContain(`delivery_event_${today()}`);
    // What was dropped is made again when it is needed.
    expect(await ensurePartitions(queue.pool, 0)).toBe(4);
    await queue.accept(['bob@example.com']);
  });

  test('a live delivery keeps its day, and every later one, however old', async () => {
    await queue.accept(['stuck@example.com']);
    await queue.pool.query(`UPDATE delivery SET state = 'held'`);
    await drop(inDays(40));
    expect(await partitions('outgoing_message')).toContain(`outgoing_message_${today()}`);
    expect((await queue.pool.query('SELECT 1 FROM outgoing_message')).rowCount).toBe(1);
  });

  test('does not wait for a lock for long', async () => {
    await ensurePartitions(queue.pool, 0);
    const writer = await queue.pool.connect();
    try {
      await writer.query('BEGIN');
      await writer.query('LOCK TABLE delivery_event IN ROW EXCLUSIVE MODE');
      await expect(drop(inDays(100))).rejects.toThrow(/lock timeout/);
    } finally {
      await writer.query('ROLLBACK');
      writer.release();
    }
    expect((await drop(inDays(100))).events).toBeGreaterThan(0);
  });
});

test.each(Object.keys(EXPIRED_ROWS) as ExpiredRows[])('expired rows of %s can be deleted', async (name) => {
  expect(await deleteExpired(queue.pool, name)).toBe(0);
});

test('only expired idempotency records and suppressions go', async () => {
  await queue.enqueue({ idempotencyKey: { key: 'old', bodyHash: 'h' } });
  await queue.pool.query(`UPDATE idempotency_record SET expires_at = now() - interval '1 second'`);
  await queue.enqueue({ idempotencyKey: { key: 'new', bodyHash: 'h' } });
  expect(await deleteExpired(queue.pool, 'idempotency')).toBe(1);
  await queue.pool.query(`INSERT INTO suppression (id, address_hash, reason, source, expires_at)
    SELECT gen_random_uuid(), sha256(n::text::bytea), 'x', 'x', CASE n WHEN 1 THEN NULL WHEN 2 THEN now() - interval '1 s' ELSE now() + interval '1 h' END FROM generate_series(1, 3) n`);
  expect(await deleteExpired(queue.pool, 'suppressions')).toBe(1);
});
