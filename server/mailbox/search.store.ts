// Search over the index, newest first. What a query means is search-query.ts's, what is asked of PostgreSQL
// search-plan.ts's; here is how it is asked so that neither common nor rare words take long.
import type { Queryable } from '../infra/db/pool.ts';
import { decodeCursor, encodeCursor, CONVERSATION_COLUMNS, PAGE_LIMIT, toConversationRow, type ConversationPage, type ConversationRecord, type CursorPosition } from './list.store.ts';
import { indexedFolders, type IndexedFolder } from './folder.store.ts';
import { parseSearch } from './search-query.ts';
import { matches, planSearch, type SearchPlan } from './search-plan.ts';
import { foldText } from './words.ts';

/** A folder of at most this many messages is read through rather than every match looked up in it. */
const SMALL_FOLDER = 3000;
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
  const { folders, ownAddress } = await loadAccount(db, search.accountId);
  const plan = planSearch(root, {
    folderIds: (name) => folders.filter((folder) => folderNames(folder).includes(name)).map((folder) => folder.folderId),
    ownAddress,
    firstParameter: FIRST_FREE_PARAMETER,
  });
  if (!plan) return { rows: [], nextCursor: null };
  const scope = chooseFolders(folders, plan, search.folderId);
  if (scope.length === 0) return { rows: [], nextCursor: null };
  const bucketIds = await bucketsFor(db, search.accountId, plan, after);
  if (bucketIds.length === 0) return { rows: [], nextCursor: null };
  const reader: Reader = { db, accountId: search.accountId, plan, scope, bucketIds, drive: chooseDrive(plan, folders, scope) };
  const limit = Math.min(Math.max(1, search.limit), PAGE_LIMIT);
  const { matches, position } = await collect(reader, limit, after);
  return { rows: await toRows(db, search.accountId, matches), nextCursor: position && encodeCursor(position) };
}

interface Match {
  conversation_id: string;
  received_at: Date;
  message_key: string;
  folder_id: string;
  uid: number;
}

interface Reader {
  db: Queryable;
  accountId: string;
  plan: SearchPlan;
  scope: string[];
  /** Newest first. */
  bucketIds: number[];
  /** `terms`: bucket by bucket through the full-text index. `items`: row by row, newest first. */
  drive: 'terms' | 'items';
}

/** Parameters 1 to 8 are the same in every statement; the plan's own follow. */
const FIRST_FREE_PARAMETER = 9;

