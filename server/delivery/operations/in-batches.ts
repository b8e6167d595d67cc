// Orders to many rows go in small transactions: none holds locks for long, and one that is cut short leaves whole
// batches done. Owns the walk; which rows and what is done to them are the callers'.
import type { Pool, PoolClient } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { RowKey } from './selection.store.ts';

export interface BatchWalk {
  /** Rows in one transaction (500). */
  batchSize?: number | undefined;
  /** Locks up to `limit` rows after a key, in the order of keys. */
  lock(client: PoolClient, after: RowKey | null, limit: number): Promise<readonly RowKey[]>;
  /** @returns how many of the rows it changed */
  carryOut(client: PoolClient, rows: readonly RowKey[]): Promise<number>;
  /** In each batch's transaction, with how many rows it changed. */
  onBatch(client: PoolClient, changed: number): Promise<void>;
}

const DEFAULT_BATCH = 500;

/** @returns how many rows were changed in all */
export async function inBatches(pool: Pool, walk: BatchWalk): Promise<number> {
  const limit = walk.batchSize ?? DEFAULT_BATCH;
  let after: RowKey | null = null;
  let total = 0;
  for (;;) {
    const from: RowKey | null = after;
    const { last, found, changed } = await withTransaction(pool, async (client) => {
      const rows = await walk.lock(client, from, limit);
      const done = rows.length > 0 ? await walk.carryOut(client, rows) : 0;
      if (done > 0) await walk.onBatch(client, done);
      return { last: rows.at(-1) ?? null, found: rows.length, changed: done };
    });
    total += changed;
    if (found < limit) return total;
    after = last;
  }
}
