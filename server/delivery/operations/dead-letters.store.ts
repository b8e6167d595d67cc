// Dead letters: recipients given up. Listing them, sending them again as fresh deliveries of the same message, and
// throwing them away; in batches by key, as the commands on the queue.
import type { Queryable } from '../../infra/db/pool.ts';
import { MAX_AGE_DAYS } from '../enqueue.store.ts';
import type { Lane } from '../enqueue-types.ts';
import { DEFAULT_RETENTION } from '../retention.store.ts';
import { sqlTo, TRANSITIONS } from '../states.ts';
import type { Order } from './queue-commands.store.ts';
import type { RowKey } from './selection.store.ts';

export interface DeadLetter extends RowKey {
  tenantId: string;
  tenant: string | null;
  lane: Lane;
  recipient: string;
  domain: string;
  attempts: number;
  outcome: 'bounced' | 'expired';
  category: string;
  reason: string;
  at: Date;
  reversePath: string | null;
  subject: string | null;
  /** Whether its message is still there, so that it can be sent again. */
  replayable: boolean;
}

export interface DeadLetterFilter {
  queueId?: string;
  recipientNo?: number;
  tenantId?: string;
  domain?: string;
  lane?: Lane;
  outcome?: 'bounced' | 'expired';
  category?: string;
  recipient?: string;
  since?: Date;
}

/** `$1` to `$9`; `l` is the table. */
const SELECTED = `
      ($1::uuid IS NULL OR l.queue_id = $1) AND ($2::int IS NULL OR l.recipient_no = $2) AND ($3::uuid IS NULL OR l.tenant_id = $3)
  AND ($4::text IS NULL OR l.domain = $4) AND ($5::delivery_lane IS NULL OR l.lane = $5) AND ($6::text IS NULL OR l.outcome = $6)
  AND ($7::text IS NULL OR l.category = $7) AND ($8::text IS NULL OR lower(l.recipient) = lower($8)) AND ($9::timestamptz IS NULL OR l.at >= $9)`;

const values = (filter: DeadLetterFilter): unknown[] => [
  filter.queueId ?? null, filter.recipientNo ?? null, filter.tenantId ?? null, filter.domain ?? null, filter.lane ?? null,
  filter.outcome ?? null, filter.category ?? null, filter.recipient ?? null, filter.since ?? null,
];

/**
 * Its content is kept and stays: a message from a day that retention may drop at any moment is not sent again.
 * (A partition with live deliveries is kept; the replay must not race with the decision.)
 */
const REPLAYABLE = `EXISTS (
  SELECT FROM outgoing_message m WHERE m.queue_id = l.queue_id AND octet_length(coalesce(m.content, 'x')) > 0
     AND m.queue_id >= uuid_v7_floor((date_trunc('day', now() AT TIME ZONE 'UTC') - interval '${DEFAULT_RETENTION.messages} days') AT TIME ZONE 'UTC'))`;

/** The newest first. */
export async function listDeadLetters(db: Queryable, filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]> {
  const { rows } = await db.query<DeadLetter>(
    `SELECT l.queue_id AS "queueId", l.recipient_no AS "recipientNo", l.tenant_id AS "tenantId", t.slug AS tenant, l.lane, l.recipient, l.domain,
            l.attempts, l.outcome, l.category, l.reason, l.at, m.reverse_path AS "reversePath", m.subject, ${REPLAYABLE} AS replayable
       FROM dead_letter l LEFT JOIN outgoing_message m ON m.queue_id = l.queue_id LEFT JOIN tenant t ON t.id = l.tenant_id
      WHERE ${SELECTED} ORDER BY l.at DESC, l.queue_id, l.recipient_no LIMIT $10`,
    [...values(filter), limit],
  );
  return rows;
}

export async function countDeadLetters(db: Queryable, filter: DeadLetterFilter): Promise<{ all: number; replayable: number }> {
  const { rows } = await db.query<{ all: number; replayable: number }>(
    `SELECT count(*) AS all, count(*) FILTER (WHERE ${REPLAYABLE}) AS replayable FROM dead_letter l WHERE ${SELECTED}`,
    values(filter),
  );
  return rows[0]!;
}

/** Locks the next ones in order of their key; those given up after `before` are not the command's. */
export async function lockDeadLetters(
  db: Queryable,
  filter: DeadLetterFilter,
  batch: { after: RowKey | null; before: Date; limit: number },
): Promise<RowKey[]> {
  const { rows } = await db.query<RowKey>(
    `SELECT l.queue_id AS "queueId", l.recipient_no AS "recipientNo" FROM dead_letter l
      WHERE ${SELECTED} AND l.at <= $10 AND ($11::uuid IS NULL OR (l.queue_id, l.recipient_no) > ($11, $12::int))
      ORDER BY l.queue_id, l.recipient_no LIMIT $13 FOR UPDATE`,
    [...values(filter), batch.before, batch.after?.queueId ?? null, batch.after?.recipientNo ?? 0, batch.limit],
  );
  return rows;
}

const keys = (rows: readonly RowKey[]): [string[], number[]] => [rows.map((row) => row.queueId), rows.map((row) => row.recipientNo)];

/**
 * Makes dead letters deliveries again: as of now, with all their time and attempts before them.
 * @param rows locked by the transaction
 * @returns how many; those whose message is gone stay as they are
 */
export async function replayDeadLetters(db: Queryable, rows: readonly RowKey[], order: Order): Promise<number> {
  const { rows: counted } = await db.query<{ count: number }>(
    `WITH gone AS (
       DELETE FROM dead_letter l USING unnest($1::uuid[], $2::int[]) AS k(queue_id, recipient_no)
        WHERE l.queue_id = k.queue_id AND l.recipient_no = k.recipient_no AND ${REPLAYABLE}
       RETURNING l.*
     ), deliveries AS (
       INSERT INTO delivery (queue_id, recipient_no, tenant_id, lane, state, recipient, domain, notify, orcpt, size, due_at, expires_at)
       SELECT queue_id, recipient_no, tenant_id, lane, ${sqlTo('replay')}, recipient, domain, notify, orcpt, size,
              now(), now() + interval '${MAX_AGE_DAYS} days' FROM gone
     ), events AS (
       INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
       SELECT tenant_id, queue_id, recipient_no, '${TRANSITIONS.replay.event}', recipient,
              jsonb_strip_nulls(jsonb_build_object('by', $3::text, 'reason', $4::text, 'was', outcome, 'wasCategory', category)) FROM gone
     )
     SELECT count(*) AS count FROM gone`,
    [...keys(rows), order.by, order.reason],
  );
  return counted[0]!.count;
}

/** Throws dead letters away; what happened to them stays in the event log. @returns how many */
export async function purgeDeadLetters(db: Queryable, rows: readonly RowKey[]): Promise<number> {
  const result = await db.query(
    `DELETE FROM dead_letter l USING unnest($1::uuid[], $2::int[]) AS k(queue_id, recipient_no)
      WHERE l.queue_id = k.queue_id AND l.recipient_no = k.recipient_no`,
    keys(rows),
  );
  return result.rowCount ?? 0;
}
