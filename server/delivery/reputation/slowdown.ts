// What reputation asks of the speed of sending, for whoever keeps the limits.
import type { Lane } from '../enqueue-types.ts';
import { LEVEL_SPEED } from './reputation-rules.ts';
import type { ReputationState } from './reputation.store.ts';

export interface SlowdownSubject {
  tenantId?: string;
  /** Of the tenant's lanes. */
  lane?: Lane;
  /** The header From's domain, lower case. */
  domain?: string;
  /** The egress address's id. */
  egress?: string;
}

export interface Slowdown {
  /** From 0 (hold) to 1 (nothing is against it): the share of the usual speed. */
  factor: number;
  /** Why, where it is below 1. */
  reason: string | null;
}

const FULL: Slowdown = { factor: 1, reason: null };

/** The slowest that tenant, lane, domain and egress address ask for. Pure. */
export function slowdownFor(states: readonly Pick<ReputationState, 'scope' | 'tenantId' | 'key' | 'level' | 'reason'>[], subject: SlowdownSubject): Slowdown {
  let slowest = FULL;
  for (const state of states) {
    const applies =
      state.scope === 'egress' ? state.key === subject.egress : state.tenantId === subject.tenantId && (state.scope === 'tenant' || state.key === (state.scope === 'lane' ? subject.lane : subject.domain?.toLowerCase()));
    const factor = LEVEL_SPEED[state.level];
    if (applies && factor < slowest.factor) slowest = { factor, reason: `${state.scope === 'tenant' ? 'tenant' : state.key}: ${state.reason}` };
  }
  return slowest;
}
