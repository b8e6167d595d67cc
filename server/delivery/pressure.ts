// Back-pressure: whether a message may be taken in, or the queue and the disk come first. Measured by the clock, so that
// accepting costs nothing; marketing is refused first. Owns the thresholds; enqueue.ts asks, callers say it in their way.
import { statfs } from 'node:fs/promises';
import type { Queryable } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';
import type { Lane } from './enqueue-types.ts';
import { countBacklog } from './pressure.store.ts';

export interface PressureLimits {
  /** Unfinished deliveries, of all lanes, from which on the lane is refused. */
  maxBacklog: Record<Lane, number>;
  /** Free octets where the data is, below which the lane is refused; of a small disk, `share` of it. */
  minFreeBytes: Record<Lane, number>;
  minFreeShare: Record<Lane, number>;
}

const GIB = 1024 ** 3;

/** A row of the queue and its message cost some 20 KB: five million are 100 GB. Below 1 GiB PostgreSQL itself is in danger. */
export const DEFAULT_PRESSURE: PressureLimits = {
  maxBacklog: { transactional: 5_000_000, marketing: 3_000_000 },
  minFreeBytes: { transactional: GIB, marketing: 4 * GIB },
  minFreeShare: { transactional: 0.03, marketing: 0.1 },
};

export interface PressureMeasure {
  backlog: number;
  freeBytes: number;
  totalBytes: number;
}

/** Why a lane is refused; null: it is taken. */
export type PressureState = Record<Lane, string | null>;

/** What was refused is taken again when there is a tenth more room than the threshold, not at its edge. */
const RELIEF = 0.1;

/** The state that a measure leads to. @param before the state until now */
export function pressureState(measure: PressureMeasure, limits: PressureLimits, before: PressureState): PressureState {
  const of = (lane: Lane): string | null => {
    const slack = before[lane] === null ? 0 : RELIEF;
    if (measure.backlog > limits.maxBacklog[lane] * (1 - slack)) return `${measure.backlog} deliveries are waiting`;
    const needed = Math.min(limits.minFreeBytes[lane], limits.minFreeShare[lane] * measure.totalBytes);
    if (measure.freeBytes < needed * (1 + slack)) return `${(measure.freeBytes / GIB).toFixed(1)} GiB are free on the disk`;
    return null;
  };
  return { transactional: of('transactional'), marketing: of('marketing') };
}

export interface Pressure {
  /** Null: take it. Otherwise why not, and when to ask again. */
  refusal(lane: Lane): { reason: string; retryAfterSeconds: number } | null;
  state(): PressureState;
  stop(): void;
}

const EVERY_MS = 5_000;
const RETRY_AFTER_SECONDS: Record<Lane, number> = { transactional: 30, marketing: 300 };

/**
 * Measures every five seconds. What cannot be measured changes nothing.
 * @param folder on the disk to watch
 */
export function watchPressure(deps: { db: Queryable; folder: string; log: Logger }, limits = DEFAULT_PRESSURE): Pressure {
  let state: PressureState = { transactional: null, marketing: null };
  async function measure(): Promise<void> {
    try {
      const [disk, backlog] = await Promise.all([statfs(deps.folder), countBacklog(deps.db, Math.min(...Object.values(limits.maxBacklog)) * (1 - RELIEF))]);
      const next = pressureState({ backlog, freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize }, limits, state);
      for (const lane of ['transactional', 'marketing'] as const) {
        if ((next[lane] === null) === (state[lane] === null)) continue;
        if (next[lane] === null) deps.log.warn({ lane }, 'mail is taken in again');
        else deps.log.warn({ lane, reason: next[lane] }, 'mail is refused for the moment');
      }
      state = next;
    } catch (error) {
      deps.log.warn({ err: error }, 'the fullness of queue and disk could not be measured');
    }
  }
  void measure();
  const timer = setInterval(() => void measure(), EVERY_MS);
  timer.unref();
  return {
    refusal(lane) {
      const reason = state[lane];
      return reason === null ? null : { reason, retryAfterSeconds: RETRY_AFTER_SECONDS[lane] };
    },
    state: () => state,
    stop: () => clearInterval(timer),
  };
}
