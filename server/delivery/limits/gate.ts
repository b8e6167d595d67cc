// What one limit is in this worker: slots in hand with their times, what was claimed on their account, what is known
// of the site. Memory only; limiter.ts fills it from the store.
import { MAX_LATE_MS, type Pace, paceOf, type Rate } from './rate.ts';
import { FRESH_STATE, type SiteState, type Stop } from './site-state.ts';

/** Why something waits, and until when: what the queue view shows. */
export interface Wait {
  scope: 'rate' | 'pause' | 'suspension' | 'connections' | 'breaker' | 'tenant-rate' | 'sender-rate' | 'reputation' | 'operator';
  /** One sentence for people, without the time. */
  reason: string;
  /** Epoch milliseconds. */
  until: number;
}

export interface Gate {
  key: string;
  /** For people: `google from default`. */
  title: string;
  scope: 'rate' | 'tenant-rate' | 'sender-rate' | 'reputation';
  /** What the pace was made from. */
  rate: Rate | null;
  /** By rule. */
  pace: Pace | null;
  /** Slots as runs of equal distance, by performance.now(). */
  runs: { at: number; intervalMs: number; count: number }[];
  /** Claimed rows that have not taken their slot yet. */
  expected: number;
  /** Admitted and not done. */
  outstanding: number;
  accepted: number;
  state: SiteState;
  synced: boolean;
  syncedAt: number;
  easedAt: number;
  usedAt: number;
  /** No slot before this. */
  waitUntil: number;
  /** An objection is being stored: nothing more goes out meanwhile. */
  closedUntil: number;
  probing: boolean;
  /** Leased by this worker, opening and closing ones included; by others when it was last asked. */
  openConnections: number;
  othersConnections: number;
  /** Of them, those that the site let in. */
  established: number;
  /** The most at once since it refused one. */
  mostEstablished: number;
  connectionsRefusedUntil: number;
  /** It refused one: none is opened until it is known how many it took. */
  connectionCheckUntil: number;
}

export function newGate(key: string, title: string, scope: Gate['scope'], rate: Rate | null, now: number): Gate {
  return {
    key, title, scope, rate, pace: rate && paceOf(rate), runs: [], expected: 0, outstanding: 0, accepted: 0, state: FRESH_STATE, synced: false, syncedAt: 0, easedAt: now, usedAt: now,
    waitUntil: 0, closedUntil: 0, probing: false, openConnections: 0, othersConnections: 0, established: 0, mostEstablished: 0, connectionsRefusedUntil: 0, connectionCheckUntil: 0,
  };
}

/** The rule has become another: slots that were granted by the one before are forgotten. */
export function changeRate(gate: Gate, rate: Rate | null): void {
  const same = gate.rate !== null && rate !== null && gate.rate.count === rate.count && gate.rate.windowMs === rate.windowMs;
  gate.rate = rate;
  if (same) return;
  gate.pace = rate && paceOf(rate);
  gate.runs = [];
  gate.waitUntil = 0;
}

/** The interval that holds: the rule's or what was learnt, whichever is slower; 0 for none. */
export const intervalOf = (gate: Gate): number =>
  Math.max(gate.pace?.intervalMs ?? 0, gate.state.perMinute === null ? 0 : 60_000 / gate.state.perMinute);

/** The stop in force. @param epochNow by the store's clock */
export const activeStop = (gate: Gate, epochNow: number): Stop | null => (gate.state.stop && gate.state.stop.until > epochNow ? gate.state.stop : null);

/** Puts granted slots in hand; those of a burst, due already, may be used at once. */
export function addSlots(gate: Gate, now: number, firstInMs: number, intervalMs: number, count: number): void {
  const due = intervalMs === 0 || firstInMs > 0 ? 0 : Math.min(count, Math.floor(-firstInMs / intervalMs) + 1);
  if (due > 0) gate.runs.push({ at: now, intervalMs: 0, count: due });
  if (count > due) gate.runs.push({ at: now + firstInMs + due * intervalMs, intervalMs, count: count - due });
}

/** Slots in hand that can still be used. Those that have become too late are lost. */
export function slotsInHand(gate: Gate, now: number): number {
  let total = 0;
  for (const run of gate.runs) {
    while (run.count > 0 && run.at < now - MAX_LATE_MS) {
      run.count -= run.intervalMs === 0 ? run.count : 1;
      run.at += run.intervalMs;
    }
    total += run.count;
  }
  if (gate.runs.some((run) => run.count === 0)) gate.runs = gate.runs.filter((run) => run.count > 0);
  return total;
}

/** Takes the next slot. @returns when it may be used (performance.now()), or null when there is none */
export function takeSlot(gate: Gate, now: number): number | null {
  if (slotsInHand(gate, now) === 0) return null;
  const run = gate.runs[0]!;
  const { at } = run;
  run.at += run.intervalMs;
  run.count--;
  if (run.count === 0) gate.runs.shift();
  return Math.max(at, now);
}
