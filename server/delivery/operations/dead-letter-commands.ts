// Replaying and purging dead letters, many at a time in small transactions; cut short, whole batches are done.
import type { Pool, PoolClient } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { type DeadLetterFilter, lockDeadLetters, purgeDeadLetters, replayDeadLetters } from './dead-letters.store.ts';
import type { Order } from './queue-commands.store.ts';
import type { RowKey } from './selection.store.ts';

export interface DeadLetterRun {
  kind: 'replay' | 'purge';
  filter: DeadLetterFilter;
  order: Order;
  now: Date;
  batchSize?: number;
  /** In each batch's transaction, with how many it changed. */
  onBatch(client: PoolClient, changed: number): Promise<void>;
}

const DEFAULT_BATCH = 500;
/** Given up in the same moment as the command began: still the command's. */
const CLOCK_SLACK_MS = 1_000;

/** @returns how many were sent again, or thrown away */
export async function runDeadLetters(pool: Pool, run: DeadLetterRun): Promise<number> {
  const limit = run.batchSize ?? DEFAULT_BATCH;
  let after: RowKey | null = null;
  let total = 0;
  for (;;) {
    const batch = { after, before: new Date(run.now.getTime() + CLOCK_SLACK_MS), limit };
    const { last, found, changed } = await withTransaction(pool, async (client) => {
      const rows = await lockDeadLetters(client, run.filter, batch);
      const done = rows.length === 0 ? 0 : await (run.kind === 'replay' ? replayDeadLetters(client, rows, run.order) : purgeDeadLetters(client, rows));
      if (done > 0) await run.onBatch(client, done);
      return { last: rows.at(-1) ?? null, found: rows.length, changed: done };
    });
    total += changed;
    if (found < limit) return total;
    after = last;
  }
}
