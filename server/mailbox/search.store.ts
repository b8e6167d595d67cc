// Search over the index, newest first. What a query means is search-query.ts's, what is asked of PostgreSQL
// search-plan.ts's; here is how it is asked so that neither common nor rare words take long.
import type { Queryable } from '../infra/db/pool.ts';
import { decodeCursor, encodeCursor, CONVERSATION_COLUMNS, PAGE_LIMIT, toConversationRow, type ConversationPage, type ConversationRecord, type CursorPosition } from './list.store.ts';
import { keywordsFor } from './label-keyword.ts';
import { namedLabels } from './label.store.ts';
import { foldersAndViews, type IndexedFolder, type IndexedView } from './folder.store.ts';
import { parseSearch } from './search-query.ts';
import { planSearch, type SearchPlan } from './search-plan.ts';
import { earlierStatement, FIRST_FREE_PARAMETER, matchStatement, parameters, type Reader } from './search-statement.store.ts';
import { STARRED_VIEW } from './types.ts';
import { foldText } from './words.ts';

/** What only this many messages can fulfil (in a folder, unread, with a label) is read through, not every match looked up. */
const FEW = 3000;
/** Rounds of reading for one page: a thread of thousands of matches takes several. */
const ROUND_LIMIT = 12;

export interface SearchQuery {
  accountId: string;
  /** As typed. */
  query: string;
  /** Only this folder, whatever the query says. Without it: all but Junk and Trash, unless the query names them. */
  folderId?: string | undefined;
  cursor?: string | undefined;
  /** 1 to 100. */
  limit: number;
}

/**
 * Conversations with matching messages, by the newest match. A row's `latest`, `latestAt` and `snippet` are of
 * that message; each conversation comes once, also across pages.
 * @throws CursorError when the cursor is malformed
 */
export async function searchConversations(db: Queryable, search: SearchQuery, now = new Date()): Promise<ConversationPage> {
  const root = parseSearch(search.query, now);
  if (!root) return { rows: [], nextCursor: null };
  const after = search.cursor === undefined ? null : decodeCursor(search.cursor, 'message');
  const [{ folders, views, ownAddress }, labels] = await Promise.all([loadAccount(db, search.accountId), namedLabels(db, search.accountId)]);
  const plan = planSearch(root, {
    folderIds: (name) => folders.filter((folder) => folderNames(folder).includes(name)).map((folder) => folder.folderId),
    labelKeywords: (name) => keywordsFor(name, labels),
    ownAddress,
    firstParameter: FIRST_FREE_PARAMETER,
  });
  if (!plan) return { rows: [], nextCursor: null };
  const scope = chooseFolders(folders, plan, search.folderId);
  if (scope.length === 0) return { rows: [], nextCursor: null };
  const bucketIds = await bucketsFor(db, search.accountId, plan, after);
  if (bucketIds.length === 0) return { rows: [], nextCursor: null };
  const reader: Reader = { accountId: search.accountId, plan, scope, bucketIds, ...chooseDrive(plan, folders, views, scope) };
  const limit = Math.min(Math.max(1, search.limit), PAGE_LIMIT);
  const { matches, position } = await collect(db, reader, limit, after);
  return { rows: await toRows(db, search.accountId, matches), nextCursor: position && encodeCursor(position) };
}

interface Match {
  conversation_id: string;
  received_at: Date;
  message_key: string;
  folder_id: string;
  uid: number;
}

async function collect(
  db: Queryable,
  reader: Reader,
  limit: number,
  after: CursorPosition | null,
): Promise<{ matches: Match[]; position: CursorPosition | null }> {
  const found = new Map<string, Match>();
  let position = after;
  for (let round = 0; round < ROUND_LIMIT; round++) {
    const wanted = limit - found.size + 1;
    const batch = await readMatches(db, reader, position, [...found.keys()], wanted);
    const repeated = after ? await matchedBefore(db, reader, after, batch.map((match) => match.conversation_id)) : new Set();
    for (const match of batch) {
      if (found.size === limit && !found.has(match.conversation_id) && !repeated.has(match.conversation_id)) {
        return { matches: [...found.values()], position };
      }
      if (!repeated.has(match.conversation_id) && !found.has(match.conversation_id)) found.set(match.conversation_id, match);
      position = { at: match.received_at, id: match.message_key };
    }
    if (batch.length < wanted) return { matches: [...found.values()], position: null };
  }
  return { matches: [...found.values()], position };
}

/** The next `count` matches after `position`, one per conversation and bucket at most. */
async function readMatches(
  db: Queryable,
  reader: Reader,
  position: CursorPosition | null,
  skip: string[],
  count: number,
): Promise<Match[]> {
  const { rows } = await db.query<Match>(matchStatement(reader, position !== null), parameters(reader, position, skip, count));
  return rows;
}

/** Which of these conversations were on an earlier page: they have a match at or before the cursor's place. */
async function matchedBefore(
  db: Queryable,
  reader: Reader,
  after: CursorPosition,
  conversationIds: string[],
): Promise<Set<string>> {
  if (conversationIds.length === 0) return new Set();
  const { rows } = await db.query<{ conversation_id: string }>(
    earlierStatement(reader.plan),
    parameters(reader, after, conversationIds, 0),
  );
  return new Set(rows.map((row) => row.conversation_id));
}

