import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumeOnce } from '../events/consume-events.ts';
import { LOG_START, movePosition } from '../events/event-log.store.ts';
import { insertFeedbackEvent } from '../feedback/feedback.store.ts';
import { storeFinished, storeUnfinished } from '../outcome.store.ts';
import type { Outcome } from '../outcome.ts';
import { listSuspensions } from '../suspension.store.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { evaluateReputation } from './evaluate-reputation.ts';
import type { ReputationRule } from './reputation-rules.ts';
import { NO_TENANT, pauseTenant, recount, REPUTATION_CONSUMER, resumeTenant, selectChanges, selectCounts, selectStates, setLevel } from './reputation.store.ts';
import { startSpeedBook } from './speed-book.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await recount(queue.pool);
  await queue.pool.query('TRUNCATE reputation_hour, reputation_state, reputation_change, delivery_suspension');
  await queue.pool.query(`UPDATE tenant SET status = 'active', status_reason = NULL, resume_at = NULL, measured_from = NULL`);
});

const RULES: ReputationRule[] = [
  { scope: 'tenant', measure: 'bounce', level: 'warn', above: 0.2, windowHours: 24, minVolume: 5, minCount: 1 },
  { scope: 'tenant', measure: 'bounce', level: 'pause', above: 0.4, windowHours: 24, minVolume: 5, minCount: 1 },
];
const deps = () => ({ pool: queue.pool, log: pino({ level: 'silent' }) });
type Finished = Extract<Outcome, { kind: 'delivered' | 'bounced' }>;
const delivered: Finished = { kind: 'delivered', facts: { egress: 'out-1' }, relayReceipt: false };
const bounced = (category: 'userunknown' | 'suppressed'): Finished => ({ kind: 'bounced', category, reason: 'no', addressDead: false, facts: { egress: 'out-1' } });

async function finish(recipients: string[], outcome: Finished, headerFrom = 'a@own.example'): Promise<string> {
  const queueId = await queue.accept(recipients, { headerFrom });
  await storeFinished(queue.pool, (await queue.claim()).map((delivery) => ({ delivery, outcome })));
  return queueId;
}
async function rollUp(): Promise<number> {
  let events = 0;
  // Other tests' databases share the server: their open transactions hold the log back for a moment.
  for (let found = -1; found !== 0; events += found) found = (await consumeOnce(queue.pool, { ...REPUTATION_CONSUMER, batchSize: 3 })) ?? 0;
  return events;
}
const counts = async () => (await selectCounts(queue.pool, 24)).map((row) => `${row.scope} ${row.key} ${row.accepted} ${row.delivered} ${row.deferred} ${row.bounced} ${row.complained}`).sort();
const caughtUp = (events: number) => expect.poll(async () => (seen += await rollUp()), { timeout: 30_000 }).toBe(events);
let seen = 0;
beforeEach(() => (seen = 0));

describe('counts', () => {
  test('by tenant, domain and egress address; what was never tried, and reports of ours, count for nobody', async () => {
    const queueId = await finish(['a@x.example', 'b@x.example'], delivered);
    await finish(['c@x.example'], bounced('userunknown'), 'a@OTHER.example');
    await finish(['d@x.example'], bounced('suppressed'));
    await queue.accept(['e@x.example'], { source: 'dsn', reversePath: '', headerFrom: 'mailer-daemon@mail.eider.test' });
    await storeUnfinished(queue.pool, (await queue.claim()).map((delivery) => ({ delivery, outcome: { kind: 'held', reason: 'x' } as const })));
    const event = { queueId, tenantId: queue.tenantId, recipientNo: 0, recipient: 'a@x.example', data: {} };
    await insertFeedbackEvent(queue.pool, { ...event, type: 'complained' });
    await insertFeedbackEvent(queue.pool, { ...event, type: 'bounced-later' });
    await insertFeedbackEvent(queue.pool, { ...event, type: 'autoreplied' });
    // Every event moves the position, whether it counts or not.
    await caughtUp(12);
    expect(await counts()).toEqual([
      'domain other.example 1 0 0 1 0', 'domain own.example 3 2 0 1 1', 'egress out-1 0 2 0 2 1', 'lane transactional 4 2 0 2 1', 'tenant  4 2 0 2 1',
    ]);
    expect((await selectCounts(queue.pool, 24)).find((row) => row.scope === 'egress')!.tenantId).toBe(NO_TENANT);
  });

  test('the same whether read once, by many at once, or replayed', async () => {
    for (let i = 0; i < 10; i++) await finish([`r${i}@x.example`], i < 3 ? bounced('userunknown') : delivered);
    await expect.poll(async () => {
      seen += (await Promise.all(Array.from({ length: 4 }, () => rollUp()))).reduce((sum, count) => sum + count, 0);
      return seen;
    }, { timeout: 30_000 }).toBe(20);
    const before = await counts();
    expect(before).toContain('tenant  10 7 0 3 0');
    await movePosition(queue.pool, REPUTATION_CONSUMER.name, LOG_START);
    seen = 0;
    await caughtUp(20);
    expect(await counts()).toEqual(before);
    await recount(queue.pool);
    expect(await counts()).toEqual([]);
    seen = 0;
    await caughtUp(20);
    expect(await counts()).toEqual(before);
  });

  test('an event of a transaction that is still open is not passed over', async () => {
    const open = await queue.pool.connect();
    try {
      await open.query('BEGIN');
      await open.query(`INSERT INTO delivery_event (tenant_id, queue_id, type, recipient_no, data) VALUES ($1, gen_random_uuid(), 'delivered', 0, '{}')`, [queue.tenantId]);
      await finish(['later@x.example'], delivered);
      expect(await rollUp()).toBe(0);
      await open.query('COMMIT');
    } finally {
      open.release();
    }
    await caughtUp(3);
    expect(await counts()).toContain('tenant  1 2 0 0 0');
  });
});

