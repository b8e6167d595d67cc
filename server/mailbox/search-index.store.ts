// Upkeep of what PostgreSQL keeps beside the rows: the full-text index itself, and the planner's statistics.
import type { Pool } from '../infra/db/pool.ts';

/**
 * Has PostgreSQL merge the words that wait in the index's pending list. Called after batches with contents:
 * a search reads the pending list from end to end, so it is kept short.
 */
export async function mergePendingTerms(pool: Pool): Promise<void> {
  await pool.query(`SELECT gin_clean_pending_list('mailbox_search_terms_idx'::regclass)`);
}

/**
 * Has PostgreSQL look at the index's tables when it believes them smaller than what one build alone has written. Until it
 * does so by itself, a minute after, it takes every account for one row, and reads whole accounts for each batch.
 */
export async function refreshStatistics(pool: Pool, written: number): Promise<void> {
  const { rows } = await pool.query<{ believed: number }>(`SELECT reltuples::float8 AS believed FROM pg_class WHERE oid = 'mailbox_item'::regclass`);
  if (rows[0]!.believed >= written) return;
  await pool.query('ANALYZE mailbox_item, mailbox_message, mailbox_conversation, mailbox_conversation_folder, mailbox_thread_ref');
}
