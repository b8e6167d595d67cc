import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listAudit } from '../../infra/audit/audit-log.store.ts';
import { requeueDue } from '../lease.store.ts';
import { storeFinished, storeUnfinished } from '../outcome.store.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { statesOf } from './queue-commands.ts';
import { countSelected, selectedDomains } from './selection.store.ts';
import { runOrder } from './testing/run-order.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE audit_log');
});

const tomorrow = () => new Date(Date.now() + 86_400_000);
/** One recipient in each live state, named after it. */
async function oneOfEach(): Promise<void> {
  await queue.accept(['attempting@example.com']);
  await queue.claim();
  await queue.accept(['deferred@example.com', 'held@example.com']);
  for (const delivery of await queue.claim()) {
    const outcome = delivery.recipient.startsWith('deferred')
      ? ({ kind: 'deferred', category: 'greylisted', reason: 'mx said: 451 later', retryAfterMs: 600_000, facts: {} } as const)
      : ({ kind: 'held', reason: 'content missing' } as const);
    await storeUnfinished(queue.pool, [{ delivery, outcome }]);
  }
  await queue.accept(['queued@example.com']);
  await queue.accept(['scheduled@example.com'], { sendAt: tomorrow() });
}

describe('each command changes exactly what its states allow, with an event for each row and never the row of a worker', () => {
  const untouched = ['attempting@example.com attempting 1', 'deferred@example.com deferred 1', 'held@example.com held 1', 'queued@example.com queued 0', 'scheduled@example.com scheduled 0'];
  const after = (changes: Record<string, string | null>) =>
    untouched.flatMap((line) => {
      const name = line.split('@')[0]!;
      if (!(name in changes)) return [line];
      return changes[name] === null ? [] : [line.replace(/ \w+ /, ` ${changes[name]} `)];
    });
  test.each([
    ['hold', { deferred: 'held', queued: 'held', scheduled: 'held' }, 'held'],
    ['release', { held: 'queued' }, 'released'],
    ['requeue', { deferred: 'queued', scheduled: 'queued' }, 'requeued'],
    ['cancel', { deferred: null, held: null, queued: null, scheduled: null }, 'cancelled'],
    ['bounce', { deferred: null, held: null, queued: null, scheduled: null }, 'bounced'],
    ['expire', { deferred: null, held: null, queued: null, scheduled: null }, 'expired'],
  ] as const)('%s', async (kind, changes, event) => {
    await oneOfEach();
    await queue.pool.query('DELETE FROM delivery_event');
    const selection = { tenantId: queue.tenantId };
    const counts = await countSelected(queue.pool, selection, statesOf({ kind }));
    const changed = await runOrder(queue, { kind }, selection, { reason: 'because' });
    const names = Object.keys(changes);
    expect(changed).toBe(names.length);
    expect(counts).toEqual({ ready: names.length, attempting: 1, other: 4 - names.length });
    const { rows } = await queue.pool.query<{ line: string }>(`SELECT recipient || ' ' || state || ' ' || attempts AS line FROM delivery WHERE recipient LIKE '%@example.com' ORDER BY 1`);
    expect(rows.map((row) => row.line)).toEqual(after(changes));
    expect((await queue.events()).filter((line) => line !== 'reported').sort()).toEqual(names.map((name) => `${event} ${name}@example.com`).sort());
    const { rows: data } = await queue.pool.query<{ by: string; reason: string }>(`SELECT DISTINCT data->>'by' AS by, data->>'reason' AS reason FROM delivery_event WHERE type = $1`, [event]);
    expect(data).toMatchObject([{ by: 'cli:test' }]);
    expect(data[0]!.reason).toContain('because');
    expect(await listAudit(queue.pool)).toMatchObject([{ actor: 'cli:test', action: `queue ${kind}`, target: selection, reason: 'because', affected: names.length, finishedAt: expect.any(Date) }]);
  });

  test('rebind', async () => {
    await oneOfEach();
    expect(await runOrder(queue, { kind: 'rebind', to: { lane: 'marketing', priority: 7 } }, {})).toBe(4);
    const { rows } = await queue.pool.query(`SELECT split_part(recipient, '@', 1) AS name, lane, priority FROM delivery ORDER BY 1`);
    expect(rows).toEqual(['attempting', 'deferred', 'held', 'queued', 'scheduled'].map((name) =>
      name === 'attempting' ? { name, lane: 'transactional', priority: 0 } : { name, lane: 'marketing', priority: 7 }));
    const { rows: events } = await queue.pool.query(`SELECT data FROM delivery_event WHERE type = 'rebound' LIMIT 1`);
    expect(events[0]).toMatchObject({ data: { lane: 'marketing', priority: 7, wasLane: 'transactional', wasPriority: 0, by: 'cli:test' } });
    expect((await queue.claim(10, { lane: 'marketing' })).map((row) => row.recipient)).toEqual(['queued@example.com']);
  });
});

