import { afterAll, beforeAll, expect, test } from 'vitest';
import { registry } from '../../infra/metrics/registry.ts';
import { parseMetrics } from '../../infra/metrics/testing/parse-metrics.ts';
import { addAddress, addPool } from '../egress/egress-admin.store.ts';
import { grantStore } from '../egress/egress.store.ts';
import { movePosition } from '../events/event-log.store.ts';
import { storeFinished } from '../outcome.store.ts';
import { setLevel } from '../reputation/reputation.store.ts';
import { suspendDelivery } from '../suspension.store.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { queueGauges } from './queue-gauges.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());

async function read(): Promise<Record<string, number>> {
  const { series } = parseMetrics(await registry.metrics());
  return Object.fromEntries(series.map((entry) => [[entry.name, ...Object.values(entry.labels)].join(' '), entry.value]));
}

test('depth, age, leases, dead letters, suspensions, lag and partitions, as the database has them', async () => {
  await queue.accept(['gone@example.com']);
  const [bounced] = await queue.claim();
  await storeFinished(queue.pool, [{ delivery: bounced!, outcome: { kind: 'bounced', category: 'spamdetected', reason: 'no', addressDead: false, facts: {} } }]);
  await queue.accept(['a@example.com', 'b@example.com']);
  await queue.claim(1, { leaseMs: -1_000 });
  await queue.accept(['m@example.com'], { lane: 'marketing', sendAt: new Date(Date.now() + 60_000) });
  await suspendDelivery(queue.pool, { scope: 'lane', match: 'marketing', reason: 'x', until: null, createdBy: 'test' });
  await movePosition(queue.pool, 'reader', { txid: '0', id: 0 });
  await queue.pool.query(`UPDATE delivery_event SET at = at - interval '1 minute'`);

  await addPool(queue.pool, 'main', null);
  await addAddress(queue.pool, { name: 'out1', sourceAddress: null, ehloName: 'out1.eider.test', pool: 'main', weight: 1, warmed: false, schedule: { '*': [70] } });
  const [{ id } = { id: '' }] = (await queue.pool.query<{ id: string }>('SELECT id FROM egress_address')).rows;
  await grantStore(queue.pool, 86_399).request({ addressId: id, provider: 'google', stage: 0, cap: 70, count: 30 });
  await setLevel(queue.pool, { scope: 'tenant', tenantId: queue.tenantId, key: '' }, { level: 'slow', reason: 'x' });

  let clock = 0;
  const gauges = queueGauges(queue.pool, 10_000, () => clock);
  await gauges.read();
  const numbers = await read();
  expect(numbers).toMatchObject({
    'eider_queue_deliveries transactional queued': 1,
    'eider_queue_deliveries transactional attempting': 1,
    'eider_queue_deliveries marketing scheduled': 1,
    'eider_queue_deliveries marketing held': 0,
    'eider_queue_leases ended': 1,
    'eider_queue_leases running': 0,
    'eider_dead_letters bounced': 1,
    'eider_dead_letters expired': 0,
    'eider_suspensions lane': 1,
    'eider_suspensions mx': 0,
    'eider_suspensions tenant-lane': 0,
    'eider_reputation_subjects slow': 1,
    'eider_reputation_subjects pause': 0,
    'eider_egress_warmup_cap google': 70,
    'eider_egress_warmup_granted google': 30,
    'eider_egress_warmup_granted other': 0,
    'eider_partitions_ahead_days outgoing_message': 7,
    'eider_partitions_ahead_days delivery_event': 7,
  });
  expect(numbers['eider_event_consumer_lag_seconds reader']).toBeGreaterThan(59);
  expect(numbers['eider_queue_oldest_seconds transactional queued']).toBeLessThan(60);

  await queue.pool.query('TRUNCATE delivery, event_position');
  clock = 9_999;
  await gauges.read();
  expect((await read())['eider_queue_deliveries transactional queued']).toBe(1);
  clock = 10_000;
  await Promise.all([gauges.read(), gauges.read()]);
  const empty = await read();
  expect(empty['eider_queue_deliveries transactional queued']).toBe(0);
  expect(empty['eider_queue_oldest_seconds transactional queued']).toBe(0);
  expect(empty).not.toHaveProperty('eider_event_consumer_lag_seconds reader');
});
