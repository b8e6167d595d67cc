// An account's index removed altogether: before it is built from nothing, and when the account goes.
import type { Pool } from '../infra/db/pool.ts';

/** In this order: what refers before what is referred to. */
const TABLES = [
  'mailbox_conversation_folder', 'mailbox_search', 'mailbox_search_bucket', 'mailbox_item', 'mailbox_message',
  'mailbox_thread_ref', 'mailbox_conversation', 'mailbox_folder',
] as const;
const CHUNK = 5000;

/** Removes all rows of an account's index, in steps. The account's own row stays, as `building` and without a position. */
export async function dropIndex(pool: Pool, accountId: string): Promise<void> {
  await pool.query(
    `UPDATE mailbox_account SET state = 'building', journal_id = NULL, compared_at = NULL, revision = revision + 1
     WHERE account_id = $1`,
    [accountId],
  );
  for (const table of TABLES) {
    for (let removed = CHUNK; removed === CHUNK; ) {
      const result = await pool.query(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE account_id = $1 LIMIT ${CHUNK}))`,
        [accountId],
      );
      removed = result.rowCount ?? 0;
    }
  }
}
