// One conversation with its messages, from the index alone; bodies are the mail store's.
import type { Queryable } from '../infra/db/pool.ts';
import type { ConversationDetail, ItemPlace, MessageRow, Person, SpecialUse } from './types.ts';

/** A reader is given this many messages, the newest. */
export const CONVERSATION_LIMIT = 500;

interface MessageRecord {
  folder_id: string;
  uid: number;
  message_key: string;
  conversation_id: string;
  path: string;
  special_use: SpecialUse | null;
  internet_id: string;
  subject: string;
  from_name: string;
  from_address: string;
  reply_to: Person[];
  to_list: Person[];
  cc_list: Person[];
  bcc_list: Person[];
  list_id: string | null;
  snippet: string;
  size_bytes: number;
  has_attachment: boolean;
  sent_at: Date;
  received_at: Date;
  unread: boolean;
  starred: boolean;
  draft: boolean;
  answered: boolean;
  forwarded: boolean;
  labels: string[];
}

const MESSAGE_COLUMNS = `i.folder_id, i.uid, i.message_key, i.conversation_id, f.path, f.special_use, m.internet_id,
  m.subject, m.from_name, m.from_address, m.reply_to, m.to_list, m.cc_list, m.bcc_list, m.list_id, m.snippet,
  m.size_bytes, m.has_attachment, m.sent_at, i.received_at, i.unread, i.starred, i.draft, i.answered, i.forwarded, i.labels`;

const MESSAGE_JOINS = `mailbox_item i
  JOIN mailbox_folder f ON f.account_id = i.account_id AND f.folder_id = i.folder_id
  JOIN mailbox_message m ON m.account_id = i.account_id AND m.message_key = i.message_key`;

/** SQL: a reminder brought the sent message `m`, `i` back as a copy, which is shown in its place: it is what can be read and put away. */
const BROUGHT_BACK = `EXISTS (
  SELECT 1 FROM mailbox_reminder r
    JOIN mailbox_message c ON c.account_id = r.account_id AND c.conversation_id = i.conversation_id AND c.internet_id = r.internet_id
    JOIN mailbox_item ci ON ci.account_id = c.account_id AND ci.message_key = c.message_key AND NOT ci.deleted
    JOIN mailbox_folder cf ON cf.account_id = ci.account_id AND cf.folder_id = ci.folder_id AND coalesce(cf.special_use, '') NOT IN ('junk', 'trash')
   WHERE r.account_id = i.account_id AND r.internet_id = m.internet_id AND c.message_key <> m.message_key
     AND c.from_address = m.from_address AND c.sent_at = m.sent_at AND c.received_at > m.received_at)`;

/**
 * A conversation's messages, oldest first; null when the account has no such conversation, or nothing of it can
 * be shown. Seen from Junk or Trash (`folderId`): only what lies there. Seen from elsewhere: everything outside
 * those two. A message that stands in several folders comes once, from `folderId` where it is there.
 */
export async function getConversation(
  db: Queryable,
  { accountId, conversationId, folderId }: { accountId: string; conversationId: string; folderId?: string | undefined },
): Promise<ConversationDetail | null> {
  if (!isUuid(conversationId)) return null;
  const { rows } = await db.query<MessageRecord & { total: number }>({
    text: `WITH seen AS (
             SELECT DISTINCT ON (i.message_key) ${MESSAGE_COLUMNS}
             FROM ${MESSAGE_JOINS}
             WHERE i.account_id = $1 AND i.conversation_id = $2 AND NOT i.deleted AND NOT f.hidden AND NOT ${BROUGHT_BACK}
               AND CASE WHEN EXISTS (SELECT 1 FROM mailbox_folder t WHERE t.account_id = $1 AND t.folder_id = $3
                                       AND t.special_use IN ('junk', 'trash'))
                        THEN i.folder_id = $3 ELSE f.special_use IS NULL OR f.special_use NOT IN ('junk', 'trash') END
             ORDER BY i.message_key, (i.folder_id = $3) IS TRUE DESC, f.special_use IS NULL, i.uid
           )
           SELECT seen.*, (count(*) OVER ())::int AS total FROM seen ORDER BY received_at DESC, uid DESC LIMIT $4`,
    values: [accountId, conversationId, folderId ?? null, CONVERSATION_LIMIT],
  });
  const newest = rows[0];
  if (!newest) return null;
  const messages = rows.reverse().map(toMessageRow);
  return { conversationId, subject: messages[0]!.subject, messages, omitted: newest.total - messages.length };
}

