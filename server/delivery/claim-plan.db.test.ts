// In a database of its own, never truncated: it counts how often the table was read as a whole, and the counts of
// other connections (TRUNCATE builds each index by such a reading) come in late.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool, type Pool } from '../infra/db/pool.ts';
import { claimDeliveries, selectReadyQueues } from './claim.store.ts';
import { giveBack, pullRetriesForward, releaseClaims, renewLeases, requeueDue, takeEndedLeases } from './lease.store.ts';
import { storeFinished, storeUnfinished } from './outcome.store.ts';
import type { Outcome } from './outcome.ts';
import { preferIndexes } from './prefer-indexes.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());

const delivered: Extract<Outcome, { kind: 'delivered' }> = { kind: 'delivered', facts: { reply: '250 ok' }, relayReceipt: false };

describe('the queue is never read as a whole', () => {
  /** Every statement of a worker, on one connection, often enough that it is planned for good. */
  async function workThrough(pool: Pool): Promise<void> {
    const ready = await selectReadyQueues(pool, 'transactional', new Map(), 100);
    const wanted = ready.map((entry) => ({ ...entry, count: 3 }));
    const rows = await claimDeliveries(pool, { lane: 'transactional', wanted, leaseToken: randomUUID(), leaseMs: 60_000 });
    await renewLeases(pool, rows, 60_000);
    await giveBack(pool, rows.slice(0, 2));
    await storeUnfinished(pool, rows.slice(2, 4).map((delivery) => ({ delivery, outcome: { kind: 'held', reason: 'x' } })));
    await storeFinished(pool, rows.slice(4).map((delivery) => ({ delivery, outcome: delivered })));
    await requeueDue(pool, 10);
    await takeEndedLeases(pool, 10, Date.now());
    await releaseClaims(pool, [randomUUID()], [{ queueId: randomUUID(), recipientNo: 0, leaseToken: randomUUID() }]);
    await pullRetriesForward(pool);
  }
  async function wholeReads(pool: Pool): Promise<number> {
    await pool.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await pool.query(`SELECT seq_scan AS n FROM pg_stat_user_tables WHERE relname = 'delivery'`);
    return rows[0].n;
  }

  test.each([['empty', 0], ['full', 20]])('by statements planned while it was %s', async (_name, batches) => {
    const pool = createPool(preferIndexes(queue.database.url), { max: 1 });
    const fill = async (count: number) => {
      for (let batch = 0; batch < count; batch++) await queue.accept(Array.from({ length: 1_000 }, (_, i) => `r${batch}-${i}@d${i % 20}.example`));
    };
    try {
      await fill(batches);
      await queue.pool.query('VACUUM ANALYZE delivery');
      const before = await wholeReads(pool);
      for (let i = 0; i < 8; i++) await workThrough(pool);
      await fill(10);
      await workThrough(pool);
      expect(await wholeReads(pool)).toBe(before);
    } finally {
      await pool.end();
    }
  });
});
