// Group commit: concurrent enqueue calls of one process share a statement and its flush to disk. A lone call
// is written at once; what arrives while writes are under way makes the next batch.
import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionFault, isPassingFault, sqlState } from '../infra/db/faults.ts';
import type { Pool } from '../infra/db/pool.ts';
import { ensurePartitions, ensurePartitionsAround, type InsertResult, insertMessages, selectStored, type StorableMessage } from './enqueue.store.ts';
import { queueIdTime } from './queue-id.ts';

const MAX_BATCH_MESSAGES = 250;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** One batch is written while another is being prepared; more would only make batches smaller. */
const MAX_WRITES = 2;
/** A database that restarts is back within seconds; a caller with an SMTP client waits that long. */
const RETRY_DELAYS_MS = [50, 200, 500, 1_000, 2_000, 4_000];

export interface AcceptBatch {
  /** Resolves once the commit is on disk; null when its idempotency key was taken. */
  add(message: StorableMessage): Promise<InsertResult | null>;
}

interface Waiting {
  message: StorableMessage;
  resolve(result: InsertResult | null): void;
  reject(error: unknown): void;
}

export function acceptBatch(pool: Pool): AcceptBatch {
  const waiting: Waiting[] = [];
  let writes = 0;

  function pump(): void {
    while (writes < MAX_WRITES && waiting.length > 0) {
      const batch = takeBatch(waiting);
      writes++;
      void write(pool, batch).finally(() => {
        writes--;
        pump();
      });
    }
  }

  return {
    add: (message) =>
      new Promise((resolve, reject) => {
        waiting.push({ message, resolve, reject });
        // After this turn of the event loop, so that calls of the same turn share the first batch.
        if (writes < MAX_WRITES) setImmediate(pump);
      }),
  };
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const { message } of waiting) {
    bytes += message.contentBlob === null ? message.content.length : 0;
    if (count > 0 && (count >= MAX_BATCH_MESSAGES || bytes > MAX_BATCH_BYTES)) break;
    count++;
  }
  return waiting.splice(0, count);
}

async function write(pool: Pool, batch: Waiting[]): Promise<void> {
  try {
    const stored = await store(pool, batch.map((entry) => entry.message));
    for (const entry of batch) entry.resolve(stored.get(entry.message.queueId) ?? null);
  } catch (error) {
    if (batch.length === 1 || isConnectionFault(error)) {
      for (const entry of batch) entry.reject(error);
      return;
    }
    // One message's data spoilt the statement for all: each on its own, so that only that one fails.
    for (const entry of batch) await write(pool, [entry]);
  }
}

/**
 * Inserts, and finds out after a broken connection whether the commit had happened: the ids are ours, so
 * asking for them tells. Without this, a caller would be told to try again and the message go out twice.
 */
async function store(pool: Pool, messages: StorableMessage[]): Promise<Map<string, InsertResult>> {
  for (let attempt = 0; ; attempt++) {
    try {
      const known = attempt === 0 ? new Set<string>() : await selectStored(pool, messages.map((message) => message.queueId));
      const missing = messages.filter((message) => !known.has(message.queueId));
      const stored = missing.length > 0 ? await insertMessages(pool, missing) : new Map<string, InsertResult>();
      for (const queueId of known) stored.set(queueId, { kind: 'stored' });
      return stored;
    } catch (error) {
      const delayMs = RETRY_DELAYS_MS[attempt];
      if (delayMs === undefined) throw error;
      if (isMissingPartition(error)) {
        await ensurePartitions(pool, 2);
        await ensurePartitionsAround(pool, new Date(queueIdTime(messages[0]!.queueId)));
      } else if (isPassingFault(error) || (attempt > 0 && sqlState(error) === '23505')) await sleep(delayMs);
      else throw error;
    }
  }
}

/** The clock stands on a day without partitions: the scheduler was down for days, or the clock stepped. */
function isMissingPartition(error: unknown): boolean {
  return sqlState(error) === '23514' && (error as Error).message.includes('no partition');
}
