// Gauges that only the database knows: depth and age by lane, leases, dead letters, readers' lag, partitions. Read by one
// process (the scheduler) while metrics are asked for, and never so often that it costs more than a twentieth of the time.
import type { Queryable } from '../../infra/db/pool.ts';
import { gauge } from '../../infra/metrics/registry.ts';
import { warmupDay, type WarmupDay } from '../egress/warmup-day.ts';
import { consumerStates } from '../events/event-log.store.ts';
import { LIVE_STATES } from '../states.ts';
import { queueNumbers, type QueueNumbers, standingNumbers } from './queue-gauges.store.ts';

const depth = gauge({ name: 'eider_queue_deliveries', help: 'Unfinished deliveries.', labels: ['lane', 'state'] });
const oldest = gauge({ name: 'eider_queue_oldest_seconds', help: 'Age of the oldest message that has a delivery in this state.', labels: ['lane', 'state'] });
const leases = gauge({ name: 'eider_queue_leases', help: 'Deliveries leased to workers: the lease runs, or has ended and its worker is gone.', labels: ['state'] });
const letters = gauge({ name: 'eider_dead_letters', help: 'Recipients given up and kept for replay.', labels: ['outcome'] });
const suspensions = gauge({ name: 'eider_suspensions', help: 'What operators have suspended, by scope.', labels: ['scope'] });
const reputation = gauge({ name: 'eider_reputation_subjects', help: 'Tenants, lanes, sending domains and egress addresses by what reputation says of them.', labels: ['level'] });
const caps = gauge({ name: 'eider_egress_warmup_cap', help: 'Recipients that warming addresses may send to today, together.', labels: ['provider'] });
const granted = gauge({ name: 'eider_egress_warmup_granted', help: "Of today's caps, what workers have taken.", labels: ['provider'] });
const lag = gauge({ name: 'eider_event_consumer_lag_seconds', help: 'Age of the first event that a reader has not dealt with.', labels: ['consumer'] });
const partitions = gauge({ name: 'eider_partitions_ahead_days', help: 'Days ahead for which partitions exist.', labels: ['table'] });
const cost = gauge({ name: 'eider_queue_read_seconds', help: 'How long reading these numbers took.' });

export interface QueueGauges {
  /** Reads the numbers anew, if the last reading is long enough ago. Throws what the database throws. */
  read(): Promise<void>;
}

/** A reading that takes a second is made every twenty. */
const COST_SHARE = 20;

/** @param leastMs between two readings */
export function queueGauges(db: Queryable, leastMs = 10_000, now: () => number = () => performance.now()): QueueGauges {
  let nextAt = -Infinity;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const from = now();
    const [numbers, standing, consumers, warmup] = await Promise.all([queueNumbers(db), standingNumbers(db), consumerStates(db), warmupDay(db)]).catch((error: unknown) => {
      // Numbers that are no longer true would hide that nothing is known.
      for (const stale of [depth, oldest, leases, letters, suspensions, reputation, caps, granted, lag, partitions]) stale.reset();
      throw error;
    });
    const took = now() - from;
    nextAt = from + Math.max(leastMs, took * COST_SHARE);
    setQueue(numbers);
    fill(letters, 'outcome', { bounced: 0, expired: 0, ...standing.deadLetters });
    fill(suspensions, 'scope', { tenant: 0, domain: 0, lane: 0, mx: 0, 'tenant-lane': 0, 'sender-domain': 0, ...standing.suspensions });
    fill(reputation, 'level', { warn: 0, slow: 0, pause: 0, ...standing.reputation });
    setWarmup(warmup);
    fill(partitions, 'table', standing.partitionDaysAhead);
    fill(lag, 'consumer', Object.fromEntries(consumers.map((state) => [state.consumer, state.lagMs / 1_000])));
    cost.set({}, took / 1_000);
  }

  return {
    async read() {
      if (now() < nextAt) return;
      reading ??= read().finally(() => (reading = null));
      await reading;
    },
  };
}

/** Zero where there is nothing: an alert has to see that a queue has become empty. */
function setQueue(numbers: readonly QueueNumbers[]): void {
  for (const lane of ['transactional', 'marketing']) {
    for (const state of LIVE_STATES) {
      const found = numbers.find((entry) => entry.lane === lane && entry.state === state);
      depth.set({ lane, state }, found?.count ?? 0);
      oldest.set({ lane, state }, found?.oldestSeconds ?? 0);
    }
  }
  const attempting = numbers.filter((entry) => entry.state === 'attempting');
  const ended = attempting.reduce((sum, entry) => sum + entry.leaseEnded, 0);
  leases.set({ state: 'ended' }, ended);
  leases.set({ state: 'running' }, attempting.reduce((sum, entry) => sum + entry.count, 0) - ended);
}

function setWarmup(day: readonly WarmupDay[]): void {
  caps.reset();
  granted.reset();
  for (const { provider, cap, granted: taken } of day) {
    caps.set({ provider }, cap);
    granted.set({ provider }, taken);
  }
}

function fill<L extends string>(target: { reset(): void; set(labels: Record<L, string>, value: number): void }, label: L, values: Record<string, number>): void {
  target.reset();
  for (const [name, value] of Object.entries(values)) target.set({ [label]: name } as Record<L, string>, value);
}