describe('thresholds', () => {
  const tenant = async () => (await queue.pool.query('SELECT status, status_reason AS reason, resume_at > now() AS resumes FROM tenant WHERE id = $1', [queue.tenantId])).rows[0];
  async function mail(good: number, bad: number): Promise<void> {
    await queue.pool.query(
      `INSERT INTO reputation_hour (scope, tenant_id, key, hour, delivered, bounced) VALUES ('tenant', $1, '', date_trunc('hour', now()), $2, $3)
       ON CONFLICT (scope, tenant_id, key, hour) DO UPDATE SET delivered = excluded.delivered, bounced = excluded.bounced`,
      [queue.tenantId, good, bad],
    );
  }

  test('warn, then pause with the reason; sending is refused, and said so once', async () => {
    await mail(7, 3);
    expect(await evaluateReputation(deps(), RULES)).toEqual({ changed: 1, paused: [], resumed: [], pausedParts: [] });
    expect(await selectStates(queue.pool)).toMatchObject([{ level: 'warn', reason: 'bounce rate 30 % (3 of 10) in 24 h, above 20 %' }]);
    await mail(5, 5);
    expect(await evaluateReputation(deps(), RULES)).toEqual({ changed: 1, paused: [queue.tenantId], resumed: [], pausedParts: [] });
    expect(await evaluateReputation(deps(), RULES)).toEqual({ changed: 0, paused: [], resumed: [], pausedParts: [] });
    expect(await tenant()).toEqual({ status: 'paused', reason: 'bounce rate 50 % (5 of 10) in 24 h, above 40 %', resumes: true });
    expect(await queue.enqueue({})).toMatchObject({ code: 'sending-stopped', rule: expect.stringContaining('bounce rate 50 % (5 of 10)') });
    expect((await selectChanges(queue.pool, { limit: 10 })).map((change) => `${change.level} ${change.by}`)).toEqual(['paused reputation', 'pause reputation', 'warn reputation']);
  });

  test('when the pause is over it sends again and is measured anew', async () => {
    await mail(5, 5);
    await evaluateReputation(deps(), RULES);
    await queue.pool.query('UPDATE tenant SET resume_at = now()');
    expect(await evaluateReputation(deps(), RULES)).toEqual({ changed: 1, paused: [], resumed: [queue.tenantId], pausedParts: [] });
    expect(await tenant()).toMatchObject({ status: 'active', reason: null });
    expect(await selectStates(queue.pool)).toEqual([]);
    expect(await queue.enqueue({})).toMatchObject({ kind: 'accepted' });
    expect((await selectChanges(queue.pool, { limit: 2 })).map((change) => `${change.level} ${change.by}`)).toEqual(['ok reputation', 'resumed clock']);
  });

  test('an operator may pause without an end, and resume; only what is paused is resumed', async () => {
    expect(await pauseTenant(queue.pool, queue.tenantId, { reason: 'hijacked account', by: 'kim', hours: null })).toBe(true);
    expect(await pauseTenant(queue.pool, queue.tenantId, { reason: 'again', by: 'kim', hours: 1 })).toBe(false);
    await evaluateReputation(deps(), RULES);
    expect(await tenant()).toEqual({ status: 'paused', reason: 'hijacked account', resumes: null });
    expect(await resumeTenant(queue.pool, queue.tenantId, 'kim')).toBe(true);
    expect(await resumeTenant(queue.pool, queue.tenantId, 'kim')).toBe(false);
    await queue.pool.query(`UPDATE tenant SET status = 'suspended'`);
    expect(await resumeTenant(queue.pool, queue.tenantId, 'kim')).toBe(false);
  });

  test('two evaluations at once tell each change once', async () => {
    await mail(5, 5);
    const results = await Promise.all(Array.from({ length: 4 }, () => evaluateReputation(deps(), RULES)));
    expect(results.reduce((sum, result) => sum + (result?.paused.length ?? 0), 0)).toBe(1);
    expect(await selectChanges(queue.pool, { limit: 10 })).toHaveLength(2);
  });
});

