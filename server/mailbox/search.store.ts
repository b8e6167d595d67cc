// Search over the index, newest first. What a query means is search-query.ts's, what is asked of PostgreSQL
// search-plan.ts's; here is how it is asked so that neither common nor rare words take long.
import type { Queryable } from '../infra/db/pool.ts';
import { decodeCursor, encodeCursor, CONVERSATION_COLUMNS, PAGE_LIMIT, toConversationRow, type ConversationPage, type ConversationRecord, type CursorPosition } from './list.store.ts';
import { indexedFolders, type IndexedFolder } from './folder.store.ts';
import { parseSearch } from './search-query.ts';
import { planSearch, type SearchPlan } from './search-plan.ts';
import { bucketPrefix } from './search-terms.ts';
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
  const after = search.cursor === undefined ? null : decodeCursor(search.cursor);
  const { folders, ownAddress } = await loadAccount(db, search.accountId);
  const plan = planSearch(root, {
    folderIds: (name) => folders.filter((folder) => folderNames(folder).includes(name)).map((folder) => folder.folderId),
    ownAddress,
    firstParameter: FIRST_FREE_PARAMETER,
  });
  const scope = chooseFolders(folders, plan, search.folderId);
  if (scope.length === 0) return { rows: [], nextCursor: null };
  const buckets = await bucketsFor(db, search.accountId, plan, after);
  if (buckets.ids.length === 0) return { rows: [], nextCursor: null };
  const reader: Reader = { db, accountId: search.accountId, plan, scope, buckets, drive: chooseDrive(plan, folders, scope) };
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
  buckets: { ids: number[]; prefixes: string[] };
  /** `terms`: bucket by bucket through the full-text index. `items`: row by row, newest first. */
  drive: 'terms' | 'items';
}

/** Parameters 1 to 9 are the same in every statement; the plan's own follow. */
const FIRST_FREE_PARAMETER = 10;

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
  const { plan } = reader;
  // An earlier page read newer buckets; those are not among the reader's own.
  const all = await bucketsFor(reader.db, reader.accountId, plan, null);
  const { rows } = await reader.db.query<{ conversation_id: string }>(
    `SELECT DISTINCT i.conversation_id
     FROM mailbox_item i ${joins(true)}
     WHERE i.account_id = $1 AND i.conversation_id = ANY($7::uuid[]) AND ${rowConditions(plan)}
       AND (i.received_at, i.message_key) >= ($5::timestamptz, $6::text) AND $8::int IS NOT NULL
       ${plan.template === null ? 'AND $9::text IS NULL' : `AND s.terms @@ ${TEMPLATE}`}`,
    parameters({ ...reader, buckets: all }, after, conversationIds, 0),
  );
  return new Set(rows.map((row) => row.conversation_id));
}

const TEMPLATE = `replace($9::text, '~', b.prefix)::tsquery`;

function parameters(reader: Reader, position: CursorPosition | null, conversationIds: string[], count: number): unknown[] {
  const { plan, buckets } = reader;
  return [
    reader.accountId, reader.scope, buckets.ids, buckets.prefixes, position?.at ?? null, position?.id ?? null,
    conversationIds, count, plan.template, ...plan.values,
  ];
}

function joins(usesTerms: boolean): string {
  const terms = `JOIN mailbox_search s ON s.account_id = $1 AND s.message_key = i.message_key
     JOIN unnest($3::bigint[], $4::text[]) AS b (bucket_id, prefix) ON b.bucket_id = s.bucket_id`;
  return `JOIN mailbox_message m ON m.account_id = $1 AND m.message_key = i.message_key ${usesTerms ? terms : ''}`;
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
  const cursor = (alias: string) =>
    hasCursor ? `AND (${alias}.received_at, ${alias}.message_key) < ($5::timestamptz, $6::text)` : 'AND $5::timestamptz IS NULL AND $6::text IS NULL';
  const columns = 'i.conversation_id, i.received_at, i.message_key, i.folder_id, i.uid';
  if (reader.drive === 'terms') {
    // Bucket by bucket, newest first: PostgreSQL stops at the bucket that fills the page. OFFSET 0 keeps the
    // planner from reading items by date instead, which it takes for cheap, knowing nothing of the words.
    return `SELECT hit.* FROM unnest($3::bigint[], $4::text[]) AS b (bucket_id, prefix)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT DISTINCT ON (i.conversation_id) ${columns}
          FROM (SELECT * FROM mailbox_search WHERE terms @@ ${TEMPLATE} OFFSET 0) s
          JOIN mailbox_item i ON i.account_id = $1 AND i.message_key = s.message_key
          ${plan.usesMessage ? 'JOIN mailbox_message m ON m.account_id = $1 AND m.message_key = s.message_key' : ''}
          WHERE ${rowConditions(plan)} ${cursor('s')} AND i.conversation_id <> ALL($7::uuid[])
          ORDER BY i.conversation_id, i.received_at DESC, i.message_key DESC
        ) each_conversation ORDER BY received_at DESC, message_key DESC LIMIT $8
      ) hit LIMIT $8`;
  }
  return `SELECT ${columns} FROM mailbox_item i ${joins(plan.usesTerms || plan.template !== null)}
    WHERE i.account_id = $1 AND ${rowConditions(plan)} ${cursor('i')} AND i.conversation_id <> ALL($7::uuid[])
      ${plan.template === null ? 'AND $9::text IS NULL' : `AND s.terms @@ ${TEMPLATE}`}
      ${plan.usesTerms || plan.template !== null ? '' : 'AND $3::bigint[] IS NOT NULL AND $4::text[] IS NOT NULL'}
    ORDER BY i.received_at DESC, i.message_key DESC LIMIT $8`;
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

/** Buckets that can hold results, newest first, with their terms' prefixes. */
async function bucketsFor(
  db: Queryable,
  accountId: string,
  plan: SearchPlan,
  after: CursorPosition | null,
): Promise<{ ids: number[]; prefixes: string[] }> {
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
  const ids = rows.map((row) => row.bucket_id);
  return { ids, prefixes: ids.map(bucketPrefix) };
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return a !== null && b !== null ? (a < b ? a : b) : (a ?? b);
}

/** The list rows of the conversations as seen from where their newest match is, in the order of the matches. */
async function toRows(db: Queryable, accountId: string, matches: readonly Match[]): Promise<ConversationPage['rows']> {
  if (matches.length === 0) return [];
  const { rows } = await db.query<ConversationRecord & { match_snippet: string; place: number }>({
    name: 'mailbox-search-rows',
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
