// How long a role that died waits before it is started again.

const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** A process that ran this long died of something new: counting starts over. */
export const STABLE_AFTER_MS = 60_000;

/**
 * Doubles with each failure in a row, up to half a minute.
 * @param failures deaths in a row, at least 1
 */
export function restartDelayMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
}
