// Rates as people write them ("600/min") and as pacing needs them: one slot each so many milliseconds, some at once
// after a pause. Pure.

export interface Rate {
  count: number;
  windowMs: number;
}

const WINDOWS: Record<string, number> = { s: 1_000, sec: 1_000, min: 60_000, m: 60_000, h: 3_600_000, hour: 3_600_000, d: 86_400_000, day: 86_400_000 };

/** `600/min`, `20/s`, `5000/h`, `100000/day`. @returns null for anything else */
export function parseRate(text: string): Rate | null {
  const match = /^\s*(\d{1,9})\s*\/\s*([a-z]+)\s*$/i.exec(text);
  const windowMs = match && WINDOWS[match[2]!.toLowerCase()];
  const count = Number(match?.[1]);
  return windowMs && count > 0 ? { count, windowMs } : null;
}

const shares = new WeakMap<Rate, Map<number, Rate>>();

/** That share of a rate; the same object each time. */
export function shareOf(rate: Rate, factor: number): Rate {
  if (factor >= 1) return rate;
  let known = shares.get(rate);
  if (!known) shares.set(rate, (known = new Map()));
  let share = known.get(factor);
  // A longer window rather than fewer slots: of 2 a minute a quarter is one in two minutes.
  if (!share) known.set(factor, (share = { count: rate.count, windowMs: rate.windowMs / factor }));
  return share;
}

export interface Pace {
  intervalMs: number;
  /** Slots that may be used at once after a pause. */
  burst: number;
}

/** A slot that comes to be used this late is lost: used later, it would add to those of another moment. */
export const MAX_LATE_MS = 1_000;

/**
 * A pace that stays within the rate in whichever window the other side counts: what a burst and slots used late can
 * add is taken off beforehand. 600/min becomes 579 a minute; 10/min becomes 9.
 */
export function paceOf({ count, windowMs }: Rate): Pace {
  const burst = Math.max(1, Math.floor(count * 0.02));
  const late = count >= 100 ? count * Math.min(0.015, MAX_LATE_MS / windowMs) : 0;
  return { intervalMs: windowMs / Math.max(1, count - burst - late), burst };
}

/** Of two paces the slower. */
export function slower(a: Pace | null, b: Pace | null): Pace | null {
  if (!a || !b) return a ?? b;
  return a.intervalMs >= b.intervalMs ? a : b;
}

export interface Grant {
  /** How many slots. */
  slots: number;
  /** When the first is due, from now; negative: it may be used at once. They follow each other at the pace's interval. */
  firstInMs: number;
  /** When there may be more. */
  waitMs: number;
  /** When the next slot after these is due, as the time was given. */
  nextAt: number;
}

/**
 * Takes up to `want` slots that are due until `horizonMs` from now (a virtual-scheduling token bucket, ITU-T I.371).
 * @param nextAt what the grant before gave, or 0
 */
export function grantSlots(pace: Pace, nextAt: number, now: number, want: number, horizonMs: number): Grant {
  const start = Math.max(nextAt, now - (pace.burst - 1) * pace.intervalMs);
  const due = Math.floor((now + horizonMs - start) / pace.intervalMs) + 1;
  const slots = Math.max(0, Math.min(want, due));
  const after = start + slots * pace.intervalMs;
  return { slots, firstInMs: start - now, waitMs: Math.max(0, after - horizonMs - now), nextAt: after };
}
