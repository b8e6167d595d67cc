// What the delivery pipeline counts while it works. Memory only; labels are closed sets, and those of the hot path are
// looked up once.
import { counter, gauge, histogram } from '../infra/metrics/registry.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import type { DeliveryOutcome } from './outcome.ts';

export const acceptedMessages = counter({ name: 'eider_accepted_messages_total', help: 'Messages taken into the queue.', labels: ['source', 'lane'] });
export const refusedMessages = counter({ name: 'eider_refused_messages_total', help: 'Messages that broke a rule of the queue, by the rule.', labels: ['rule'] });
export const leasesHeld = gauge({ name: 'eider_delivery_leases_held', help: 'Deliveries that this worker has leased.' });
export const leasesLost = counter({ name: 'eider_delivery_leases_lost_total', help: 'Leases that ended while this worker held them.' });
export const givenBack = counter({ name: 'eider_delivery_given_back_total', help: 'Deliveries claimed and given back before anything was said.' });
export const outcomesWaiting = gauge({ name: 'eider_delivery_outcomes_waiting', help: 'Outcomes that are not yet on disk.' });
const requeued = counter({ name: 'eider_delivery_requeued_total', help: 'Deliveries made ready by time: due, or their lease had ended.', labels: ['cause'] });
const claimed = counter({ name: 'eider_delivery_attempts_total', help: 'Attempts begun.', labels: ['lane'] });
const outcomes = counter({ name: 'eider_delivery_outcomes_total', help: 'Outcomes of attempts, one a recipient.', labels: ['outcome', 'category', 'provider'] });
const replies = counter({ name: 'eider_delivery_replies_total', help: 'Decisive SMTP replies by code.', labels: ['code', 'provider'] });

/** From the 30 s that were asked for down to what a local queue does. */
const firstAttempt = histogram({
  name: 'eider_delivery_first_attempt_seconds',
  help: 'From when a message might go (accepted, or its send_at) to its first attempt.',
  labels: ['lane'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200],
});
const attemptSeconds = histogram({
  name: 'eider_delivery_attempt_seconds',
  help: 'How long attempts took, from the claim in hand to the result.',
  labels: ['outcome'],
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
});

/** Looks labels up once for each combination. */
function remembered<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    let found = made.get(key);
    if (found === undefined) made.set(key, (found = make(key)));
    return found;
  };
}
const claimedIn = remembered((lane) => claimed.child({ lane }));
const firstAttemptIn = remembered((lane) => firstAttempt.child({ lane }));
const attemptOf = remembered((outcome) => attemptSeconds.child({ outcome }));
const outcomeOf = remembered((key) => {
  const [outcome = '', category = '', provider = ''] = key.split(' ');
  return outcomes.child({ outcome, category, provider });
});
const replyOf = remembered((key) => {
  const [code = '', provider = ''] = key.split(' ');
  return replies.child({ code, provider });
});

/** Attempts begin. */
export function countClaimed(deliveries: readonly ClaimedDelivery[]): void {
  for (const { lane, attempts, waitedSeconds } of deliveries) {
    claimedIn(lane).inc();
    if (attempts === 1 && waitedSeconds !== undefined) firstAttemptIn(lane).observe(Math.max(0, waitedSeconds));
  }
}

/** Outcomes are on disk. */
export function countOutcomes(batch: readonly DeliveryOutcome[]): void {
  for (const { outcome } of batch) {
    if (outcome.kind === 'held' || outcome.kind === 'throttled') {
      outcomeOf(`${outcome.kind} none other`).inc();
      continue;
    }
    const { provider = 'other', reply, durationMs } = outcome.facts;
    outcomeOf(`${outcome.kind} ${outcome.kind === 'delivered' ? 'none' : outcome.category} ${provider}`).inc();
    if (reply !== undefined) replyOf(`${replyCode(reply)} ${provider}`).inc();
    if (durationMs !== undefined) attemptOf(outcome.kind).observe(durationMs / 1_000);
  }
}

/** A server may say anything: what is no code of SMTP's is one label. */
const replyCode = (reply: string): string => (/^[245]\d\d(?!\d)/.test(reply) ? reply.slice(0, 3) : 'other');

/** Time made deliveries ready. */
export function countRequeued(cause: 'due' | 'lease-ended', count: number): void {
  if (count > 0) requeued.inc({ cause }, count);
}