describe('a send_at outlives a hold', () => {
  test('released before it, a message waits for it again; after it, it goes at once', async () => {
    await queue.accept(['later@example.com'], { sendAt: tomorrow() });
    await runOrder(queue, { kind: 'hold' }, {});
    await runOrder(queue, { kind: 'release' }, {});
    expect(await queue.states()).toEqual(['later@example.com scheduled 0']);
    await runOrder(queue, { kind: 'hold' }, {});
    await queue.letTimePass();
    await runOrder(queue, { kind: 'release' }, {});
    expect(await queue.states()).toEqual(['later@example.com queued 0']);
  });
});

describe('what the sender hears', () => {
  test.each([
    ['bounce', '5.7.0', 'failed'],
    ['expire', '4.4.7', 'failed'],
  ] as const)('%s: one report for a message, in the same commit, and a dead letter for each recipient', async (kind, status, action) => {
    await queue.accept(['a@example.com', 'b@example.com']);
    await runOrder(queue, { kind }, { domains: ['example.com'] }, { reason: 'ticket 7' });
    const { rows } = await queue.pool.query<{ recipient: string; content: Buffer }>(
      `SELECT d.recipient, m.content FROM delivery d JOIN outgoing_message m USING (queue_id) WHERE m.source = 'dsn'`,
    );
    expect(rows.map((row) => row.recipient)).toEqual(['alice@eider.test']);
    const report = rows[0]!.content.toString('utf8');
    expect(report).toContain('a@example.com');
    expect(report).toContain('b@example.com');
    expect(report).toContain(`Action: ${action}`);
    expect(report).toContain(`Status: ${status}`);
    // The operator's own words are for the operator.
    expect(report).not.toContain('ticket 7');
    const { rows: letters } = await queue.pool.query('SELECT recipient, category, reason FROM dead_letter ORDER BY 1');
    expect(letters).toMatchObject([{ recipient: 'a@example.com', category: 'operator', reason: expect.stringContaining('ticket 7') }, { recipient: 'b@example.com' }]);
  });

  test('cancelling: nothing', async () => {
    await queue.accept(['a@example.com']);
    await runOrder(queue, { kind: 'cancel' }, {});
    expect(await queue.states()).toEqual([]);
    expect((await queue.pool.query('SELECT 1 FROM dead_letter')).rowCount).toBe(0);
  });
});

