// How a warming address's cap is opened in the course of its UTC day, so that it is not used up by midnight's backlog: a
// twenty-second of it at once and with each hour, all of it in the last three. Providers look at hours, too. Pure; the
// grant in egress.store.ts computes the same.

const HOUR = 3_600;
export const SPREAD_SECONDS = 22 * HOUR;
/** What the first hour would open is there at its beginning: the day's first message waits for nothing. */
export const HEAD_START_SECONDS = HOUR;

const secondOfDay = (now: Date): number => (now.getTime() % 86_400_000) / 1_000;

/** Of a day's cap, what may have been begun by now. */
export function openBy(cap: number, now: Date): number {
  return Math.min(cap, Math.ceil((cap * (secondOfDay(now) + HEAD_START_SECONDS)) / SPREAD_SECONDS));
}

/** When more than what is open now opens; null: all of it is. */
export function opensNext(cap: number, now: Date): Date | null {
  const open = openBy(cap, now);
  if (open >= cap) return null;
  const second = (open * SPREAD_SECONDS) / cap - HEAD_START_SECONDS;
  // A little after: at the very second the sum is not above it yet.
  return new Date(now.getTime() + Math.max(1, second - secondOfDay(now) + 1) * 1_000);
}