/** One message by its place; null when the account has none there. */
export async function getMessageRow(db: Queryable, accountId: string, place: ItemPlace): Promise<MessageRow | null> {
  return (await getMessageRows(db, accountId, [place]))[0] ?? null;
}

/** Messages by their places, in no particular order; those that are gone are missing. */
export async function getMessageRows(db: Queryable, accountId: string, places: readonly ItemPlace[]): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRecord>({
    text: `SELECT ${MESSAGE_COLUMNS} FROM ${MESSAGE_JOINS}
           JOIN unnest($2::text[], $3::bigint[]) AS p (folder_id, uid) ON i.folder_id = p.folder_id AND i.uid = p.uid
           WHERE i.account_id = $1`,
    values: [accountId, places.map((place) => place.folderId), places.map((place) => place.uid)],
  });
  return rows.map(toMessageRow);
}

/** Where the messages of conversations are, for acting on them; with `folderId`, only those in that folder. */
export async function placesOfConversations(
  db: Queryable,
  { accountId, conversationIds, folderId }: { accountId: string; conversationIds: readonly string[]; folderId?: string | undefined },
): Promise<(ItemPlace & { conversationId: string; folderUse: SpecialUse | null; receivedAt: Date; unread: boolean; starred: boolean; labels: string[]; messageKey: string })[]> {
  const { rows } = await db.query<{
    conversation_id: string; folder_id: string; uid: number; special_use: SpecialUse | null;
    received_at: Date; unread: boolean; starred: boolean; labels: string[]; message_key: string;
  }>({
    text: `SELECT i.conversation_id, i.folder_id, i.uid, f.special_use, i.received_at, i.unread, i.starred, i.labels, i.message_key
           FROM mailbox_item i
           JOIN mailbox_folder f ON f.account_id = i.account_id AND f.folder_id = i.folder_id
           WHERE i.account_id = $1 AND i.conversation_id = ANY($2::uuid[]) AND ($3::text IS NULL OR i.folder_id = $3)
             AND NOT i.deleted AND NOT f.hidden
           ORDER BY i.received_at, i.uid`,
    values: [accountId, conversationIds.filter(isUuid), folderId ?? null],
  });
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    folderId: row.folder_id,
    uid: row.uid,
    folderUse: row.special_use,
    receivedAt: row.received_at,
    unread: row.unread,
    starred: row.starred,
    labels: row.labels,
    messageKey: row.message_key,
  }));
}

/** Every message's conversation, by message key: kept over a rebuild so that conversations keep their ids. */
export async function conversationIds(db: Queryable, accountId: string): Promise<Map<string, string>> {
  const { rows } = await db.query<{ message_key: string; conversation_id: string }>(
    'SELECT message_key, conversation_id FROM mailbox_message WHERE account_id = $1',
    [accountId],
  );
  return new Map(rows.map((row) => [row.message_key, row.conversation_id]));
}

function toMessageRow(record: MessageRecord): MessageRow {
  return {
    folderId: record.folder_id,
    uid: record.uid,
    messageKey: record.message_key,
    conversationId: record.conversation_id,
    folderPath: record.path,
    folderUse: record.special_use,
    internetId: record.internet_id,
    subject: record.subject,
    from: { name: record.from_name, address: record.from_address },
    replyTo: record.reply_to,
    to: record.to_list,
    cc: record.cc_list,
    bcc: record.bcc_list,
    listId: record.list_id,
    snippet: record.snippet,
    sizeBytes: record.size_bytes,
    hasAttachment: record.has_attachment,
    sentAt: record.sent_at,
    receivedAt: record.received_at,
    unread: record.unread,
    starred: record.starred,
    draft: record.draft,
    answered: record.answered,
    forwarded: record.forwarded,
    labels: record.labels,
  };
}

/** Whether a text can be a conversation's id. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
