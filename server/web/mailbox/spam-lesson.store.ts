// Rows of mailbox_spam_lesson: what people called spam or not, until rspamd has learnt it.
import type { Queryable } from '../../infra/db/pool.ts';

export interface SpamLesson {
  accountId: string;
  wildduckUserId: string;
  folderId: string;
  uid: number;
  spam: boolean;
}

/** After this many tries without an answer a lesson is given up. */
const TRY_LIMIT = 30;

export async function noteLessons(db: Queryable, accountId: string, spam: boolean, places: readonly { folderId: string; uid: number }[]): Promise<void> {
  await db.query(
    `INSERT INTO mailbox_spam_lesson (account_id, folder_id, uid, spam) SELECT $1, p.folder_id, p.uid, $2 FROM unnest($3::text[], $4::bigint[]) AS p (folder_id, uid)
     ON CONFLICT (account_id, folder_id, uid) DO UPDATE SET spam = excluded.spam, due_at = excluded.due_at, tries = 0`,
    [accountId, spam, places.map((place) => place.folderId), places.map((place) => place.uid)],
  );
}

/** Claims lessons that are due, for a minute. */
export async function claimLessons(db: Queryable, limit: number): Promise<SpamLesson[]> {
  const { rows } = await db.query<SpamLesson>(
    `UPDATE mailbox_spam_lesson l SET tries = l.tries + 1, due_at = now() + interval '1 minute' FROM account a
     WHERE a.id = l.account_id AND (l.account_id, l.folder_id, l.uid) IN (
       SELECT account_id, folder_id, uid FROM mailbox_spam_lesson WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING l.account_id AS "accountId", a.wildduck_user_id AS "wildduckUserId", l.folder_id AS "folderId", l.uid, l.spam`,
    [limit],
  );
  return rows;
}

export async function dropLesson(db: Queryable, lesson: SpamLesson): Promise<void> {
  await db.query('DELETE FROM mailbox_spam_lesson WHERE account_id = $1 AND folder_id = $2 AND uid = $3', [lesson.accountId, lesson.folderId, lesson.uid]);
}

export async function dropHopelessLessons(db: Queryable): Promise<void> {
  await db.query(`DELETE FROM mailbox_spam_lesson WHERE tries >= ${TRY_LIMIT}`);
}
