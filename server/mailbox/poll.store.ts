// How far the store's journal has been looked through for all accounts. Shared by all indexers.
import type { Queryable } from '../infra/db/pool.ts';

export interface PollState {
  polledAt: Date;
  /** Polls have come often enough since then that no entry of the journal expired unseen. */
  gaplessSince: Date;
}

/** The latest poll of any indexer; null when there was none. */
export async function readPollState(db: Queryable): Promise<PollState | null> {
  const { rows } = await db.query<{ polled_at: Date; gapless_since: Date }>('SELECT polled_at, gapless_since FROM mailbox_poll');
  const row = rows[0];
  return row ? { polledAt: row.polled_at, gaplessSince: row.gapless_since } : null;
}

/** Notes a poll down; one that is older than what is noted changes nothing. */
export async function savePollState(db: Queryable, { polledAt, gaplessSince }: PollState): Promise<void> {
  await db.query(
    `INSERT INTO mailbox_poll AS p (polled_at, gapless_since) VALUES ($1, $2)
     ON CONFLICT (only_row) DO UPDATE SET polled_at = excluded.polled_at, gapless_since = excluded.gapless_since
     WHERE p.polled_at < excluded.polled_at`,
    [polledAt, gaplessSince],
  );
}
