// The worker's loop over reputation's consequences: judges from time to time and lets old hours go. The counts themselves
// are kept by a reader of the event log (reputation.store.ts).
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../infra/db/pool.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { evaluateReputation } from './evaluate-reputation.ts';
import { deleteOldHours } from './reputation.store.ts';

const EVALUATE_MS = 30_000;
const HOURS_KEPT_DAYS = 90;

/** Any number of these may run; one judges at a time. @returns what stops it */
export function startReputationLoop(deps: { pool: Pool; log: Logger }): () => Promise<void> {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await evaluateReputation(deps);
        await deleteOldHours(deps.pool, HOURS_KEPT_DAYS);
      } catch (error) {
        deps.log.warn({ err: error }, 'reputation could not be judged; trying again');
      }
      await sleep(EVALUATE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await running;
  };
}
