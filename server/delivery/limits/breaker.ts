// A circuit breaker for one MX host from one egress address: after so many failed connections in a row it opens and
// nobody dials; then single probes, at growing intervals, until one gets through. Pure.

export interface Breaker {
  /** Failed connections since the last that came about. */
  failures: number;
  /** Null: closed. Otherwise nobody dials before this time (milliseconds). */
  openUntil: number | null;
  intervalMs: number;
  /** A probe is under way: it may be so until then, should its end never be told. */
  probeUntil: number | null;
  reason: string;
}

export const CLOSED: Breaker = { failures: 0, openUntil: null, intervalMs: 0, probeUntil: null, reason: '' };

export interface BreakerSettings {
  /** Failures in a row that open it. */
  failures: number;
  firstMs: number;
  maxMs: number;
  /** A probe that has told nothing for so long is lost. */
  probeMs: number;
}

export const DEFAULT_BREAKER: BreakerSettings = { failures: 5, firstMs: 30_000, maxMs: 15 * 60_000, probeMs: 6 * 60_000 };

/** closed: dial. probe: one may. open: nobody may, until then. */
export type BreakerVerdict = { kind: 'closed' } | { kind: 'probe' } | { kind: 'open'; until: number };

export function breakerVerdict(breaker: Breaker, now: number): BreakerVerdict {
  if (breaker.openUntil === null) return { kind: 'closed' };
  if (breaker.probeUntil !== null && breaker.probeUntil > now) return { kind: 'open', until: breaker.probeUntil };
  return breaker.openUntil <= now ? { kind: 'probe' } : { kind: 'open', until: breaker.openUntil };
}

export function breakerProbing(breaker: Breaker, now: number, settings: BreakerSettings): Breaker {
  return { ...breaker, probeUntil: now + settings.probeMs };
}

/** A connection failed. @param random from 0 up to 1: spreads probes of several workers by ±10 % */
export function breakerFailed(breaker: Breaker, now: number, reason: string, settings: BreakerSettings, random: number): Breaker {
  const failures = breaker.failures + 1;
  if (failures < settings.failures) return { ...breaker, failures, reason };
  // What had been dialled before it opened fails later: the interval grows by probes only.
  const wasOpen = breaker.openUntil !== null;
  if (wasOpen && breaker.openUntil! > now) return { ...breaker, failures, reason };
  const intervalMs = wasOpen ? Math.min(breaker.intervalMs * 2, settings.maxMs) : settings.firstMs;
  return { failures, openUntil: now + intervalMs * (0.9 + 0.2 * random), intervalMs, probeUntil: null, reason };
}


