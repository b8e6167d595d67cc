// Whom an account writes to and hears from, from the newest rows of the mailbox index.
import type { Queryable } from '../../infra/db/pool.ts';

export interface Correspondent {
  name: string;
  address: string;
  /** Written to (rather than only heard from). */
  writtenTo: boolean;
  lastAt: Date;
}

/** Rows looked at per folder: a range scan of some ten milliseconds whatever the mailbox's size. */
const ROWS_PER_FOLDER = 1500;

/** One entry per row and person; the newest first. */
export async function recentCorrespondents(db: Queryable, accountId: string): Promise<Correspondent[]> {
  const { rows } = await db.query<Correspondent>({
    name: 'web-recent-correspondents',
    text: `SELECT coalesce(person->>'name', '') AS name, person->>'address' AS address,
                  f.special_use = 'sent' AS "writtenTo", r.latest_at AS "lastAt"
             FROM mailbox_folder f
             CROSS JOIN LATERAL (
               SELECT latest_at, participants, recipients FROM mailbox_conversation_folder
                WHERE account_id = $1 AND folder_id = f.folder_id ORDER BY latest_at DESC LIMIT ${ROWS_PER_FOLDER}) r
             CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN f.special_use = 'sent' THEN r.recipients ELSE r.participants END) person
            WHERE f.account_id = $1 AND f.special_use IN ('inbox', 'sent', 'archive') AND person->>'address' <> ''
            ORDER BY r.latest_at DESC`,
    values: [accountId],
  });
  return rows;
}
