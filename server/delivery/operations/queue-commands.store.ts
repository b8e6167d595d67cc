// What operators' commands do to rows that are locked: one statement a command, for a batch of keys. Every row changed
// gets its event in the same statement. Rows that a worker holds are in no state named here, and so are never touched.
import type { Queryable } from '../../infra/db/pool.ts';
import type { ClaimedDelivery } from '../claim.store.ts';
import type { Lane } from '../enqueue-types.ts';
import { sqlFrom, sqlTo, type TransitionName, TRANSITIONS } from '../states.ts';
import type { RowKey } from './selection.store.ts';

/** Who did it and why; kept in the event. */
export interface Order {
  by: string;
  reason: string | null;
}

type Move = 'suspend' | 'release' | 'requeue';
type End = 'cancel' | 'bounceWaiting' | 'expireWaiting';

const keys = (rows: readonly RowKey[]): [string[], number[]] => [rows.map((row) => row.queueId), rows.map((row) => row.recipientNo)];

const CHOSEN = `FROM unnest($1::uuid[], $2::int[]) AS k(queue_id, recipient_no)
 WHERE d.queue_id = k.queue_id AND d.recipient_no = k.recipient_no AND d.state IN`;

/** By move, what it sets. A held message keeps when it was due, so that a release before its send_at leads back to waiting for it. */
const SETS: Record<Move, string> = {
  suspend: `state = ${sqlTo('suspend')}, reason = coalesce('Held by an operator: ' || $3::text, 'Held by an operator.')`,
  release: `state = CASE WHEN d.attempts = 0 AND d.due_at > now() THEN ${sqlTo('releaseScheduled')} ELSE ${sqlTo('release')} END::delivery_state, reason = NULL`,
  requeue: `state = ${sqlTo('requeue')}, due_at = now()`,
};

/**
 * Holds, releases or requeues.
 * @param rows locked by the transaction
 * @returns how many were in a state to be moved
 */
export async function moveRows(db: Queryable, move: Move, rows: readonly RowKey[], order: Order): Promise<number> {
  const { rows: counted } = await db.query<{ count: number }>(
    `WITH moved AS (
       UPDATE delivery d SET ${SETS[move]} ${CHOSEN} (${sqlFrom(move)})
       RETURNING d.tenant_id, d.queue_id, d.recipient_no, d.recipient
     ), events AS (
       INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
       SELECT tenant_id, queue_id, recipient_no, '${TRANSITIONS[move].event}', recipient,
              jsonb_strip_nulls(jsonb_build_object('by', $4::text, 'reason', $3::text)) FROM moved
     )
     SELECT count(*) AS count FROM moved`,
    [...keys(rows), order.reason, order.by],
  );
  return counted[0]!.count;
}

/** What a row's end means to its sender, as the dead letter and the report have it. */
export const END_REASON: Record<Exclude<End, 'cancel'>, string> = {
  bounceWaiting: 'Given up by the operator of the sending system.',
  expireWaiting: 'Not delivered; the operator of the sending system ended the wait.',
};

const outcomeOf: Record<Exclude<End, 'cancel'>, 'bounced' | 'expired'> = { bounceWaiting: TRANSITIONS.bounceWaiting.to, expireWaiting: TRANSITIONS.expireWaiting.to };

/** A row that was ended while it waited. */
export interface EndedDelivery extends ClaimedDelivery {
  /** Null: it was never attempted. */
  lastAttemptAt: Date | null;
}

/**
 * Ends rows: cancelled without a word, or bounced or expired with a dead letter.
 * @param rows locked by the transaction
 * @returns those ended, as a report to their senders needs them
 */
