// Whether the database's clock can be trusted to tell that a lease has ended. It is compared with this machine's
// monotonic clock: after a step, or after the database was away, the owners of leases get time to renew them. Pure.

/** More than this between the two clocks is a step; less is jitter of a busy machine. */
export const STEP_MS = 5_000;

export interface ClockWatch {
  /**
   * Tells what the database's clock showed.
   * @param databaseMs its time, in Unix milliseconds
   * @param nowMs performance.now() at that moment
   * @returns by how much it stepped since the last look: 0 when it ran evenly
   */
  look(databaseMs: number, nowMs: number): number;
  /** What the database's clock should show now; null before the first look. */
  expectedMs(nowMs: number): number | null;
  /** True once the clock has run evenly, and been seen to, for `steadyMs`. */
  trusted(nowMs: number): boolean;
}

/**
 * @param steadyMs as long as an owner of leases may take to renew them
 * @param gapMs not having looked for longer counts as not knowing
 */
export function clockWatch(steadyMs: number, gapMs: number): ClockWatch {
  let last: { databaseMs: number; nowMs: number } | null = null;
  let steadySince = 0;
  return {
    look(databaseMs, nowMs) {
      const step = last === null ? 0 : databaseMs - last.databaseMs - (nowMs - last.nowMs);
      const stepped = Math.abs(step) > STEP_MS;
      if (last === null || stepped || nowMs - last.nowMs > gapMs) steadySince = nowMs;
      last = { databaseMs, nowMs };
      return stepped ? step : 0;
    },
    expectedMs: (nowMs) => (last === null ? null : last.databaseMs + nowMs - last.nowMs),
    trusted: (nowMs) => last !== null && nowMs - last.nowMs <= gapMs && nowMs - steadySince >= steadyMs,
  };
}
