import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimDeliveries, selectReadyQueues } from './claim.store.ts';
import { giveBack, MAX_LOST_ATTEMPTS, pullRetriesForward, releaseClaims, renewLeases, requeueDue, takeEndedLeases } from './lease.store.ts';
import { deliveryKey, storeFinished, storeUnfinished } from './outcome.store.ts';
import type { Outcome } from './outcome.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());

const delivered: Extract<Outcome, { kind: 'delivered' }> = { kind: 'delivered', facts: { reply: '250 ok' }, relayReceipt: false };

describe('ready queues', () => {
  test('each tenant and domain once, whatever waits in it; only what is due, in that lane, of active tenants', async () => {
    const other = await queue.addTenant();
    const suspended = await queue.addTenant();
    for (let i = 0; i < 30; i++) await queue.accept([`r${i}@a.example`, `r${i}@b.example`]);
    await queue.accept(['x@a.example'], { tenantId: other });
    await queue.accept(['x@a.example'], { tenantId: suspended });
    await queue.pool.query(`UPDATE tenant SET status = 'suspended' WHERE id = $1`, [suspended]);
    await queue.accept(['x@m.example'], { lane: 'marketing' });
    await queue.accept(['x@later.example'], { sendAt: new Date(Date.now() + 60_000) });
    const ready = await selectReadyQueues(queue.pool, 'transactional', new Map(), 100);
    expect(ready.map((entry) => `${entry.tenantId} ${entry.domain}`).sort()).toEqual(
      [`${queue.tenantId} a.example`, `${queue.tenantId} b.example`, `${other} a.example`].sort(),
    );
    expect(await selectReadyQueues(queue.pool, 'marketing', new Map(), 100)).toMatchObject([{ domain: 'm.example' }]);
  });

  test('a cursor goes on where the last look ended', async () => {
    await queue.accept(['x@a.example', 'x@b.example', 'x@c.example', 'x@d.example']);
    const domains = async (after: string) => (await selectReadyQueues(queue.pool, 'transactional', new Map([[queue.tenantId, after]]), 2)).map((entry) => entry.domain);
    expect(await domains('')).toEqual(['a.example', 'b.example']);
    expect(await domains('b.example')).toEqual(['c.example', 'd.example']);
    expect(await domains('d.example')).toEqual([]);
  });
});

describe('claims', () => {
  test('many workers at once never overlap, and together get everything', async () => {
    for (let i = 0; i < 10; i++) await queue.accept(Array.from({ length: 100 }, (_, j) => `r${i}-${j}@d${j % 7}.example`));
    const claimed: string[] = [];
    const worker = async () => {
      for (;;) {
        const rows = await queue.claim(9);
        claimed.push(...rows.map(deliveryKey));
        if (rows.length === 0 && (await selectReadyQueues(queue.pool, 'transactional', new Map(), 10)).length === 0) return;
      }
    };
    await Promise.all(Array.from({ length: 6 }, worker));
    expect(claimed).toHaveLength(1_000);
    expect(new Set(claimed).size).toBe(1_000);
  });

  test('record the attempt before anything is dialled, and say what delivering needs to know', async () => {
    const queueId = await queue.accept(['bob@example.com']);
    await queue.pool.query(`INSERT INTO suppression (id, address_hash, reason, source) VALUES (gen_random_uuid(), sha256('BOB@example.com'), 'x', 'x')`);
    const [row] = await queue.claim();
    expect(row).toMatchObject({ queueId, recipientNo: 0, attempts: 1, lastChance: false, suppressed: false, domain: 'example.com' });
    expect(await queue.states()).toEqual(['bob@example.com attempting 1']);
    expect(await queue.claim()).toEqual([]);
  });

  test.each([
    ['for all tenants', null, null, true],
    ['for this tenant', 'own', null, true],
    ['for another tenant', 'other', null, false],
    ['expired', null, '-1 second', false],
    ['not yet expired', null, '1 hour', true],
  ])('a suppression %s', async (_name, whose, expiry, suppressed) => {
    await queue.accept(['Bob@example.com']);
    const tenantId = whose === 'own' ? queue.tenantId : whose === 'other' ? randomUUID() : null;
    await queue.pool.query(
      `INSERT INTO suppression (id, tenant_id, address_hash, reason, source, expires_at)
       VALUES (gen_random_uuid(), $1, sha256('bob@example.com'), 'bounced', 'test', now() + $2::interval)`,
      [tenantId, expiry],
    );
    expect(await queue.claim()).toMatchObject([{ suppressed }]);
  });

  test('lower priority numbers first, then first come; recipients of a message and domain together', async () => {
    await queue.accept(['late@example.com'], { priority: 5 });
    const first = await queue.accept(['a1@example.com', 'x@other.example', 'a2@example.com']);
    await queue.accept(['b@example.com']);
    await queue.accept(['urgent@example.com'], { priority: -5 });
    const wanted = [{ tenantId: queue.tenantId, domain: 'example.com', count: 3 }];
    const rows = await claimDeliveries(queue.pool, { lane: 'transactional', wanted, leaseToken: randomUUID(), leaseMs: 1_000 });
    expect(rows.map((row) => row.recipient).sort()).toEqual(['a1@example.com', 'a2@example.com', 'urgent@example.com']);
    expect(rows.filter((row) => row.queueId === first)).toHaveLength(2);
  });
});

