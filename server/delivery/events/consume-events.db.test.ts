import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PoolClient } from '../../infra/db/pool.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { consumeOnce, type EventConsumer, startConsumer } from './consume-events.ts';
import { consumerStates, LOG_START, logEnd, movePosition, positionAt, readEvents } from './event-log.store.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
  await queue.pool.query('CREATE TABLE seen (n bigint GENERATED ALWAYS AS IDENTITY, mark text)');
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE event_position, seen');
});

const ANY_QUEUE = '019aa000-0000-7000-8000-000000000001';
const write = (db: Pick<PoolClient, 'query'>, mark: string, type = 'test') =>
  db.query(`INSERT INTO delivery_event (tenant_id, queue_id, type, data) VALUES ($1, $2, $3, jsonb_build_object('mark', $4::text))`, [queue.tenantId, ANY_QUEUE, type, mark]);

/** Its effect is a row for each event: what it did twice or not at all shows. */
const recorder = (changes: Partial<EventConsumer> = {}): EventConsumer => ({
  name: 'recorder',
  types: null,
  handle: async (client, events) => {
    await client.query('INSERT INTO seen (mark) SELECT * FROM unnest($1::text[])', [events.map((event) => event.data['mark'])]);
  },
  ...changes,
});
const seen = async (): Promise<string[]> => (await queue.pool.query<{ mark: string }>('SELECT mark FROM seen ORDER BY n')).rows.map((row) => row.mark);

/** Transactions of other databases on the same server hold readers up too, and other tests have some. */
async function readable(): Promise<void> {
  const ask = 'SELECT coalesce(bool_and(txid < pg_snapshot_xmin(pg_current_snapshot())), true) AS yes FROM delivery_event';
  while (!(await queue.pool.query<{ yes: boolean }>(ask)).rows[0]!.yes) await sleep(10);
}

async function drain(consumer = recorder()): Promise<void> {
  await readable();
  while ((await consumeOnce(queue.pool, consumer)) !== 0);
}

describe('what is read', () => {
  test('in order, in batches, and no further than the log goes', async () => {
    for (let i = 0; i < 25; i++) await write(queue.pool, `e${i}`);
    await readable();
    const counts: (number | null)[] = [];
    for (let i = 0; i < 4; i++) counts.push(await consumeOnce(queue.pool, recorder({ batchSize: 10 })));
    expect(counts).toEqual([10, 10, 5, 0]);
    expect(await seen()).toEqual(Array.from({ length: 25 }, (_, i) => `e${i}`));
  });

  test('not beyond a transaction that is still open, however much has been committed since; then all of it, once', async () => {
    const open = await queue.pool.connect();
    await open.query('BEGIN');
    await write(open, 'early id, late commit');
    for (let i = 0; i < 5; i++) await write(queue.pool, `after ${i}`);
    expect(await consumeOnce(queue.pool, recorder())).toBe(0);
    expect(await seen()).toEqual([]);
    await open.query('COMMIT');
    open.release();
    await drain();
    expect((await seen()).sort()).toEqual(['after 0', 'after 1', 'after 2', 'after 3', 'after 4', 'early id, late commit']);
  });

  test('nothing of a transaction that was rolled back', async () => {
    const open = await queue.pool.connect();
    await open.query('BEGIN');
    await write(open, 'never happened');
    await write(queue.pool, 'happened');
    await open.query('ROLLBACK');
    open.release();
    await drain();
    expect(await seen()).toEqual(['happened']);
  });

  test('only the types wanted, and the position lies behind the others', async () => {
    for (let i = 0; i < 10; i++) await write(queue.pool, `e${i}`, i % 5 === 0 ? 'wanted' : 'other');
    const consumer = recorder({ types: ['wanted'], batchSize: 4 });
    await readable();
    expect(await consumeOnce(queue.pool, consumer)).toBe(4);
    await drain(consumer);
    expect(await seen()).toEqual(['e0', 'e5']);
    expect((await consumerStates(queue.pool))[0]).toMatchObject({ consumer: 'recorder', lagMs: 0 });
    expect((await readEvents(queue.pool, LOG_START, ['wanted'], 3)).events.map((event) => event.data)).toEqual([{ mark: 'e0' }]);
  });
});

