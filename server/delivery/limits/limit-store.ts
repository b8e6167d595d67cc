// Where limits are kept: slots of buckets, what has been learnt, and leases of connections, for all workers together.
// The interface, and the one that serves a single process; valkey-limit-store.ts is the shared one.
import type { OpenBreaker } from './host-breakers.ts';
import { grantSlots, type Pace, slower } from './rate.ts';
import { FRESH_STATE, type Measured, type SiteState, SPAN_MS, SPANS } from './site-state.ts';

export interface TakeRequest {
  /** `egress|site`, `tenant|id`, … */
  key: string;
  /** By rule; null: none. What has been learnt is looked at besides. */
  pace: Pace | null;
  /** Slots wanted. */
  want: number;
  horizonMs: number;
  /** Messages accepted since the last call, for the measure. */
  accepted: number;
}

export interface TakeReply {
  slots: number;
  /** Of the first slot, from now; the others follow at `intervalMs`. */
  firstInMs: number;
  intervalMs: number;
  /** When to ask again where there was none. */
  waitMs: number;
  state: SiteState;
  /** Epoch milliseconds by the store's clock. */
  now: number;
}

export interface ConnectRequest {
  key: string;
  /** Null: no cap. */
  cap: number | null;
  pace: Pace | null;
}

/** `total`: of all workers, this one included. */
export type ConnectReply = { kind: 'granted'; total: number } | { kind: 'refused'; waitMs: number; why: 'cap' | 'rate' };

export interface LimitStore {
  /** One round trip for all of them; the replies are in their order. */
  take(requests: readonly TakeRequest[]): Promise<TakeReply[]>;
  /** Slots that are not needed. */
  giveBack(key: string, slots: number, intervalMs: number): Promise<void>;
  /** Changes what is known of a key; `change` may be called again when another worker was faster, and gives null for "as it is". */
  change(key: string, change: (state: SiteState, measured: Measured) => SiteState | null): Promise<SiteState>;
  connect(request: ConnectRequest): Promise<ConnectReply>;
  disconnect(key: string): Promise<void>;
  /** Keeps this worker's connections counted; called every few seconds. */
  renew(keys: readonly string[]): Promise<void>;
  /** Everything that is slowed, stopped or capped. */
  list(): Promise<{ key: string; state: SiteState }[]>;
  read(keys: readonly string[]): Promise<{ now: number; states: SiteState[] }>;
  /** Tells the others of this worker's open breakers: for people to see, for about ten seconds. */
  publishBreakers(open: readonly OpenBreaker[]): Promise<void>;
  /** Of all workers; a host may be there once for each. */
  listBreakers(): Promise<OpenBreaker[]>;
}

/** A learnt rate as a pace: a little burst, since what was learnt is below the limit already. */
export const learntPace = (state: SiteState): Pace | null =>
  state.perMinute === null ? null : { intervalMs: 60_000 / state.perMinute, burst: 1 };

interface Local {
  nextAt: number;
  state: SiteState;
  /** By span number. */
  accepted: Map<number, number>;
  connections: number;
  nextConnectionAt: number;
}

/**
 * Limits of this process alone.
 * @param share of each limit that it takes for itself: less than 1 while others that cannot be seen use them too
 */
export function localLimitStore(now: () => number, share = 1): LimitStore {
  const entries = new Map<string, Local>();
  let breakers: readonly OpenBreaker[] = [];
  const entry = (key: string): Local => {
    let found = entries.get(key);
    if (!found) entries.set(key, (found = { nextAt: 0, state: FRESH_STATE, accepted: new Map(), connections: 0, nextConnectionAt: 0 }));
    return found;
  };
  const scaled = (pace: Pace | null): Pace | null => pace && { intervalMs: pace.intervalMs / share, burst: Math.max(1, Math.floor(pace.burst * share)) };
  return {
    take: (requests) =>
      Promise.resolve(
        requests.map((request) => {
          const at = now();
          const local = entry(request.key);
          addAccepted(local.accepted, at, request.accepted);
          const { state } = local;
          const pace = slower(scaled(request.pace), learntPace(state));
          const stopped = state.stop && state.stop.until > at ? state.stop.until - at : 0;
          if (stopped > 0) return { slots: 0, firstInMs: 0, intervalMs: pace?.intervalMs ?? 0, waitMs: stopped, state, now: at };
          if (!pace) return { slots: request.want, firstInMs: 0, intervalMs: 0, waitMs: 0, state, now: at };
          const grant = grantSlots(pace, local.nextAt, at, request.want, request.horizonMs);
          local.nextAt = grant.nextAt;
          return { slots: grant.slots, firstInMs: grant.firstInMs, intervalMs: pace.intervalMs, waitMs: grant.waitMs, state, now: at };
        }),
      ),
    giveBack(key, slots, intervalMs) {
      const local = entry(key);
      if (local.nextAt > now()) local.nextAt -= slots * intervalMs;
      return Promise.resolve();
    },
    change(key, change) {
      const local = entry(key);
      local.state = change(local.state, { now: now(), accepted: spansOf(local.accepted, now()) }) ?? local.state;
      return Promise.resolve(local.state);
    },
    connect({ key, cap, pace }) {
      const local = entry(key);
      if (cap !== null && local.connections >= Math.max(1, Math.floor(cap * share))) return Promise.resolve({ kind: 'refused', waitMs: 250, why: 'cap' });
      if (pace) {
        const grant = grantSlots(scaled(pace)!, local.nextConnectionAt, now(), 1, 0);
        if (grant.slots === 0) return Promise.resolve({ kind: 'refused', waitMs: grant.waitMs, why: 'rate' });
        local.nextConnectionAt = grant.nextAt;
      }
      local.connections++;
      return Promise.resolve({ kind: 'granted', total: local.connections });
    },
    disconnect(key) {
      const local = entry(key);
      local.connections = Math.max(0, local.connections - 1);
      return Promise.resolve();
    },
    renew: () => Promise.resolve(),
    list: () => Promise.resolve([...entries].flatMap(([key, { state }]) => (isNotable(state, now()) ? [{ key, state }] : []))),
    publishBreakers(open) {
      breakers = [...open];
      return Promise.resolve();
    },
    listBreakers: () => Promise.resolve([...breakers]),
    read: (keys) => Promise.resolve({ now: now(), states: keys.map((key) => entries.get(key)?.state ?? FRESH_STATE) }),
  };
}

/** Whether there is anything to tell of it. */
export const isNotable = (state: SiteState, now: number): boolean =>
  state.perMinute !== null || state.connections !== null || (state.stop !== null && state.stop.until > now);

function addAccepted(accepted: Map<number, number>, now: number, count: number): void {
  const span = Math.floor(now / SPAN_MS);
  if (count > 0) accepted.set(span, (accepted.get(span) ?? 0) + count);
  for (const old of accepted.keys()) if (old <= span - SPANS) accepted.delete(old);
}

function spansOf(accepted: ReadonlyMap<number, number>, now: number): number[] {
  const span = Math.floor(now / SPAN_MS);
  return Array.from({ length: SPANS }, (_, back) => accepted.get(span - back) ?? 0);
}
