// How long the queue is, for back-pressure: an estimate that costs nothing while it is short, a count when it matters.
import type { Queryable } from '../infra/db/pool.ts';

/**
 * Unfinished deliveries. The statistics' estimate, which may be off after a crash or before a vacuum; where it reaches
 * `exactFrom`, a count (some 100 ms a million).
 */
export async function countBacklog(db: Queryable, exactFrom: number): Promise<number> {
  const estimate = await db.query<{ rows: number }>({
    name: 'backlog-estimate',
    text: `SELECT greatest(s.n_live_tup, c.reltuples::bigint, 0) AS rows
             FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.oid = 'delivery'::regclass`,
  });
  const rows = estimate.rows[0]?.rows ?? 0;
  if (rows < exactFrom) return rows;
  const exact = await db.query<{ rows: number }>('SELECT count(*) AS rows FROM delivery');
  return exact.rows[0]!.rows;
}