/** The full-text index drives where some word must be there; rows do where a few of them must hold the result. */
function chooseDrive(
  plan: SearchPlan,
  folders: readonly IndexedFolder[],
  views: readonly IndexedView[],
  scope: readonly string[],
): Pick<Reader, 'drive' | 'view'> {
  const inScope = folders.filter((folder) => scope.includes(folder.folderId));
  // A view leaves Junk and Trash out, which a search may be about.
  const aside = inScope.some((folder) => folder.specialUse === 'junk' || folder.specialUse === 'trash');
  // One label may be written in several ways; then each has a view of its own, and none holds all.
  const named = views.filter((view) => view.label !== '' && plan.labels[0]?.includes(view.label.toLowerCase()));
  const label = plan.labels.length === 1 && named.length === 1 && !aside ? named[0]! : undefined;
  if (label && label.messages <= FEW) return { drive: 'items', view: label.viewId };
  const few =
    (inScope.length === 1 && inScope[0]!.messages <= FEW) ||
    (plan.onlyUnread && inScope.reduce((sum, folder) => sum + folder.unread, 0) <= FEW) ||
    (plan.onlyStarred && !aside && (views.find((view) => view.viewId === STARRED_VIEW)?.messages ?? 0) <= FEW);
  return { drive: few || !plan.selective ? 'items' : 'terms', view: null };
}

function chooseFolders(folders: readonly IndexedFolder[], plan: SearchPlan, folderId: string | undefined): string[] {
  const shown = folders.filter((folder) => !folder.hidden);
  const asked = folderId !== undefined ? [folderId] : plan.folders;
  if (asked !== null) {
    const both = folderId !== undefined && plan.folders !== null ? plan.folders.filter((id) => id === folderId) : asked;
    return shown.filter((folder) => both.includes(folder.folderId)).map((folder) => folder.folderId);
  }
  return shown
    .filter((folder) => plan.anywhere || (folder.specialUse !== 'junk' && folder.specialUse !== 'trash'))
    .map((folder) => folder.folderId);
}

function folderNames(folder: IndexedFolder): string[] {
  const names = [folder.path, folder.path.slice(folder.path.lastIndexOf('/') + 1), folder.specialUse ?? ''];
  if (folder.specialUse === 'junk') names.push('spam');
  return names.filter((name) => name !== '').map(foldText);
}

async function loadAccount(
  db: Queryable,
  accountId: string,
): Promise<{ folders: IndexedFolder[]; views: IndexedView[]; ownAddress: string }> {
  const { folders, views } = await foldersAndViews(db, accountId);
  const { rows } = await db.query<{ address: string }>({
    name: 'mailbox-own-address', text: 'SELECT address FROM account WHERE id = $1', values: [accountId],
  });
  return { folders, views, ownAddress: rows[0]?.address ?? '' };
}

/** Buckets that can hold results, newest first. */
async function bucketsFor(
  db: Queryable,
  accountId: string,
  plan: SearchPlan,
  after: CursorPosition | null,
): Promise<number[]> {
  const { rows } = await db.query<{ bucket_id: number }>({
    name: 'mailbox-search-buckets',
    text: `SELECT bucket_id FROM (
             SELECT bucket_id, starts_at, messages, lead(starts_at, 1, 'infinity') OVER (ORDER BY starts_at) AS ends_at,
                    lag(starts_at) OVER (ORDER BY starts_at) IS NULL AS is_first
             FROM mailbox_search_bucket WHERE account_id = $1
           ) b
           WHERE (starts_at <= $2 OR is_first) AND ends_at > $3 AND messages > 0 ORDER BY starts_at DESC`,
    values: [accountId, earlier(plan.receivedBefore, after?.at ?? null) ?? 'infinity', plan.receivedAfter ?? '-infinity'],
  });
  return rows.map((row) => row.bucket_id);
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return a !== null && b !== null ? (a < b ? a : b) : (a ?? b);
}

/** The list rows of the conversations as seen from where their newest match is, in the order of the matches. */
async function toRows(db: Queryable, accountId: string, matches: readonly Match[]): Promise<ConversationPage['rows']> {
  if (matches.length === 0) return [];
  const { rows } = await db.query<ConversationRecord & { match_snippet: string; place: number }>({
    text: `SELECT ${CONVERSATION_COLUMNS}, m.snippet AS match_snippet, p.place::int AS place
           FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS p (conversation_id, folder_id, message_key, place)
           JOIN mailbox_conversation_folder r
             ON r.account_id = $1 AND r.conversation_id = p.conversation_id AND r.folder_id = p.folder_id
           JOIN mailbox_message m ON m.account_id = $1 AND m.message_key = p.message_key
           ORDER BY p.place`,
    values: [
      accountId, matches.map((match) => match.conversation_id), matches.map((match) => match.folder_id),
      matches.map((match) => match.message_key),
    ],
  });
  return rows.map((record) => {
    const match = matches[record.place - 1]!;
    return {
      ...toConversationRow(record),
      latestAt: match.received_at,
      latest: { folderId: match.folder_id, uid: match.uid },
      snippet: record.match_snippet,
    };
  });
}
