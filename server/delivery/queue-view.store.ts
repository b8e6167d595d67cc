// What people see of the queue: its rows, its totals, and one message's story. Reads only.
import type { Queryable } from '../infra/db/pool.ts';
import type { Lane } from './enqueue-types.ts';
import type { LiveState } from './states.ts';

export interface QueueRow {
  queueId: string;
  recipientNo: number;
  tenantId: string;
  tenant: string | null;
  lane: Lane;
  state: LiveState;
  reversePath: string;
  recipient: string;
  subject: string | null;
  /** Octets. */
  size: number;
  attempts: number;
  acceptedAt: Date;
  /** When it is tried next, or its lease ends; null when nothing is set (queued, held). */
  dueAt: Date | null;
  expiresAt: Date;
  /** The last deferral, or why it is held. */
  reason: string | null;
}

export interface QueueFilter {
  tenantId?: string;
  lane?: Lane;
  state?: LiveState;
  /** The recipients' domain, A-labels. */
  domain?: string;
  /** A recipient's whole address. */
  recipient?: string;
  queueId?: string;
  /** The most rows (100, at most 1,000). */
  limit?: number;
  /** The last row of the page before. */
  after?: { queueId: string; recipientNo: number };
}

/** Unfinished deliveries, oldest first; pages by `after`. */
export async function listQueue(db: Queryable, filter: QueueFilter = {}): Promise<QueueRow[]> {
  const result = await db.query<QueueRow>(
    `SELECT d.queue_id AS "queueId", d.recipient_no AS "recipientNo", d.tenant_id AS "tenantId", t.slug AS tenant, d.lane, d.state,
            m.reverse_path AS "reversePath", d.recipient, m.subject, d.size, d.attempts, m.accepted_at AS "acceptedAt",
            CASE WHEN d.state IN ('scheduled', 'deferred', 'attempting') THEN d.due_at END AS "dueAt",
            d.expires_at AS "expiresAt", d.reason
       FROM delivery d
       JOIN outgoing_message m ON m.queue_id = d.queue_id
       LEFT JOIN tenant t ON t.id = d.tenant_id
      WHERE ($1::uuid IS NULL OR d.tenant_id = $1) AND ($2::delivery_lane IS NULL OR d.lane = $2)
        AND ($3::delivery_state IS NULL OR d.state = $3) AND ($4::text IS NULL OR d.domain = $4)
        AND ($5::text IS NULL OR d.recipient = $5) AND ($6::uuid IS NULL OR d.queue_id = $6)
        AND ($7::uuid IS NULL OR (d.queue_id, d.recipient_no) > ($7, $8::int))
      ORDER BY d.queue_id, d.recipient_no LIMIT $9`,
    [
      filter.tenantId ?? null,
      filter.lane ?? null,
      filter.state ?? null,
      filter.domain ?? null,
      filter.recipient ?? null,
      filter.queueId ?? null,
      filter.after?.queueId ?? null,
      filter.after?.recipientNo ?? 0,
      Math.min(filter.limit ?? 100, 1_000),
    ],
  );
  return result.rows;
}

export interface QueueTotal {
  lane: Lane;
  state: LiveState;
  count: number;
  /** Of the oldest message. */
  oldestAt: Date;
}

/** How much is in each state. Reads the whole queue: for people, not for loops. */
export async function queueTotals(db: Queryable): Promise<QueueTotal[]> {
  const result = await db.query<QueueTotal>(
    `SELECT d.lane, d.state, count(*) AS count,
            to_timestamp(('x' || left(replace(min(d.queue_id::text), '-', ''), 12))::bit(48)::bigint / 1000.0) AS "oldestAt"
       FROM delivery d GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  return result.rows;
}

export interface TraceEvent {
  at: Date;
  type: string;
  recipientNo: number | null;
  recipient: string | null;
  data: Record<string, unknown>;
}

/** Everything that happened to a message, in order; empty when there is no such message or its events are past retention. */
export async function traceMessage(db: Queryable, queueId: string): Promise<TraceEvent[]> {
  const result = await db.query<TraceEvent>(
    `SELECT at, type, recipient_no AS "recipientNo", recipient, data FROM delivery_event
      WHERE queue_id = $1 ORDER BY txid, id`,
    [queueId],
  );
  return result.rows;
}
