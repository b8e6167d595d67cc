// A folder's (or view's) conversations, newest first, page by page: one index range scan whatever the size.
import type { Queryable } from '../infra/db/pool.ts';
import type { ConversationRow, Person } from './types.ts';

export const PAGE_LIMIT = 100;

export interface ListQuery {
  accountId: string;
  /** A folder's id, `starred`, or `label:<name>`. */
  folderId: string;
  /** From the page before. */
  cursor?: string | undefined;
  /** 1 to 100. */
  limit: number;
  filter?: 'unread' | 'starred' | undefined;
}

export interface ConversationPage {
  rows: ConversationRow[];
  /** Pass on for the next page; null at the end. */
  nextCursor: string | null;
}

/** The cursor was not made by this list. */
export class CursorError extends Error {
  override name = 'CursorError';
}

export interface ConversationRecord {
  folder_id: string;
  conversation_id: string;
  latest_at: Date;
  latest_folder_id: string;
  latest_uid: number;
  folder_messages: number;
  folder_unread: number;
  message_count: number;
  starred: boolean;
  has_attachment: boolean;
  has_draft: boolean;
  answered: boolean;
  labels: string[];
  subject: string;
  snippet: string;
  participants: Person[];
  recipients: Person[];
}

export const CONVERSATION_COLUMNS = `r.folder_id, r.conversation_id, r.latest_at, r.latest_folder_id, r.latest_uid,
  r.folder_messages, r.folder_unread, r.message_count, r.starred, r.has_attachment, r.has_draft, r.answered, r.labels,
  r.subject, r.snippet, r.participants, r.recipients`;

/** Written into the statement, not bound: the planner must see it to choose the partial index. */
const FILTERS = { unread: 'AND r.folder_unread > 0', starred: 'AND r.starred' } as const;

/**
 * One page of a folder. An unknown folder, or another account's, is an empty one.
 * @throws CursorError when the cursor is malformed
 */
export async function listConversations(db: Queryable, query: ListQuery): Promise<ConversationPage> {
  const limit = Math.min(Math.max(1, query.limit), PAGE_LIMIT);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 'conversation');
  // Unnamed on purpose: a named statement keeps the plan of its first days, when the table was empty.
  const { rows } = await db.query<ConversationRecord>({
    text: listStatement(query.filter, after !== null),
    values: [query.accountId, query.folderId, limit + 1, ...(after ? [after.at, after.id] : [])],
  });
  const page = rows.slice(0, limit).map(toConversationRow);
  const last = page.at(-1);
  return {
    rows: page,
    nextCursor: rows.length > limit && last ? encodeCursor({ at: last.latestAt, id: last.conversationId }) : null,
  };
}

/** The list's SQL; also for EXPLAIN in its test. */
export function listStatement(filter: 'unread' | 'starred' | undefined, hasCursor: boolean): string {
  return `SELECT ${CONVERSATION_COLUMNS} FROM mailbox_conversation_folder r
    WHERE r.account_id = $1 AND r.folder_id = $2 ${filter ? FILTERS[filter] : ''}
      ${hasCursor ? 'AND (r.latest_at, r.conversation_id) < ($4::timestamptz, $5::uuid)' : ''}
    ORDER BY r.latest_at DESC, r.conversation_id DESC LIMIT $3`;
}

export function toConversationRow(record: ConversationRecord): ConversationRow {
  return {
    conversationId: record.conversation_id,
    folderId: record.folder_id,
    latestAt: record.latest_at,
    latest: { folderId: record.latest_folder_id, uid: record.latest_uid },
    subject: record.subject,
    snippet: record.snippet,
    participants: record.participants,
    recipients: record.recipients,
    messageCount: record.message_count,
    folderMessages: record.folder_messages,
    unreadCount: record.folder_unread,
    starred: record.starred,
    hasAttachment: record.has_attachment,
    hasDraft: record.has_draft,
    answered: record.answered,
    labels: record.labels,
  };
}

export interface CursorPosition {
  at: Date;
  /** What breaks ties at one moment: a conversation's id, or a message's key. */
  id: string;
}

/** A page's end as an opaque text for URLs. */
export function encodeCursor(position: CursorPosition): string {
  return Buffer.from(`${position.at.getTime().toString(36)}.${position.id}`).toString('base64url');
}

/** What a list's ties are broken by. */
const CURSOR_IDS = { conversation: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, message: /^[0-9a-f]{24}$/ } as const;

/** @throws CursorError when it is not one that encodeCursor made for such a list */
export function decodeCursor(cursor: string, ids: keyof typeof CURSOR_IDS): CursorPosition {
  const match = /^(-?[0-9a-z]{1,9})\.([0-9a-f-]+)$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const at = match ? parseInt(match[1]!, 36) : NaN;
  if (!match || !Number.isSafeInteger(at) || !CURSOR_IDS[ids].test(match[2]!)) throw new CursorError('malformed cursor');
  return { at: new Date(at), id: match[2]! };
}
