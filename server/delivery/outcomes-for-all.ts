// Outcomes that hold for all deliveries of a job alike, and what making one needs.
import type { BackoffPolicy } from './backoff.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import type { DeliverDeps } from './deliver-types.ts';
import type { OutcomeContext } from './dialogue-outcome.ts';
import type { Wait } from './limits/gate.ts';
import type { DeliveryOutcome, Outcome } from './outcome.ts';

export const all = (deliveries: ClaimedDelivery[], outcome: (delivery: ClaimedDelivery) => Outcome): DeliveryOutcome[] =>
  deliveries.map((delivery) => ({ delivery, outcome: outcome(delivery) }));

export const context = (deps: DeliverDeps, delivery: ClaimedDelivery, backoff: BackoffPolicy): OutcomeContext => ({ delivery, backoff, random: deps.random });

/** Not tried: it goes back with the time at which the limit lets it go, a little spread. */
export function throttled(deps: DeliverDeps, wait: Wait): Outcome {
  const inMs = Math.max(0, wait.until - Date.now());
  return { kind: 'throttled', scope: wait.scope, reason: `Waits: ${wait.reason}.`, retryAfterMs: Math.round(Math.max(1_000, inMs) * (1 + 0.2 * deps.random())) };
}