describe('many rows', () => {
  test('in batches, each committed; a command that is cut short has done whole ones, and its next run does the rest', async () => {
    for (let i = 0; i < 10; i++) await queue.accept(Array.from({ length: 10 }, (_, j) => `r${j}@d${i}.example`));
    let batches = 0;
    const cutShort = runOrder(queue, { kind: 'hold' }, {}, {
      batchSize: 30,
      onBatch: async () => {
        if (++batches === 3) throw new Error('killed');
      },
    });
    await expect(cutShort).rejects.toThrow('killed');
    const held = async () => (await queue.states()).filter((line) => line.includes(' held ')).length;
    expect(await held()).toBe(60);
    expect(await listAudit(queue.pool)).toMatchObject([{ affected: 60, finishedAt: null }]);
    expect(await runOrder(queue, { kind: 'hold' }, {}, { batchSize: 30 })).toBe(40);
    expect(await held()).toBe(100);
    expect((await queue.events()).length).toBe(100);
  });

  test('by tenant, domain, lane, state, recipient and recipient number', async () => {
    const other = await queue.addTenant();
    const first = await queue.accept(['x@a.example', 'y@b.example']);
    await queue.accept(['x@a.example'], { tenantId: other });
    await queue.accept(['Z@c.example'], { lane: 'marketing' });
    const count = async (selection: Parameters<typeof countSelected>[1]) => (await countSelected(queue.pool, selection, ['queued'])).ready;
    expect(await count({})).toBe(4);
    expect(await count({ tenantId: other })).toBe(1);
    expect(await count({ domains: ['a.example', 'c.example'] })).toBe(3);
    expect(await count({ domains: [] })).toBe(0);
    expect(await count({ lane: 'marketing' })).toBe(1);
    expect(await count({ state: 'deferred' })).toBe(0);
    expect(await count({ recipient: 'z@C.example' })).toBe(1);
    expect(await count({ queueId: first })).toBe(2);
    expect(await count({ queueId: first, recipientNo: 1 })).toBe(1);
    expect((await selectedDomains(queue.pool, { tenantId: queue.tenantId })).sort()).toEqual(['a.example', 'b.example', 'c.example']);
  });

  test('what is accepted later is not the command’s', async () => {
    await queue.accept(['a@example.com']);
    const run = runOrder(queue, { kind: 'hold' }, {}, { batchSize: 1, onBatch: async () => { await sleep(1_200); await queue.accept(['b@example.com']); } });
    expect(await run).toBe(1);
    expect(await queue.states()).toEqual(['a@example.com held 0', 'b@example.com queued 0']);
  });
});

describe('races with workers', () => {
  test('a cancel while a worker holds the lease touches nothing, and the worker’s outcome counts', async () => {
    await queue.accept(['bob@example.com']);
    const [delivery] = await queue.claim();
    for (const kind of ['cancel', 'hold', 'bounce', 'expire', 'requeue', 'release'] as const) expect(await runOrder(queue, { kind }, {})).toBe(0);
    expect(await queue.states()).toEqual(['bob@example.com attempting 1']);
    const stored = await storeFinished(queue.pool, [{ delivery: delivery!, outcome: { kind: 'delivered', facts: {}, relayReceipt: false } }]);
    expect(stored.size).toBe(1);
    expect(await queue.events()).toEqual(['delivered bob@example.com']);
  });

  test('a claim that commits while the command waits for its row wins', async () => {
    await queue.accept(['bob@example.com']);
    const worker = await queue.pool.connect();
    await worker.query('BEGIN');
    await worker.query(`UPDATE delivery SET state = 'attempting', attempts = attempts + 1, lease_token = gen_random_uuid()`);
    const cancelled = runOrder(queue, { kind: 'cancel' }, {});
    await sleep(100);
    await worker.query('COMMIT');
    worker.release();
    expect(await cancelled).toBe(0);
    expect(await queue.states()).toEqual(['bob@example.com attempting 1']);
  });

  test('a row that becomes due in the same moment is held all the same', async () => {
    await oneOfEach();
    await queue.letTimePass();
    const scheduler = await queue.pool.connect();
    await scheduler.query('BEGIN');
    await requeueDue(scheduler, 10);
    const held = runOrder(queue, { kind: 'hold' }, {});
    await sleep(100);
    await scheduler.query('COMMIT');
    scheduler.release();
    expect(await held).toBe(3);
    // Whatever becomes of its lease, it is its worker's.
    expect((await queue.states()).filter((line) => !line.includes(' held '))).toEqual(['attempting@example.com attempting 1']);
  });

  test('workers claim while everything is cancelled: each row is either claimed or cancelled', async () => {
    for (let i = 0; i < 20; i++) await queue.accept(Array.from({ length: 20 }, (_, j) => `r${i}-${j}@d${j % 5}.example`));
    let claimed = 0;
    let cancelling = true;
    const worker = async () => {
      while (cancelling) {
        const rows = await queue.claim(1);
        claimed += rows.length;
      }
    };
    const workers = [worker(), worker()];
    const cancelled = await runOrder(queue, { kind: 'cancel' }, {}, { batchSize: 40 });
    cancelling = false;
    await Promise.all(workers);
    expect(claimed + cancelled).toBe(400);
    expect((await queue.states()).every((line) => line.endsWith(' attempting 1'))).toBe(true);
    expect((await queue.states()).length).toBe(claimed);
    expect((await queue.events()).length).toBe(cancelled);
  });
});
