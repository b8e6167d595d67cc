// Upkeep of the full-text index itself.
import type { Pool } from '../infra/db/pool.ts';

/**
 * Has PostgreSQL merge the words that wait in the index's pending list. Called after batches with contents:
 * a search reads the pending list from end to end, so it is kept short.
 */
export async function mergePendingTerms(pool: Pool): Promise<void> {
  await pool.query(`SELECT gin_clean_pending_list('mailbox_search_terms_idx'::regclass)`);
}
