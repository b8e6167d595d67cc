// The state machine of one recipient's delivery, as data: every legal transition, and nothing else changes a
// state. Stores build their WHERE clauses from it; docs and the queue view read it.

/** States of a row in `delivery`: not finished yet. */
export const LIVE_STATES = ['queued', 'scheduled', 'deferred', 'attempting', 'held'] as const;
/** States that end the row; they live on as events. */
export const FINAL_STATES = ['delivered', 'bounced', 'expired', 'cancelled'] as const;

export type LiveState = (typeof LIVE_STATES)[number];
export type FinalState = (typeof FINAL_STATES)[number];
export type DeliveryState = LiveState | FinalState;

export interface Transition {
  /** Empty: the row is made. */
  from: readonly LiveState[];
  to: DeliveryState;
  /** The type of the event written with it; null where no event is worth its row. */
  event: string | null;
  /** Only the holder of the lease may. */
  needsLease: boolean;
  why: string;
}

export const TRANSITIONS = {
  accept: { from: [], to: 'queued', event: 'accepted', needsLease: false, why: 'accepted, to go at once' },
  schedule: { from: [], to: 'scheduled', event: 'accepted', needsLease: false, why: 'accepted, to go at send_at' },
  due: { from: ['scheduled', 'deferred'], to: 'queued', event: null, needsLease: false, why: 'its time has come' },
  // The attempt is recorded by the claim itself: a crash from here on leaves an attempt of unknown outcome.
  claim: { from: ['queued'], to: 'attempting', event: null, needsLease: false, why: 'a worker leased it and is about to dial' },
  deliver: { from: ['attempting'], to: 'delivered', event: 'delivered', needsLease: true, why: 'the remote server took it over' },
  defer: { from: ['attempting'], to: 'deferred', event: 'deferred', needsLease: true, why: 'to be tried again later' },
  bounce: { from: ['attempting'], to: 'bounced', event: 'bounced', needsLease: true, why: 'refused for good' },
  expire: { from: ['attempting'], to: 'expired', event: 'expired', needsLease: true, why: 'too old or tried too often' },
  hold: { from: ['attempting'], to: 'held', event: 'held', needsLease: true, why: 'stopped until a person releases it' },
  giveBack: { from: ['attempting'], to: 'queued', event: null, needsLease: true, why: 'claimed but not dialled: the worker stops or is full' },
  throttle: { from: ['attempting'], to: 'deferred', event: null, needsLease: true, why: 'claimed but not dialled: a limit says when' },
  loseLease: { from: ['attempting'], to: 'queued', event: 'attempt-lost', needsLease: false, why: 'the lease ended: the worker is gone and the outcome unknown' },
  loseAgain: { from: ['attempting'], to: 'deferred', event: 'attempt-lost', needsLease: false, why: 'the second attempt in a row whose worker is gone, or a later one: it may be the message that ends it' },
  quarantine: { from: ['attempting'], to: 'held', event: 'held', needsLease: false, why: 'every attempt of five in a row took its worker along' },
  suspend: { from: ['queued', 'scheduled', 'deferred'], to: 'held', event: 'held', needsLease: false, why: 'an operator held it' },
  // A message keeps its send_at through a hold.
  releaseScheduled: { from: ['held'], to: 'scheduled', event: 'released', needsLease: false, why: 'released before its send_at' },
  release: { from: ['held'], to: 'queued', event: 'released', needsLease: false, why: 'an operator released it' },
  requeue: { from: ['scheduled', 'deferred'], to: 'queued', event: 'requeued', needsLease: false, why: 'an operator wants it tried now' },
  cancel: { from: ['queued', 'scheduled', 'deferred', 'held'], to: 'cancelled', event: 'cancelled', needsLease: false, why: 'the sender took it back' },
  bounceWaiting: { from: ['queued', 'scheduled', 'deferred', 'held'], to: 'bounced', event: 'bounced', needsLease: false, why: 'an operator gave it up; the sender is told' },
  expireWaiting: { from: ['queued', 'scheduled', 'deferred', 'held'], to: 'expired', event: 'expired', needsLease: false, why: 'an operator ended the wait; the sender is told' },
  // Not 'held': that is a person's decision, and so is its end.
  expireOverdue: { from: ['queued', 'deferred'], to: 'expired', event: 'expired', needsLease: false, why: 'its time was over while nothing might attempt it; the sender is told' },
  replay: { from: [], to: 'queued', event: 'replayed', needsLease: false, why: 'a dead letter, sent again by an operator' },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** `'a', 'b'`: the states that a transition starts from, for an SQL IN list. The values are constants above. */
export function sqlFrom(name: TransitionName): string {
  return TRANSITIONS[name].from.map((state) => `'${state}'`).join(', ');
}

/** The state that a transition leads to, as an SQL literal. */
export function sqlTo(name: TransitionName): string {
  return `'${TRANSITIONS[name].to}'`;
}