describe('attempts whose worker is gone', () => {
  const lose = async () => {
    const rows = await queue.claim();
    await queue.letTimePass();
    expect(await takeEndedLeases(queue.pool, 10, Date.now())).toBe(1);
    return rows;
  };
  const waits = async () => (await queue.pool.query<{ seconds: number }>('SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM delivery')).rows[0]!.seconds;

  test('the first is made again at once, later ones ever later, and in the end it is held, for a person to release', async () => {
    await queue.accept(['poison@example.com']);
    await lose();
    expect(await queue.states()).toEqual(['poison@example.com queued 1']);
    let before = 0;
    for (let lost = 2; lost < MAX_LOST_ATTEMPTS; lost++) {
      await lose();
      expect(await queue.states()).toEqual([`poison@example.com deferred ${lost}`]);
      expect(await waits()).toBeGreaterThan(before);
      before = await waits();
      await queue.letTimePass();
      expect(await requeueDue(queue.pool, 10)).toBe(1);
    }
    await lose();
    expect(await queue.states()).toEqual([`poison@example.com held ${MAX_LOST_ATTEMPTS}`]);
    expect(await queue.events()).toEqual([...Array.from({ length: MAX_LOST_ATTEMPTS - 1 }, () => 'attempt-lost poison@example.com'), 'held poison@example.com']);
    const { rows } = await queue.pool.query('SELECT reason FROM delivery');
    expect(rows).toEqual([{ reason: expect.stringContaining('took their worker along') as string }]);
  });

  test('where a suspect was among those lost together, only it is blamed', async () => {
    await queue.accept(['poison@example.com']);
    await lose();
    await lose();
    await queue.letTimePass();
    await requeueDue(queue.pool, 10);
    await queue.accept(['bystander@example.com']);
    const rows = await queue.claim();
    expect(rows.map((row) => [row.recipient, row.suspect]).sort()).toEqual([['bystander@example.com', false], ['poison@example.com', true]]);
    expect(await releaseClaims(queue.pool, [rows[0]!.leaseToken], rows)).toEqual({ released: 0, lost: 2 });
    expect(await queue.states()).toEqual(['bystander@example.com queued 1', 'poison@example.com deferred 3']);
    const { rows: blamed } = await queue.pool.query('SELECT lost_attempts AS n FROM delivery ORDER BY recipient');
    expect(blamed).toEqual([{ n: 0 }, { n: 3 }]);
  });

  test('one that ends otherwise begins the count anew', async () => {
    await queue.accept(['bob@example.com']);
    await lose();
    const [row] = await queue.claim();
    await storeUnfinished(queue.pool, [{ delivery: row!, outcome: { kind: 'deferred', category: 'greylisted', reason: 'wait', retryAfterMs: 0, facts: {} } }]);
    await requeueDue(queue.pool, 10);
    await lose();
    expect(await queue.states()).toEqual(['bob@example.com queued 3']);
  });

  test('a dead worker\'s claims are released without waiting: the begun ones are lost, the others as if never claimed', async () => {
    await queue.accept(['begun@example.com']);
    await queue.accept(['claimed@example.com']);
    const rows = await queue.claim();
    await queue.accept(['other@example.com']);
    const others = await queue.claim();
    const begun = rows.filter((row) => row.recipient.startsWith('begun'));
    expect(await releaseClaims(queue.pool, [rows[0]!.leaseToken], begun)).toEqual({ released: 1, lost: 1 });
    expect(await queue.states()).toEqual(['begun@example.com queued 1', 'claimed@example.com queued 0', 'other@example.com attempting 1']);
    expect(await queue.events()).toEqual(['attempt-lost begun@example.com']);
    expect(await renewLeases(queue.pool, others, 60_000)).toHaveLength(1);
    expect(await releaseClaims(queue.pool, [rows[0]!.leaseToken], begun)).toEqual({ released: 0, lost: 0 });
  });

  test('after the clock was set back, retries come now and schedules at their time', async () => {
    await queue.accept(['later@example.com'], { sendAt: new Date(Date.now() + 60_000) });
    await queue.accept(['retry@example.com']);
    await queue.claim();
    await queue.pool.query(`UPDATE delivery SET due_at = now() + interval '1 hour', last_attempt_at = CASE WHEN state = 'attempting' THEN now() + interval '59 minutes' END`);
    expect(await pullRetriesForward(queue.pool)).toBe(1);
    expect(await takeEndedLeases(queue.pool, 10, Date.now())).toBe(1);
    expect(await queue.states()).toEqual(['later@example.com scheduled 0', 'retry@example.com queued 1']);
  });
});