describe('where one part is what is bad', () => {
  const PARTS: ReputationRule[] = (['tenant', 'domain', 'lane'] as const).map((scope) => ({ scope, measure: 'bounce', level: 'pause', above: 0.4, windowHours: 24, minVolume: 5, minCount: 1 }));
  async function hours(rows: [scope: string, key: string, delivered: number, bounced: number][]): Promise<void> {
    for (const [scope, key, good, bad] of rows) {
      await queue.pool.query(`INSERT INTO reputation_hour (scope, tenant_id, key, hour, delivered, bounced) VALUES ($1, $2, $3, date_trunc('hour', now()), $4, $5)`, [scope, queue.tenantId, key, good, bad]);
    }
  }
  const evaluate = () => evaluateReputation(deps(), PARTS);
  const stops = async () => (await listSuspensions(queue.pool)).map(({ scope, match, createdBy, reason, until }) => [scope, match.replace(queue.tenantId, 'T'), createdBy, reason, until !== null]);

  test('a lane: only it is paused, by a suspension that ends; then all is measured anew', async () => {
    await hours([['tenant', '', 50, 50], ['lane', 'marketing', 0, 50], ['lane', 'transactional', 50, 0], ['domain', 'own.example', 50, 50]]);
    expect(await evaluate()).toMatchObject({ paused: [], pausedParts: [`${queue.tenantId} marketing`] });
    expect(await stops()).toEqual([['tenant-lane', 'T marketing', 'reputation', 'bounce rate 100 % (50 of 50) in 24 h, above 40 %', true]]);
    expect(await queue.enqueue({})).toMatchObject({ kind: 'accepted' });
    expect(await evaluate()).toMatchObject({ paused: [], pausedParts: [] });
    await queue.pool.query('UPDATE delivery_suspension SET until = now()');
    expect(await evaluate()).toMatchObject({ paused: [], pausedParts: [], resumed: [queue.tenantId] });
    expect(await selectStates(queue.pool)).toEqual([]);
    expect((await selectChanges(queue.pool, { limit: 50 })).filter(({ scope }) => scope === 'lane').map(({ key, level, by }) => `${key} ${level} ${by}`)).toEqual([
      'marketing ok reputation', 'marketing resumed clock', 'marketing paused reputation', 'marketing pause reputation',
    ]);
  });

  test('a domain, before a lane that is bad by it; also where the tenant as a whole is not', async () => {
    await hours([['tenant', '', 90, 10], ['lane', 'marketing', 5, 10], ['domain', 'news.example', 0, 10], ['domain', 'own.example', 90, 0]]);
    expect(await evaluate()).toMatchObject({ paused: [], pausedParts: [`${queue.tenantId} news.example`] });
    expect(await stops()).toMatchObject([['sender-domain', 'T news.example', 'reputation', expect.anything(), true]]);
  });

  test('the whole tenant, where the rest is bad too or there is none', async () => {
    await hours([['tenant', '', 0, 50], ['lane', 'marketing', 0, 50], ['domain', 'own.example', 0, 50]]);
    expect(await evaluate()).toMatchObject({ paused: [queue.tenantId], pausedParts: [] });
    expect(await stops()).toEqual([]);
  });
});

test('workers keep the levels in memory, and read them again', async () => {
  const subject = { scope: 'tenant', tenantId: queue.tenantId, key: '' } as const;
  await setLevel(queue.pool, subject, { level: 'slow', reason: 'bounces' });
  const speeds = await startSpeedBook(queue.pool, deps().log, 20);
  expect(speeds.of({ tenantId: queue.tenantId })).toEqual({ factor: 0.25, reason: 'tenant: bounces' });
  await setLevel(queue.pool, subject, null);
  await expect.poll(() => speeds.of({ tenantId: queue.tenantId }).factor, { timeout: 60_000 }).toBe(1);
  speeds.close();
});
