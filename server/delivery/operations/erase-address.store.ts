// Erasing an address from what the delivery pipeline keeps: one statement a place, all of them repeatable. What cannot go
// without breaking the log (that something happened, when, and with what result) stays under a pseudonym that leads
// nowhere. Suppressions keep their hash, so that the address gets no mail all the same.
import type { Queryable } from '../../infra/db/pool.ts';
import type { EventPosition } from '../events/event-log.store.ts';

export interface Erasure {
  /** Lower case. */
  address: string;
  /** What stands in its place; random, so that it cannot be traced back. */
  pseudonym: string;
}

/** A regular expression for the address as it stands in JSON text. */
function jsonPattern(address: string): string {
  return escapeRegex(JSON.stringify(address).slice(1, -1));
}
const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** The end of the next stretch of the log, or null at its end. */
export async function nextStretch(db: Queryable, after: EventPosition, limit: number): Promise<EventPosition | null> {
  const { rows } = await db.query<EventPosition>(
    `SELECT txid::text AS txid, id FROM (
       SELECT e.txid, e.id FROM delivery_event e WHERE (e.txid, e.id) > ($1::text::xid8, $2::bigint) ORDER BY e.txid, e.id LIMIT $3) page
      ORDER BY page.txid DESC, page.id DESC LIMIT 1`,
    [after.txid, after.id, limit],
  );
  return rows[0] ?? null;
}

const STRETCH = `(e.txid, e.id) > ($1::text::xid8, $2::bigint) AND (e.txid, e.id) <= ($3::text::xid8, $4::bigint)`;

/** Messages in a stretch of the log that the address sent or was to get: their ids. */
export async function messagesOf(db: Queryable, { address }: Erasure, after: EventPosition, end: EventPosition): Promise<string[]> {
  const { rows } = await db.query<{ queueId: string }>(
    `SELECT DISTINCT queue_id AS "queueId" FROM delivery_event e
      WHERE ${STRETCH} AND (lower(recipient) = $5 OR (type = 'accepted' AND (lower(data->>'reversePath') = $5 OR lower(data->>'headerFrom') = $5)))`,
    [after.txid, after.id, end.txid, end.id, address],
  );
  return rows.map((row) => row.queueId);
}

/** A local part of two letters would hit half of all words: null. */
function localPattern(address: string): string | null {
  const localPart = address.slice(0, address.lastIndexOf('@'));
  return localPart.length >= 3 ? String.raw`(?<![\w-])${escapeRegex(localPart)}(?![\w-])` : null;
}

/** In a stretch of the log, puts the pseudonym in the address's place, also where a server's reply repeats it. */
export async function eraseFromEvents(db: Queryable, erasure: Erasure, after: EventPosition, end: EventPosition): Promise<number> {
  const result = await db.query(
    `UPDATE delivery_event e
        SET recipient = CASE WHEN lower(e.recipient) = $5 THEN $6 ELSE e.recipient END,
            data = CASE WHEN lower(e.recipient) = $5 THEN c.data || jsonb_strip_nulls(jsonb_build_object(
                     'reason', regexp_replace(c.data->>'reason', $8, 'erased', 'gi'), 'reply', regexp_replace(c.data->>'reply', $8, 'erased', 'gi')))
                   ELSE c.data END
       FROM (SELECT e.txid, e.id, e.at, regexp_replace(e.data::text, $7, $6, 'gi')::jsonb AS data
               FROM delivery_event e
              WHERE ${STRETCH} AND (lower(e.recipient) = $5 OR e.data::text ~* $7)) c
      WHERE e.txid = c.txid AND e.id = c.id AND e.at = c.at AND (e.txid, e.id) > ($1::text::xid8, $2::bigint)`,
    [
      after.txid, after.id, end.txid, end.id, erasure.address, erasure.pseudonym, jsonPattern(erasure.address),
      // "user bob is unknown" names it too.
      localPattern(erasure.address) ?? '(?!)',
    ],
  );
  return result.rowCount ?? 0;
}

/**
 * Empties messages and takes the address from their heads, unless deliveries of them are still to be made.
 * @returns how many were emptied, the blobs to delete, and how many are still needed
 */