export async function endRows(db: Queryable, end: End, rows: readonly RowKey[], order: Order): Promise<EndedDelivery[]> {
  const reason = end === 'cancel' ? order.reason : [END_REASON[end], order.reason].filter(Boolean).join(' ');
  const category = end === 'cancel' ? null : 'operator';
  const letters = `, letters AS (
       INSERT INTO dead_letter (queue_id, recipient_no, tenant_id, lane, recipient, domain, notify, orcpt, size, attempts, outcome, category, reason)
       SELECT queue_id, recipient_no, tenant_id, lane, recipient, domain, notify, orcpt, size, attempts, '${end === 'cancel' ? '' : outcomeOf[end]}', $5, $3 FROM gone)`;
  const { rows: gone } = await db.query<Omit<EndedDelivery, 'lastChance' | 'suppressed' | 'leaseToken'>>(
    `WITH gone AS (
       DELETE FROM delivery d USING ${CHOSEN.slice('FROM '.length)} (${sqlFrom(end)}) RETURNING d.*
     ), events AS (
       INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
       SELECT tenant_id, queue_id, recipient_no, '${TRANSITIONS[end].event}', recipient,
              jsonb_strip_nulls(jsonb_build_object('attempt', attempts, 'by', $4::text, 'reason', $3::text, 'category', $5::text)) FROM gone
     )${end === 'cancel' ? '' : letters}
     SELECT queue_id AS "queueId", recipient_no AS "recipientNo", tenant_id AS "tenantId", lane, recipient, domain, notify, orcpt, size, attempts,
            last_attempt_at AS "lastAttemptAt"
       FROM gone ORDER BY queue_id, recipient_no`,
    [...keys(rows), reason, order.by, category],
  );
  return gone.map((row) => ({ ...row, lastChance: true, suppressed: false, leaseToken: '' }));
}

/** Where waiting rows are to be bound instead; what is absent stays. */
export interface Rebinding {
  lane?: Lane;
  priority?: number;
  /** To go out by, whatever is assigned; null: by what is assigned again. */
  pool?: { id: string; name: string } | null;
  /** `host:port` to go to instead of the site; null: to the site again. */
  route?: string | null;
}

/** Binds rows to another lane, priority, pool or route. @returns how many changed */
export async function rebindRows(db: Queryable, rows: readonly RowKey[], to: Rebinding, order: Order): Promise<number> {
  const { rows: counted } = await db.query<{ count: number }>(
    `WITH before AS (
       SELECT d.queue_id, d.recipient_no, d.lane, d.priority FROM delivery d, unnest($1::uuid[], $2::int[]) AS k(queue_id, recipient_no)
        WHERE d.queue_id = k.queue_id AND d.recipient_no = k.recipient_no
     ), moved AS (
       UPDATE delivery d SET lane = coalesce($5::delivery_lane, d.lane), priority = coalesce($6::smallint, d.priority),
              egress_pool = CASE WHEN $7 THEN $8::uuid ELSE d.egress_pool END, route = CASE WHEN $9 THEN $10::text ELSE d.route END
         FROM before b WHERE d.queue_id = b.queue_id AND d.recipient_no = b.recipient_no AND d.state IN (${sqlFrom('cancel')})
       RETURNING d.tenant_id, d.queue_id, d.recipient_no, d.recipient, b.lane AS was_lane, b.priority AS was_priority, d.lane, d.priority
     ), events AS (
       INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
       SELECT tenant_id, queue_id, recipient_no, 'rebound', recipient,
              jsonb_strip_nulls(jsonb_build_object('by', $4::text, 'reason', $3::text, 'lane', lane, 'priority', priority,
                'wasLane', was_lane, 'wasPriority', was_priority,
                'pool', CASE WHEN $7 THEN coalesce($11::text, 'as assigned') END, 'route', CASE WHEN $9 THEN coalesce($10::text, 'its site') END)) FROM moved
     )
     SELECT count(*) AS count FROM moved`,
    [
      ...keys(rows), order.reason, order.by, to.lane ?? null, to.priority ?? null,
      to.pool !== undefined, to.pool?.id ?? null, to.route !== undefined, to.route ?? null, to.pool?.name ?? null,
    ],
  );
  return counted[0]!.count;
}

/** Rebinding is no transition: whatever may be cancelled is waiting, and may be bound elsewhere. */
export const REBINDABLE: TransitionName = 'cancel';
