// The gates of a worker and their news: fetches slots ahead in chunks, keeps the store's clock, stores what was learnt,
// eases limits, renews leases, and forgets gates that nobody has used. What a gate allows is limiter.ts.
import { activeStop, addSlots, changeRate, type Gate, intervalOf, newGate, slotsInHand } from './gate.ts';
import type { LimitStore } from './limit-store.ts';
import type { LimiterDeps } from './limiter-types.ts';
import type { Rate } from './rate.ts';
import { ease, type SiteState } from './site-state.ts';

/** Slots are fetched for so long ahead. */
export const HORIZON_MS = 1_000;
export const TICK_MS = 50;
const SYNC_MS = 1_000;
const EASE_MS = 5_000;
const FORGET_MS = 120_000;
const RENEW_MS = 4_000;

type Change = Parameters<LimitStore['change']>[1];

export interface GateKeeper {
  /** Of this process's clock, in milliseconds. */
  now(): number;
  /** The store's clock at a moment of this one's (now). */
  epoch(at?: number): number;
  /** The gate of a key; made, and asked for, when it is new. */
  gate(key: string, title: string, scope: Gate['scope'], rate: Rate | null): Gate;
  find(key: string): Gate | undefined;
  all(): readonly Gate[];
  /** Fetches slots and news; all in one round trip. */
  sync(due: readonly Gate[]): Promise<void>;
  /** @throws what the store throws */
  change(entry: Gate, how: Change): Promise<SiteState>;
  /** The same without waiting; a fault is logged. */
  changeLater(entry: Gate, how: Change): void;
  /** Called back whenever something that waited may be claimed. */
  onOpen(listener: () => void): void;
  readonly stopped: boolean;
  /** Returns what is unused. */
  stop(): Promise<void>;
}

export function gateKeeper({ store, log }: Pick<LimiterDeps, 'store' | 'log'>): GateKeeper {
  const gates = new Map<string, Gate>();
  /** Epoch time by the store's clock, less performance.now(). */
  let clockOffset = Date.now() - performance.now();
  let stopped = false;
  let opened: () => void = () => undefined;
  const now = (): number => performance.now();
  const epoch = (at = now()): number => at + clockOffset;

  function gate(key: string, title: string, scope: Gate['scope'], rate: Rate | null): Gate {
    let found = gates.get(key);
    if (!found) {
      found = newGate(key, title, scope, rate, now());
      gates.set(key, found);
      void sync([found]);
    } else if (found.rate !== rate) changeRate(found, rate);
    found.usedAt = now();
    return found;
  }

  async function sync(due: readonly Gate[]): Promise<void> {
    const at = now();
    const requests = due.map((entry) => {
      entry.syncedAt = at;
      const { accepted } = entry;
      entry.accepted = 0;
      const interval = intervalOf(entry);
      const chunk = interval === 0 ? 1 : Math.max(1, Math.ceil(HORIZON_MS / interval));
      const want = entry.waitUntil > at || at - entry.usedAt > SYNC_MS ? 0 : Math.max(0, chunk - slotsInHand(entry, at));
      return { key: entry.key, pace: entry.pace, want, horizonMs: HORIZON_MS, accepted };
    });
    try {
      const replies = await store.take(requests);
      const then = now();
      let isOpened = false;
      for (const [index, reply] of replies.entries()) {
        const entry = due[index]!;
        clockOffset = reply.now - then;
        entry.state = reply.state;
        if (intervalOf(entry) > 0) addSlots(entry, then, reply.firstInMs, reply.intervalMs, reply.slots);
        if (requests[index]!.want > 0 && reply.slots === 0) entry.waitUntil = then + reply.waitMs;
        isOpened ||= reply.slots > 0 || !entry.synced;
        entry.synced = true;
      }
      if (isOpened) opened();
    } catch (error) {
      log.warn({ err: error }, 'limits could not be read; trying again');
    }
  }

  async function change(entry: Gate, how: Change): Promise<SiteState> {
    entry.state = await store.change(entry.key, how);
    return entry.state;
  }
  function changeLater(entry: Gate, how: Change): void {
    change(entry, how).catch((error: unknown) => log.warn({ err: error, limit: entry.key }, 'a change of a limit was not stored'));
  }

  let renewAt = 0;
  const timer = setInterval(() => void tick(), TICK_MS);
  timer.unref();
  async function tick(): Promise<void> {
    const at = now();
    const due: Gate[] = [];
    for (const entry of gates.values()) {
      const idle = at - entry.usedAt > FORGET_MS && entry.outstanding === 0 && entry.openConnections === 0;
      if (idle && entry.accepted === 0) gates.delete(entry.key);
      const interval = intervalOf(entry);
      const low = interval > 0 && entry.waitUntil <= at && at - entry.usedAt < SYNC_MS && slotsInHand(entry, at) * interval < HORIZON_MS / 2 && !activeStop(entry, epoch());
      if (low || (at - entry.syncedAt > SYNC_MS && (at - entry.usedAt < 2 * SYNC_MS || entry.accepted > 0))) due.push(entry);
      const { state } = entry;
      if (at - entry.easedAt > EASE_MS && (state.perMinute !== null || state.connections !== null || state.stop !== null)) {
        entry.easedAt = at;
        const ceiling = entry.pace && 60_000 / entry.pace.intervalMs;
        changeLater(entry, (known, measured) => ease(known, measured, ceiling));
      }
    }
    if (due.length > 0) await sync(due);
    if (at > renewAt) {
      renewAt = at + RENEW_MS;
      const connected = [...gates.values()].filter((entry) => entry.openConnections > 0).map((entry) => entry.key);
      await store.renew(connected).catch((error: unknown) => log.warn({ err: error }, 'leases of connections were not renewed'));
    }
  }

  return {
    now,
    epoch,
    gate,
    find: (key) => gates.get(key),
    all: () => [...gates.values()],
    sync,
    change,
    changeLater,
    onOpen(listener) {
      opened = listener;
    },
    get stopped() {
      return stopped;
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      const unused = [...gates.values()].map((entry) => ({ entry, slots: slotsInHand(entry, now()) })).filter(({ slots }) => slots > 0);
      await Promise.all(unused.map(({ entry, slots }) => store.giveBack(entry.key, slots, intervalOf(entry)))).catch((error: unknown) =>
        log.warn({ err: error }, 'unused slots were not given back'),
      );
    },
  };
}
