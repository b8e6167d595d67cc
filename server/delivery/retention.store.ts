// Letting go of what is past its time: whole day partitions of messages and events, and the blobs of those days.
// A partition that a live delivery still needs stays, however old.
import type { BlobStore } from '../infra/blobs/blob-store.ts';
import type { Pool } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';

export interface RetentionDays {
  /** Contents, also of dead letters: so long they can be replayed. */
  messages: number;
  events: number;
}

export const DEFAULT_RETENTION: RetentionDays = { messages: 14, events: 30 };

export interface Partition {
  name: string;
  /** YYYY-MM-DD, UTC. */
  day: string;
}

/** Drops what is older than the retention. Safe to run from several processes and to be killed at any point. */
export async function dropOldPartitions(
  deps: { pool: Pool; blobs: BlobStore; log: Logger },
  days: RetentionDays,
  now: Date,
): Promise<{ messages: number; events: number }> {
  let messages = 0;
  for (const partition of await partitionsOlderThan(deps.pool, 'outgoing_message', days.messages, now)) {
    const live = await deps.pool.query(
      `SELECT 1 FROM delivery WHERE queue_id < uuid_v7_floor(($1::date + 1)::timestamp AT TIME ZONE 'UTC') LIMIT 1`,
      [partition.day],
    );
    if (live.rowCount !== 0) {
      deps.log.info({ partition: partition.name }, 'kept past its time: deliveries of that day or before are unfinished');
      break;
    }
    // Blobs first: killed in between, the next run finds the partition again.
    await deps.blobs.delete(`outgoing/${partition.day}/`);
    await dropTable(deps.pool, partition.name);
    messages++;
  }
  await deps.pool.query(`DELETE FROM dead_letter WHERE at < now() - $1 * interval '1 day'`, [days.messages]);
  const events = await partitionsOlderThan(deps.pool, 'delivery_event', days.events, now);
  for (const partition of events) await dropTable(deps.pool, partition.name);
  return { messages, events: events.length };
}

function dayBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10);
}

/** The day partitions of a table that are older than `days` days at `now`, oldest first. */
export async function partitionsOlderThan(pool: Pool, table: string, days: number, now: Date): Promise<Partition[]> {
  const day = dayBefore(now, days);
  const result = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = $1::regclass ORDER BY c.relname`,
    [table],
  );
  return result.rows
    .map(({ name }) => ({ name, day: name.slice(-8).replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3') }))
    .filter((partition) => partition.day < day);
}

/** Gives up after two seconds of waiting for its lock: accept must not queue up behind it. The next run tries again. */
export async function dropTable(pool: Pool, name: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SET lock_timeout = '2s'`);
    await client.query(`DROP TABLE IF EXISTS ${client.escapeIdentifier(name)}`);
  } finally {
    await client.query('RESET lock_timeout').catch(() => undefined);
    client.release();
  }
}
