// What reputation asks of the speed of sending, kept in a worker's memory: limits ask it for each message.
import type { Pool } from '../../infra/db/pool.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { selectStates } from './reputation.store.ts';
import { type Slowdown, slowdownFor, type SlowdownSubject } from './slowdown.ts';

export interface SpeedBook {
  of(subject: SlowdownSubject): Slowdown;
  close(): void;
}

/** Levels are judged every half minute. */
const REFRESH_MS = 10_000;
const FULL: Slowdown = { factor: 1, reason: null };

/** Reads the levels before it returns, and again from time to time; one statement each time, and none for a message. */
export async function startSpeedBook(pool: Pool, log: Logger, refreshMs = REFRESH_MS): Promise<SpeedBook> {
  const read = async () => (await selectStates(pool)).filter((state) => state.level !== 'warn');
  let slowed = await read();
  const timer = setInterval(() => {
    read().then(
      (states) => (slowed = states),
      (error: unknown) => log.warn({ err: error }, 'reputation could not be read again; what was known holds'),
    );
  }, refreshMs);
  timer.unref();
  return {
    of: (subject) => (slowed.length === 0 ? FULL : slowdownFor(slowed, subject)),
    close: () => clearInterval(timer),
  };
}
