import { expect, test } from 'vitest';
import { metricsText } from '../../infra/metrics/registry.ts';
import { parseMetrics } from '../../infra/metrics/testing/parse-metrics.ts';
import { addSlots, type Gate, newGate } from './gate.ts';
import { showLimits } from './limit-gauges.ts';
import { FRESH_STATE } from './site-state.ts';

const gate = (key: string, changes: Partial<Gate> = {}): Gate => ({ ...newGate(key, key, 'rate', { count: 60, windowMs: 60_000 }, performance.now()), ...changes });

async function read(): Promise<Record<string, number>> {
  const { series } = parseMetrics(await metricsText((error) => { throw error; }));
  return Object.fromEntries(series.map((entry) => [[entry.name, ...Object.values(entry.labels)].join(' '), entry.value]));
}

test('what limits hold back, by provider and state; who sends never shows, and what is over goes', async () => {
  const google = gate('e1|mx a.google.com b.google.com', { expected: 3, outstanding: 2 });
  addSlots(google, performance.now(), 0, 0, 7);
  const stop = { kind: 'suspended', until: Date.now() + 60_000, lengthMs: 60_000, probeAt: null, reason: 'listed' } as const;
  const gates = [
    google,
    gate('e2|mx a.google.com', { state: { ...FRESH_STATE, perMinute: 10, connections: 2 } }),
    gate('e1|site microsoft', { state: { ...FRESH_STATE, stop } }),
    gate('e1|mx mx.anybody.example', { state: { ...FRESH_STATE, stop: { ...stop, kind: 'pause' } } }),
    gate('tenant|t1', { scope: 'tenant-rate', expected: 99 }),
  ];
  let open = [{ egressId: 'e1', host: 'mx.anybody.example', failures: 5, until: 0, reason: 'r' }];
  showLimits({ gates: () => gates }, { open: () => open }, { isShared: () => true, isCurrent: () => false });
  expect(await read()).toMatchObject({
    'eider_delivery_slots google': 7, 'eider_delivery_admitted google': 5, 'eider_delivery_admitted other': 0,
    'eider_delivery_limited_sites google slowed': 1, 'eider_delivery_limited_sites google fewer-connections': 1,
    'eider_delivery_limited_sites microsoft suspended': 1, 'eider_delivery_limited_sites other paused': 1,
    'eider_delivery_breakers_open other': 1, 'eider_delivery_limits_shared': 1, 'eider_delivery_rules_current': 0,
  });
  open = [];
  gates.splice(1);
  const after = await read();
  expect(Object.keys(after).filter((name) => name.startsWith('eider_delivery_limited_sites') || name.startsWith('eider_delivery_breakers'))).toEqual([]);
  expect(JSON.stringify(after)).not.toContain('anybody');
});
