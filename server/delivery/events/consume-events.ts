// A consumer of the event log: reads on from its position, hands each batch to a function, and stores the position with
// that function's own writes in one transaction. So an effect in this database happens once, whatever dies when; an
// effect elsewhere may be repeated and has to bear it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { type LoggedEvent, lockPosition, movePosition, readEvents } from './event-log.store.ts';

export interface EventConsumer {
  /** Names its position; never change it, or the log begins anew. */
  name: string;
  /** The types of events it wants; null: all. */
  types: readonly string[] | null;
  /** The most events looked at in one transaction (1,000). */
  batchSize?: number;
  /**
   * Deals with events, in order; whatever it writes goes through `client`. Throwing undoes all of it, and the same
   * events come again.
   */
  handle(client: PoolClient, events: readonly LoggedEvent[]): Promise<void>;
}

const DEFAULT_BATCH = 1_000;

/**
 * One step: at most one batch.
 * @returns how many events were passed, wanted or not; null when another process reads for this consumer just now
 */
export async function consumeOnce(pool: Pool, consumer: EventConsumer): Promise<number | null> {
  return withTransaction(pool, async (client) => {
    const position = await lockPosition(client, consumer.name);
    if (position === null) return null;
    const page = await readEvents(client, position, consumer.types, consumer.batchSize ?? DEFAULT_BATCH);
    if (page.end === null) return 0;
    if (page.events.length > 0) await consumer.handle(client, page.events);
    await movePosition(client, consumer.name, page.end);
    return page.passed;
  });
}

export interface ConsumerSettings {
  /** Pause when the log is read to its end. */
  idleMs: number;
  /** After a fault: doubled up to `maxRetryMs`. */
  retryMs: number;
  maxRetryMs: number;
}

export const DEFAULT_CONSUMER: ConsumerSettings = { idleMs: 500, retryMs: 1_000, maxRetryMs: 60_000 };

/**
 * Reads until stopped. Any number of processes may run the same consumer; one of them reads at a time.
 * @returns what stops it, after the batch under way
 */
export function startConsumer(
  deps: { pool: Pool; log: Logger },
  consumer: EventConsumer,
  settings: ConsumerSettings = DEFAULT_CONSUMER,
): () => Promise<void> {
  const stop = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);

  async function loop(): Promise<void> {
    let retryMs = settings.retryMs;
    while (!stop.signal.aborted) {
      try {
        const passed = await consumeOnce(deps.pool, consumer);
        retryMs = settings.retryMs;
        if (!passed) await pause(settings.idleMs);
      } catch (error) {
        deps.log.warn({ err: error, consumer: consumer.name, retryMs }, 'events not dealt with; trying again');
        await pause(retryMs);
        retryMs = Math.min(retryMs * 2, settings.maxRetryMs);
      }
    }
  }

  const running = loop();
  return async () => {
    stop.abort();
    await running;
  };
}