export async function eraseMessages(
  db: Queryable,
  { address, pseudonym }: Erasure,
  queueIds: readonly string[],
): Promise<{ emptied: number; blobs: string[]; needed: number }> {
  const { rows } = await db.query<{ blob: string | null }>(
    `WITH old AS (
       SELECT m.queue_id, m.content_blob FROM outgoing_message m
        WHERE m.queue_id = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM delivery d WHERE d.queue_id = m.queue_id)
        FOR UPDATE
     )
     UPDATE outgoing_message m
        SET content = '', content_blob = NULL, subject = NULL,
            reverse_path = CASE WHEN lower(m.reverse_path) = $2 THEN $3 ELSE m.reverse_path END,
            header_from = CASE WHEN lower(m.header_from) = $2 THEN $3 ELSE m.header_from END
       FROM old WHERE m.queue_id = old.queue_id
     RETURNING old.content_blob AS blob`,
    [queueIds, address, pseudonym],
  );
  const needed = await db.query<{ needed: number }>(
    'SELECT count(*) AS needed FROM outgoing_message m WHERE m.queue_id = ANY($1::uuid[]) AND EXISTS (SELECT FROM delivery d WHERE d.queue_id = m.queue_id)',
    [queueIds],
  );
  return { emptied: rows.length, blobs: rows.flatMap(({ blob }) => (blob === null ? [] : [blob])), needed: needed.rows[0]!.needed };
}

interface Place {
  name: string;
  table: string;
  /** A column that the statement needs and an older installation may lack. */
  column: string;
  /** With `$1` the address, `$2` the pseudonym, `$3` a pattern for JSON text, `$4` one for plain text. */
  statement: string;
}

/** The other tables that name addresses. One that this installation doesn't have, or not yet, is passed over. */
const PLACES: readonly Place[] = [
  { name: 'dead letters', table: 'dead_letter', column: 'recipient', statement: `DELETE FROM dead_letter WHERE lower(recipient) = $1` },
  { name: 'reasons of dead letters', table: 'dead_letter', column: 'reason', statement: `UPDATE dead_letter SET reason = regexp_replace(reason, $4, $2, 'gi') WHERE reason ~* $4` },
  { name: 'reasons of waiting mail', table: 'delivery', column: 'reason', statement: `UPDATE delivery SET reason = regexp_replace(reason, $4, $2, 'gi') WHERE state <> 'attempting' AND reason ~* $4` },
  // The hash goes on doing its work.
  { name: 'suppressions', table: 'suppression', column: 'address', statement: `UPDATE suppression SET address = NULL, detail = NULL WHERE lower(address) = $1` },
  {
    name: 'reports',
    table: 'feedback_report',
    column: 'content',
    statement: `UPDATE feedback_report
                   SET recipient = regexp_replace(recipient, $4, $2, 'gi'), reverse_path = regexp_replace(reverse_path, $4, $2, 'gi'),
                       detail = regexp_replace(detail, $4, $2, 'gi'), content = CASE WHEN encode(content, 'escape') ~* $4 THEN NULL ELSE content END
                 WHERE state <> 'waiting' AND (recipient ~* $4 OR reverse_path ~* $4 OR detail ~* $4 OR encode(content, 'escape') ~* $4)`,
  },
  { name: 'audit log', table: 'audit_log', column: 'target', statement: `UPDATE audit_log SET target = regexp_replace(target::text, $3, $2, 'gi')::jsonb, reason = regexp_replace(reason, $4, $2, 'gi') WHERE target::text ~* $3 OR reason ~* $4` },
];

/** Erases from everything else. @returns by place, how many rows it was in */
export async function eraseElsewhere(db: Queryable, { address, pseudonym }: Erasure): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const place of PLACES) {
    const { rowCount: there } = await db.query('SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2', [place.table, place.column]);
    if (there === 0) continue;
    const used = [address, pseudonym, jsonPattern(address), escapeRegex(address)];
    // PostgreSQL wants to know the type of every parameter, also of one that a statement doesn't use.
    const typed = `WITH erasure AS (SELECT $1::text, $2::text, $3::text, $4::text) ${place.statement}`;
    counts[place.name] = (await db.query(typed, used)).rowCount ?? 0;
  }
  return counts;
}