describe('nothing is missed and nothing comes twice', () => {
  test('with many writers whose transactions overlap, commit out of order or fail, and consumers side by side', async () => {
    const committed: string[] = [];
    const writer = async (name: number) => {
      for (let i = 0; i < 25; i++) {
        const client = await queue.pool.connect();
        await client.query('BEGIN');
        await write(client, `${name}-${i}-a`);
        await sleep(Math.random() * 6);
        await write(client, `${name}-${i}-b`);
        const fails = i % 7 === 3;
        await client.query(fails ? 'ROLLBACK' : 'COMMIT');
        client.release();
        if (!fails) committed.push(`${name}-${i}-a`, `${name}-${i}-b`);
      }
    };
    let writing = true;
    const reader = async () => {
      while (writing) await consumeOnce(queue.pool, recorder({ batchSize: 7 }));
    };
    const readers = [reader(), reader(), reader()];
    await Promise.all(Array.from({ length: 6 }, (_, name) => writer(name)));
    writing = false;
    await Promise.all(readers);
    await drain();
    expect((await seen()).sort()).toEqual(committed.sort());
  });

  test('when the consumer fails, what it wrote is undone and the same events come again', async () => {
    for (const mark of ['a', 'b', 'c']) await write(queue.pool, mark);
    const failing = recorder({
      handle: async (client, events) => {
        await recorder().handle(client, events);
        throw new Error('in the middle');
      },
    });
    await readable();
    await expect(consumeOnce(queue.pool, failing)).rejects.toThrow('in the middle');
    expect(await seen()).toEqual([]);
    await drain();
    expect(await seen()).toEqual(['a', 'b', 'c']);
  });

  test('two consumers have positions of their own', async () => {
    await write(queue.pool, 'x');
    await drain(recorder({ name: 'one' }));
    await drain(recorder({ name: 'two' }));
    expect(await seen()).toEqual(['x', 'x']);
  });
});

describe('replay and lag', () => {
  test('from a moment, from the start, and to the end', async () => {
    await write(queue.pool, 'old');
    await queue.pool.query(`UPDATE delivery_event SET at = at - interval '1 hour'`);
    await write(queue.pool, 'new');
    await drain();
    await movePosition(queue.pool, 'recorder', await positionAt(queue.pool, new Date(Date.now() - 60_000)));
    await drain();
    await movePosition(queue.pool, 'recorder', LOG_START);
    await drain();
    expect(await seen()).toEqual(['old', 'new', 'new', 'old', 'new']);
    await readable();
    expect(await positionAt(queue.pool, new Date(Date.now() + 60_000))).toEqual(await logEnd(queue.pool));
    await movePosition(queue.pool, 'fresh', await logEnd(queue.pool));
    await drain(recorder({ name: 'fresh' }));
    expect(await seen()).toHaveLength(5);
  });

  test('the lag is the age of the first event not dealt with', async () => {
    await write(queue.pool, 'a');
    await drain();
    expect((await consumerStates(queue.pool))[0]!.lagMs).toBe(0);
    await write(queue.pool, 'b');
    await queue.pool.query(`UPDATE delivery_event SET at = at - interval '90 seconds'`);
    expect((await consumerStates(queue.pool))[0]!.lagMs).toBeGreaterThan(89_000);
  });
});

test('the loop reads what comes, goes on after faults, and stops after the batch under way', async () => {
  let faults = 2;
  const consumer = recorder({
    handle: (client, events) => (faults-- > 0 ? Promise.reject(new Error('not now')) : recorder().handle(client, events)),
  });
  const stop = startConsumer({ pool: queue.pool, log: pino({ level: 'silent' }) }, consumer, { idleMs: 10, retryMs: 5, maxRetryMs: 10 });
  await write(queue.pool, 'a');
  await write(queue.pool, 'b');
  while ((await seen()).length < 2) await sleep(10);
  await stop();
  await write(queue.pool, 'c');
  await sleep(50);
  expect(await seen()).toEqual(['a', 'b']);
});
