// Rows of kept conversations: written, read and dropped by the day. What stands in them is conversation-log.ts.
import type { Pool, Queryable } from '../infra/db/pool.ts';
import { dropTable, partitionsOlderThan } from './retention.store.ts';

/** Stores a chunk; a day without a partition gets one. */
export async function insertConversations(db: Queryable, chunk: { id: string; attempts: number; body: Buffer }): Promise<void> {
  const insert = {
    name: 'insert-conversations',
    text: 'INSERT INTO delivery_conversation (id, attempts, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    values: [chunk.id, chunk.attempts, chunk.body],
  };
  try {
    await db.query(insert);
  } catch (error) {
    if ((error as { code?: string }).code !== '23514') throw error;
    await ensureConversationPartitions(db, 2);
    await db.query(insert);
  }
}

/** Where the conversations of a message's attempts stand, oldest first; one entry for recipients that shared one. */
export async function selectReferences(
  db: Queryable,
  queueId: string,
): Promise<{ reference: string; at: Date; recipientNos: number[]; attempt: number }[]> {
  const result = await db.query<{ reference: string; at: Date; recipientNos: number[]; attempt: number }>(
    `SELECT data->>'conversation' AS reference, min(at) AS at, array_agg(recipient_no ORDER BY recipient_no) AS "recipientNos",
       min((data->>'attempt')::int) AS attempt
       FROM delivery_event WHERE queue_id = $1 AND data ? 'conversation' GROUP BY 1 ORDER BY 2, 1`,
    [queueId],
  );
  return result.rows;
}

/** The chunks among these ids that are still kept. */
export async function selectConversations(db: Queryable, ids: readonly string[]): Promise<{ id: string; body: Buffer }[]> {
  const result = await db.query<{ id: string; body: Buffer }>('SELECT id, body FROM delivery_conversation WHERE id = ANY($1::uuid[])', [ids]);
  return result.rows;
}

/** The same, held against other changes until the transaction ends; in one order, so that two of them never wait in a circle. */
export async function lockConversations(db: Queryable, ids: readonly string[]): Promise<{ id: string; body: Buffer }[]> {
  const result = await db.query<{ id: string; body: Buffer }>('SELECT id, body FROM delivery_conversation WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
  return result.rows;
}

export async function updateConversations(db: Queryable, id: string, body: Buffer): Promise<void> {
  await db.query('UPDATE delivery_conversation SET body = $2 WHERE id = $1', [id, body]);
}

/** Makes the day partitions from yesterday to `daysAhead` days from now; returns how many were missing. */
export async function ensureConversationPartitions(db: Queryable, daysAhead: number): Promise<number> {
  const result = await db.query<{ made: number }>(
    `SELECT ensure_conversation_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + $1::int) AS made`,
    [daysAhead],
  );
  return result.rows[0]!.made;
}

/** So many days conversations are kept, like the events that point at them. */
export const CONVERSATION_DAYS = 30;

/** Drops the partitions of days before; returns how many. */
export async function dropOldConversations(pool: Pool, days: number, now: Date): Promise<number> {
  const old = await partitionsOlderThan(pool, 'delivery_conversation', days, now);
  for (const partition of old) await dropTable(pool, partition.name);
  return old.length;
}
