// The SQL of a search: one statement for what the full-text index finds, one for what is found row by row, one
// that tells what an earlier page has shown. search.store.ts decides which, and when.
import type { CursorPosition } from './list.store.ts';
import { matches, type SearchPlan } from './search-plan.ts';

/** How a search is read. */
export interface Reader {
  accountId: string;
  plan: SearchPlan;
  scope: string[];
  /** Newest first. */
  bucketIds: number[];
  /** `terms`: bucket by bucket through the full-text index. `items`: row by row, newest first. */
  drive: 'terms' | 'items';
  /** A view that all results are in, small enough to begin with; null: none. */
  view: string | null;
}

/** Parameters 1 to 9 are the same in every statement; the plan's own follow. */
export const FIRST_FREE_PARAMETER = 10;

/** Values of the statements' parameters. */
export function parameters(reader: Reader, position: CursorPosition | null, conversationIds: string[], count: number): unknown[] {
  const { plan } = reader;
  return [
    reader.accountId, reader.scope, reader.bucketIds, position?.at ?? null, position?.id ?? null, conversationIds, count,
    plan.template, reader.view, ...plan.values,
  ];
}

/** Gives parameters that a statement has no use for a type, which PostgreSQL insists on. Folds to true. */
const UNUSED = `($3::bigint[] IS NULL OR true) AND ($4::timestamptz IS NULL OR true) AND ($5::text IS NULL OR true)
  AND ($7::bigint IS NULL OR true) AND ($8::text IS NULL OR true) AND ($9::text IS NULL OR true)`;

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

/** Matches older than the cursor (`$4`, `$5`), newest first, `$7` at most, of conversations not in `$6`. */
export function matchStatement(reader: Reader, hasCursor: boolean): string {
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
  const inView = reader.view === null ? '' : `AND i.conversation_id IN (
      SELECT conversation_id FROM mailbox_conversation_folder WHERE account_id = $1 AND folder_id = $9::text)`;
  const single = reader.scope.length === 1 ? 'AND i.folder_id = ($2::text[])[1]' : '';
  return `SELECT ${columns} FROM mailbox_item i ${lookups(plan)}
    WHERE i.account_id = $1 ${single} ${inView} AND ${rowConditions(plan)} ${older('i')}
      AND i.conversation_id <> ALL($6::uuid[]) AND ${templateCondition(plan)} AND ${UNUSED}
    ORDER BY i.received_at DESC, i.message_key DESC LIMIT $7::bigint`;
}

/** Which conversations of `$6` have a match at the cursor or newer. */
export function earlierStatement(plan: SearchPlan): string {
  return `SELECT DISTINCT i.conversation_id
     FROM mailbox_item i ${lookups(plan)}
     WHERE i.account_id = $1 AND i.conversation_id = ANY($6::uuid[]) AND ${rowConditions(plan)}
       AND (i.received_at, i.message_key) >= ($4::timestamptz, $5::text) AND ${templateCondition(plan)} AND ${UNUSED}`;
}