describe('leases', () => {
  test('a lost lease cannot complete, put off, renew or give back', async () => {
    await queue.accept(['bob@example.com']);
    const [lost] = await queue.claim();
    await queue.letTimePass();
    expect(await takeEndedLeases(queue.pool, 10, Date.now())).toBe(1);
    const [held] = await queue.claim();
    expect(held!.attempts).toBe(2);
    for (const outcome of [delivered, { kind: 'bounced', category: 'userunknown', reason: 'x', addressDead: true, facts: {} } as const]) {
      expect(await storeFinished(queue.pool, [{ delivery: lost!, outcome }])).toEqual(new Set());
    }
    expect(await storeUnfinished(queue.pool, [{ delivery: lost!, outcome: { kind: 'held', reason: 'x' } }])).toEqual(new Set());
    expect(await renewLeases(queue.pool, [lost!], 1_000)).toEqual([]);
    expect(await giveBack(queue.pool, [lost!])).toBe(0);
    expect(await queue.states()).toEqual(['bob@example.com attempting 2']);
    expect(await queue.events()).toEqual(['attempt-lost bob@example.com']);
    // While the present holder can, once.
    expect((await storeFinished(queue.pool, [{ delivery: held!, outcome: delivered }])).size).toBe(1);
    expect((await storeFinished(queue.pool, [{ delivery: held!, outcome: delivered }])).size).toBe(0);
    expect(await queue.events()).toEqual(['attempt-lost bob@example.com', 'delivered bob@example.com']);
    expect(await queue.states()).toEqual([]);
  });

  test('requeueing by many at once moves each row once', async () => {
    await queue.accept(Array.from({ length: 200 }, (_, i) => `r${i}@example.com`));
    await queue.claim(200);
    await queue.letTimePass();
    const lost = await Promise.all(Array.from({ length: 8 }, () => takeEndedLeases(queue.pool, 50, Date.now())));
    expect(lost.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect((await queue.events()).length).toBe(200);
  });

  test('a renewed lease does not end, an honest one is not taken', async () => {
    await queue.accept(['bob@example.com']);
    const [row] = await queue.claim(1, { leaseMs: 60_000 });
    expect(await takeEndedLeases(queue.pool, 10, Date.now())).toBe(0);
    await queue.letTimePass();
    // Ended by a clock that shows another time than it should: it has stepped.
    expect(await takeEndedLeases(queue.pool, 10, Date.now() - 60_000)).toBe(0);
    expect(await renewLeases(queue.pool, [row!], 60_000)).toHaveLength(1);
    expect(await takeEndedLeases(queue.pool, 10, Date.now())).toBe(0);
  });

  test('what is given back is ready at once and its attempt not counted', async () => {
    await queue.accept(['bob@example.com']);
    expect(await giveBack(queue.pool, await queue.claim())).toBe(1);
    expect(await queue.states()).toEqual(['bob@example.com queued 0']);
  });

  test('scheduled and deferred rows come when they are due, not before', async () => {
    await queue.accept(['later@example.com'], { sendAt: new Date(Date.now() + 60_000) });
    await queue.accept(['retry@example.com']);
    const [row] = await queue.claim();
    await storeUnfinished(queue.pool, [{ delivery: row!, outcome: { kind: 'deferred', category: 'greylisted', reason: 'wait', retryAfterMs: 60_000, facts: {} } }]);
    expect(await requeueDue(queue.pool, 10)).toBe(0);
    expect(await queue.states()).toEqual(['later@example.com scheduled 0', 'retry@example.com deferred 1']);
    await queue.letTimePass();
    expect(await requeueDue(queue.pool, 10)).toBe(2);
    expect(await queue.states()).toEqual(['later@example.com queued 0', 'retry@example.com queued 1']);
    expect(await queue.events()).toEqual(['deferred retry@example.com']);
  });

  test('a retry never lies beyond the expiry, and the attempt at the expiry is known as the last', async () => {
    await queue.accept(['bob@example.com']);
    await queue.pool.query(`UPDATE delivery SET expires_at = now() + interval '10 seconds'`);
    const [row] = await queue.claim();
    await storeUnfinished(queue.pool, [{ delivery: row!, outcome: { kind: 'deferred', category: 'greylisted', reason: 'wait', retryAfterMs: 3_600_000, facts: {} } }]);
    const { rows } = await queue.pool.query('SELECT due_at = expires_at AS same FROM delivery');
    expect(rows).toEqual([{ same: true }]);
    await queue.letTimePass();
    await queue.pool.query(`UPDATE delivery SET expires_at = now() - interval '1 second'`);
    await requeueDue(queue.pool, 10);
    expect(await queue.claim()).toMatchObject([{ lastChance: true }]);
  });
});
