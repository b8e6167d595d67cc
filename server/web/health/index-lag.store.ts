// How far the mailbox index is behind, over all accounts.
import type { Queryable } from '../../infra/db/pool.ts';

export interface IndexLag {
  accounts: number;
  /** Accounts whose index is being built from nothing. */
  building: number;
  /** Since any account's journal was last read; null when that never happened. */
  followedSecondsAgo: number | null;
}

export async function indexLag(db: Queryable): Promise<IndexLag> {
  const { rows } = await db.query<IndexLag>(
    `SELECT count(*)::int AS accounts, count(*) FILTER (WHERE state = 'building')::int AS building,
            extract(epoch FROM now() - max(followed_at))::float8 AS "followedSecondsAgo" FROM mailbox_account`,
  );
  return rows[0]!;
}