async function collect(
  reader: Reader,
  limit: number,
  after: CursorPosition | null,
): Promise<{ matches: Match[]; position: CursorPosition | null }> {
  const found = new Map<string, Match>();
  let position = after;
  for (let round = 0; round < ROUND_LIMIT; round++) {
    const wanted = limit - found.size + 1;
    const batch = await readMatches(reader, position, [...found.keys()], wanted);
    const repeated = after ? await matchedBefore(reader, after, batch.map((match) => match.conversation_id)) : new Set();
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
async function readMatches(reader: Reader, position: CursorPosition | null, skip: string[], count: number): Promise<Match[]> {
  const { rows } = await reader.db.query<Match>(statement(reader, position !== null), parameters(reader, position, skip, count));
  return rows;
}

/** Which of these conversations were on an earlier page: they have a match at or before the cursor's place. */
async function matchedBefore(reader: Reader, after: CursorPosition, conversationIds: string[]): Promise<Set<string>> {
  if (conversationIds.length === 0) return new Set();
  const { rows } = await reader.db.query<{ conversation_id: string }>(
    `SELECT DISTINCT i.conversation_id
     FROM mailbox_item i ${lookups(reader.plan)}
     WHERE i.account_id = $1 AND i.conversation_id = ANY($6::uuid[]) AND ${rowConditions(reader.plan)}
       AND (i.received_at, i.message_key) >= ($4::timestamptz, $5::text) AND ${templateCondition(reader.plan)} AND ${UNUSED}`,
    parameters(reader, after, conversationIds, 0),
  );
  return new Set(rows.map((row) => row.conversation_id));
}

function parameters(reader: Reader, position: CursorPosition | null, conversationIds: string[], count: number): unknown[] {
  const { plan } = reader;
  return [
    reader.accountId, reader.scope, reader.bucketIds, position?.at ?? null, position?.id ?? null, conversationIds, count,
    plan.template, ...plan.values,
  ];
}

/** Gives parameters that a statement has no use for a type, which PostgreSQL insists on. Folds to true. */
const UNUSED = `($3::bigint[] IS NULL OR true) AND ($4::timestamptz IS NULL OR true) AND ($5::text IS NULL OR true)
  AND ($7::bigint IS NULL OR true) AND ($8::text IS NULL OR true)`;

/**
 * What a row's conditions need, looked up row by row. OFFSET 0 keeps the planner from joining whole tables: it
 * knows nothing of the words' frequencies and would rather read a mailbox's million messages once.
 */
function lookups(plan: SearchPlan): string {
  const message = 'CROSS JOIN LATERAL (SELECT size_bytes, has_attachment FROM mailbox_message WHERE account_id = $1 AND message_key = i.message_key OFFSET 0) m';
  const terms = 'CROSS JOIN LATERAL (SELECT bucket_id, terms FROM mailbox_search WHERE account_id = $1 AND message_key = i.message_key OFFSET 0) s';
  return `${plan.usesMessage ? message : ''} ${plan.usesTerms || plan.template !== null ? terms : ''}`;
}

function templateCondition(plan: SearchPlan): string {
  return plan.template === null ? 'true' : matches('$8::text');
}

function rowConditions(plan: SearchPlan): string {
  return [
    'i.folder_id = ANY($2::text[])',
    'NOT i.deleted',
    ...(plan.onlyUnread ? ['i.unread'] : []),
    ...(plan.onlyStarred ? ['i.starred'] : []),
    // Dates are the query's own and already Date objects: nothing of what was typed stands in the SQL.
    ...(plan.receivedBefore ? [`i.received_at < '${plan.receivedBefore.toISOString()}'::timestamptz`] : []),
    ...(plan.receivedAfter ? [`i.received_at >= '${plan.receivedAfter.toISOString()}'::timestamptz`] : []),
    `(${plan.condition})`,
  ].join(' AND ');
}

function statement(reader: Reader, hasCursor: boolean): string {
  const { plan } = reader;
  const older = (alias: string) => (hasCursor ? `AND (${alias}.received_at, ${alias}.message_key) < ($4::timestamptz, $5::text)` : '');
  const columns = 'i.conversation_id, i.received_at, i.message_key, i.folder_id, i.uid';
  if (reader.drive === 'terms') {
    // Bucket by bucket, newest first: PostgreSQL stops at the bucket that fills the page.
    const message = plan.usesMessage ? 'JOIN mailbox_message m ON m.account_id = $1 AND m.message_key = s.message_key' : '';
    return `SELECT hit.* FROM unnest($3::bigint[]) AS b (bucket_id)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT DISTINCT ON (i.conversation_id) ${columns}
          FROM (SELECT * FROM mailbox_search s WHERE ${matches('$8::text', 'b.bucket_id')} OFFSET 0) s
          JOIN mailbox_item i ON i.account_id = $1 AND i.message_key = s.message_key
          ${message}
          WHERE ${rowConditions(plan)} ${older('s')} AND i.conversation_id <> ALL($6::uuid[])
          ORDER BY i.conversation_id, i.received_at DESC, i.message_key DESC
        ) each_conversation ORDER BY received_at DESC, message_key DESC LIMIT $7::bigint
      ) hit WHERE ${UNUSED} LIMIT $7::bigint`;
  }
  const single = reader.scope.length === 1 ? 'AND i.folder_id = ($2::text[])[1]' : '';
  return `SELECT ${columns} FROM mailbox_item i ${lookups(plan)}
    WHERE i.account_id = $1 ${single} AND ${rowConditions(plan)} ${older('i')}
      AND i.conversation_id <> ALL($6::uuid[]) AND ${templateCondition(plan)} AND ${UNUSED}
    ORDER BY i.received_at DESC, i.message_key DESC LIMIT $7::bigint`;
}

/** The full-text index drives where some word must be there; rows do where a few of them must hold the result. */
function chooseDrive(plan: SearchPlan, folders: readonly IndexedFolder[], scope: readonly string[]): 'terms' | 'items' {
  if (!plan.selective) return 'items';
  const inScope = folders.filter((folder) => scope.includes(folder.folderId)).reduce((sum, folder) => sum + folder.messages, 0);
  return inScope <= SMALL_FOLDER && scope.length === 1 ? 'items' : 'terms';
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

async function loadAccount(db: Queryable, accountId: string): Promise<{ folders: IndexedFolder[]; ownAddress: string }> {
  const folders = await indexedFolders(db, accountId);
  const { rows } = await db.query<{ address: string }>({
    name: 'mailbox-own-address', text: 'SELECT address FROM account WHERE id = $1', values: [accountId],
  });
  return { folders, ownAddress: rows[0]?.address ?? '' };
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
