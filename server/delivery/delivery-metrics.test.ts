import { beforeEach, expect, test } from 'vitest';
import { registry } from '../infra/metrics/registry.ts';
import { parseMetrics } from '../infra/metrics/testing/parse-metrics.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import { countClaimed, countOutcomes, countRequeued } from './delivery-metrics.ts';
import type { Outcome } from './outcome.ts';

const delivery = { queueId: 'Q', recipientNo: 0, lane: 'transactional', attempts: 1, waitedSeconds: 0.2 } as ClaimedDelivery;
const count = (...outcomes: Outcome[]) => countOutcomes(outcomes.map((outcome) => ({ delivery, outcome })));
beforeEach(() => registry.resetMetrics());

async function read(name: string): Promise<string[]> {
  const { series } = parseMetrics(await registry.metrics());
  return series.filter((entry) => entry.name === name && entry.value > 0).map((entry) => `${Object.values(entry.labels).join(' ')}: ${entry.value}`).sort();
}

test('outcomes by category and provider, replies by code; a server’s nonsense is one label', async () => {
  count(
    { kind: 'delivered', relayReceipt: false, facts: { provider: 'google', reply: '250 2.0.0 ok', durationMs: 120 } },
    { kind: 'delivered', relayReceipt: false, facts: { provider: 'google', reply: '250 ok', durationMs: 90_000 } },
    { kind: 'deferred', category: 'greylisted', reason: '', retryAfterMs: 1, facts: { provider: 'gmx', reply: '451 4.7.1 later' } },
    { kind: 'bounced', category: 'userunknown', reason: '', addressDead: true, facts: { reply: '9999 whatever\u0000' } },
    { kind: 'expired', category: 'connection', reason: '', facts: {} },
    { kind: 'held', reason: 'x' },
  );
  expect(await read('eider_delivery_outcomes_total')).toEqual([
    'bounced userunknown other: 1', 'deferred greylisted gmx: 1', 'delivered none google: 2', 'expired connection other: 1', 'held none other: 1',
  ]);
  expect(await read('eider_delivery_replies_total')).toEqual(['250 google: 2', '451 gmx: 1', 'other other: 1']);
  expect(await read('eider_delivery_attempt_seconds_count')).toEqual(['delivered: 2']);
  expect(await read('eider_delivery_attempt_seconds_sum')).toEqual(['delivered: 90.12']);
});

test('attempts by lane; the wait before the first one only', async () => {
  countClaimed([delivery, { ...delivery, attempts: 2, waitedSeconds: 900 }, { ...delivery, lane: 'marketing', waitedSeconds: -0.001 }]);
  expect(await read('eider_delivery_attempts_total')).toEqual(['marketing: 1', 'transactional: 2']);
  expect(await read('eider_delivery_first_attempt_seconds_count')).toEqual(['marketing: 1', 'transactional: 1']);
  expect(await read('eider_delivery_first_attempt_seconds_sum')).toEqual(['transactional: 0.2']);
});

test('what time made ready', async () => {
  countRequeued('due', 3);
  countRequeued('lease-ended', 2);
  countRequeued('due', 0);
  expect(await read('eider_delivery_requeued_total')).toEqual(['due: 3', 'lease-ended: 2']);
});
