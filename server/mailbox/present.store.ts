// Which messages the mailbox has, as imports and exports ask.
import type { Queryable } from '../infra/db/pool.ts';

export interface PresentMessage {
  internetId: string;
  folderId: string;
  uid: number;
}

/** One place of each message with one of these Message-IDs, wherever it lies. */
export async function messagesByInternetId(db: Queryable, accountId: string, internetIds: readonly string[]): Promise<PresentMessage[]> {
  if (internetIds.length === 0) return [];
  const { rows } = await db.query<PresentMessage>(
    `SELECT DISTINCT ON (m.message_key) m.internet_id AS "internetId", i.folder_id AS "folderId", i.uid
       FROM unnest($2::text[]) AS wanted (id)
       JOIN mailbox_message m ON m.account_id = $1 AND hashtextextended(m.internet_id, 0) = hashtextextended(wanted.id, 0) AND m.internet_id = wanted.id
       JOIN mailbox_item i ON i.account_id = m.account_id AND i.message_key = m.message_key AND NOT i.deleted
      ORDER BY m.message_key`,
    [accountId, internetIds],
  );
  return rows;
}

/** Messages that arrived at exactly these moments: for those without a Message-ID. */
export async function messagesByArrival(db: Queryable, accountId: string, moments: readonly Date[]): Promise<Omit<PresentMessage, 'internetId'>[]> {
  if (moments.length === 0) return [];
  const { rows } = await db.query<Omit<PresentMessage, 'internetId'>>(
    'SELECT folder_id AS "folderId", uid FROM mailbox_item WHERE account_id = $1 AND received_at = ANY ($2::timestamptz[]) AND NOT deleted LIMIT 500', [accountId, moments],
  );
  return rows;
}

export interface ExportedMessage {
  folderId: string;
  uid: number;
  fromAddress: string;
  receivedAt: Date;
  subject: string;
  unread: boolean;
  starred: boolean;
  draft: boolean;
  answered: boolean;
  forwarded: boolean;
  labels: string[];
}

const EXPORTED = `i.folder_id AS "folderId", i.uid, m.from_address AS "fromAddress", i.received_at AS "receivedAt", m.subject, i.unread, i.starred, i.draft, i.answered, i.forwarded, i.labels`;

/** Messages of a folder in the order of their UIDs, above `afterUid`. */
export async function messagesOfFolder(db: Queryable, accountId: string, folderId: string, afterUid: number, limit: number): Promise<ExportedMessage[]> {
  const { rows } = await db.query<ExportedMessage>(
    `SELECT ${EXPORTED} FROM mailbox_item i JOIN mailbox_message m ON m.account_id = i.account_id AND m.message_key = i.message_key
      WHERE i.account_id = $1 AND i.folder_id = $2 AND i.uid > $3 AND NOT i.deleted ORDER BY i.uid LIMIT $4`,
    [accountId, folderId, afterUid, limit],
  );
  return rows;
}

/** Messages with a label (a keyword in any case) in the order of their places, after one. Spam and Trash aside. */
export async function messagesOfLabel(
  db: Queryable, accountId: string, keyword: string, after: { folderId: string; uid: number }, limit: number,
): Promise<ExportedMessage[]> {
  const { rows } = await db.query<ExportedMessage>(
    `SELECT ${EXPORTED} FROM mailbox_item i JOIN mailbox_message m ON m.account_id = i.account_id AND m.message_key = i.message_key
       JOIN mailbox_folder f ON f.account_id = i.account_id AND f.folder_id = i.folder_id AND f.special_use IS DISTINCT FROM 'junk' AND f.special_use IS DISTINCT FROM 'trash'
      WHERE i.account_id = $1 AND (i.folder_id, i.uid) > ($2, $3) AND NOT i.deleted
        AND EXISTS (SELECT 1 FROM unnest(i.labels) AS label WHERE lower(label) = lower($4)) ORDER BY i.folder_id, i.uid LIMIT $5`,
    [accountId, after.folderId, after.uid, keyword, limit],
  );
  return rows;
}

/** How many messages these folders hold. */
export async function countMessages(db: Queryable, accountId: string, folderIds: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ n: number }>('SELECT coalesce(sum(messages), 0)::int AS n FROM mailbox_folder WHERE account_id = $1 AND folder_id = ANY ($2)', [accountId, folderIds]);
  return rows[0]!.n;
}
