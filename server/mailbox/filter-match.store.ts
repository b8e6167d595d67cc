// Which messages of the index a filter's conditions fit. The same rule as the mail store's for arriving mail: parts of
// headers in any case, all of them.
import type { Queryable } from '../infra/db/pool.ts';
import type { FilterConditions } from '../mail/filter-conditions.ts';

export interface FilterMatch {
  folderId: string;
  uid: number;
  conversationId: string;
  subject: string;
  fromName: string;
  fromAddress: string;
  receivedAt: Date;
}

/** Sent mail and drafts never arrived; Junk and Trash were dealt with. */
const MATCHING = `
  FROM mailbox_item i
  JOIN mailbox_folder f ON f.account_id = i.account_id AND f.folder_id = i.folder_id
   AND coalesce(f.special_use, '') NOT IN ('sent', 'drafts', 'junk', 'trash')
  JOIN mailbox_message m ON m.account_id = i.account_id AND m.message_key = i.message_key
 WHERE i.account_id = $1 AND NOT i.draft AND NOT i.deleted
   AND ($2::text IS NULL OR position(lower($2) IN lower(m.from_name || ' <' || m.from_address || '>')) > 0)
   AND ($3::text IS NULL OR EXISTS (SELECT FROM jsonb_array_elements(m.to_list || m.cc_list) AS a
         WHERE position(lower($3) IN lower((a ->> 'name') || ' <' || (a ->> 'address') || '>')) > 0))
   AND ($4::text IS NULL OR position(lower($4) IN lower(m.subject)) > 0)
   AND ($5::text IS NULL OR position(lower($5) IN lower(m.list_id)) > 0)
   AND ($6::boolean IS NULL OR m.has_attachment)
   AND ($7::bigint IS NULL OR m.size_bytes >= $7)
   AND ($8::text[] IS NULL OR i.message_key = ANY($8))`;

const values = (accountId: string, { from, to, subject, listId, hasAttachment, largerThanBytes }: FilterConditions, among?: readonly string[]): unknown[] => [
  accountId, from ?? null, to ?? null, subject ?? null, listId ?? null, hasAttachment ?? null, largerThanBytes ?? null, among ?? null,
];

/** Counts up to `most`; more is `most`. */
export async function countMatches(db: Queryable, accountId: string, conditions: FilterConditions, most: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM (SELECT ${MATCHING} LIMIT $9) AS found`, [...values(accountId, conditions), most]);
  return rows[0]!.n;
}

/** The newest first; with `among`, of these messages only (keys of their contents). */
export async function findMatches(db: Queryable, accountId: string, conditions: FilterConditions, limit: number, among?: readonly string[]): Promise<FilterMatch[]> {
  const { rows } = await db.query<FilterMatch>(
    `SELECT i.folder_id AS "folderId", i.uid, i.conversation_id AS "conversationId", m.subject, m.from_name AS "fromName",
            m.from_address AS "fromAddress", i.received_at AS "receivedAt" ${MATCHING} ORDER BY i.received_at DESC, i.uid DESC LIMIT $9`,
    [...values(accountId, conditions, among), limit],
  );
  return rows;
}
