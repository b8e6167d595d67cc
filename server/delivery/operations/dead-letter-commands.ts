// Replaying and purging dead letters, many at a time in small transactions; cut short, whole batches are done.
import type { Pool, PoolClient } from '../../infra/db/pool.ts';
import { type DeadLetterFilter, lockDeadLetters, purgeDeadLetters, replayDeadLetters } from './dead-letters.store.ts';
import { inBatches } from './in-batches.ts';
import type { Order } from './queue-commands.store.ts';

export interface DeadLetterRun {
  kind: 'replay' | 'purge';
  filter: DeadLetterFilter;
  order: Order;
  now: Date;
  batchSize?: number;
  /** In each batch's transaction, with how many it changed. */
  onBatch(client: PoolClient, changed: number): Promise<void>;
}

/** Given up in the same moment as the command began: still the command's. */
const CLOCK_SLACK_MS = 1_000;

/** @returns how many were sent again, or thrown away */
export async function runDeadLetters(pool: Pool, run: DeadLetterRun): Promise<number> {
  const before = new Date(run.now.getTime() + CLOCK_SLACK_MS);
  return inBatches(pool, {
    batchSize: run.batchSize,
    lock: (client, after, limit) => lockDeadLetters(client, run.filter, { after, before, limit }),
    carryOut: (client, rows) => (run.kind === 'replay' ? replayDeadLetters(client, rows, run.order) : purgeDeadLetters(client, rows)),
    onBatch: run.onBatch,
  });
}
