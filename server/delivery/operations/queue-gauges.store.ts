// The queue in numbers, for metrics: one statement for what a look at the whole queue tells, one for the rest.
import type { Queryable } from '../../infra/db/pool.ts';

export interface QueueNumbers {
  lane: string;
  state: string;
  count: number;
  /** Age of the oldest message, in seconds. */
  oldestSeconds: number;
  /** Attempting, and the lease has ended. */
  leaseEnded: number;
}

/** By lane and state. Reads the whole queue: the caller bounds how often. */
export async function queueNumbers(db: Queryable): Promise<QueueNumbers[]> {
  const { rows } = await db.query<QueueNumbers>(
    `SELECT lane, state, count(*) AS count, count(*) FILTER (WHERE state = 'attempting' AND due_at < now()) AS "leaseEnded",
            greatest(0, extract(epoch FROM now()) - ('x' || left(replace(min(queue_id::text), '-', ''), 12))::bit(48)::bigint / 1000.0)::float8 AS "oldestSeconds"
       FROM delivery GROUP BY lane, state`,
  );
  return rows;
}

export interface StandingNumbers {
  deadLetters: Record<string, number>;
  suspensions: Record<string, number>;
  /** By level, subjects that reputation judges so. */
  reputation: Record<string, number>;
  /** By table, how many whole days ahead partitions exist. */
  partitionDaysAhead: Record<string, number>;
}

export async function standingNumbers(db: Queryable): Promise<StandingNumbers> {
  const [letters, suspensions, reputation, partitions] = await Promise.all([
    db.query<{ name: string; count: number }>('SELECT outcome AS name, count(*) AS count FROM dead_letter GROUP BY 1'),
    db.query<{ name: string; count: number }>('SELECT scope AS name, count(*) AS count FROM delivery_suspension WHERE until IS NULL OR until > now() GROUP BY 1'),
    db.query<{ name: string; count: number }>('SELECT level AS name, count(*) AS count FROM reputation_state GROUP BY 1'),
    db.query<{ name: string; count: number }>(
      `SELECT p.relname AS name, max(to_date(right(c.relname, 8), 'YYYYMMDD')) - (now() AT TIME ZONE 'UTC')::date AS count
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
        WHERE c.relname ~ '_\\d{8}$' AND p.relnamespace = 'public'::regnamespace GROUP BY 1`,
    ),
  ]);
  const record = ({ rows }: { rows: { name: string; count: number }[] }) => Object.fromEntries(rows.map((row) => [row.name, row.count]));
  return { deadLetters: record(letters), suspensions: record(suspensions), reputation: record(reputation), partitionDaysAhead: record(partitions) };
}
