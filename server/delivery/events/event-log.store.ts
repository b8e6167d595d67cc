// Reading delivery_event in an order in which nothing is missed. Owns the positions of its readers; what a reader does
// with an event is its own.
import type { Queryable } from '../../infra/db/pool.ts';

/**
 * A place in the log: after the event with this transaction and id. Ids are taken before their transactions commit, so
 * an id alone would skip what commits late; a transaction's number orders it among those that are over.
 */
export interface EventPosition {
  /** xid8, decimal; '0' is before everything. */
  txid: string;
  id: number;
}

export interface LoggedEvent extends EventPosition {
  at: Date;
  tenantId: string;
  queueId: string;
  /** Null: about the whole message. */
  recipientNo: number | null;
  type: string;
  recipient: string | null;
  data: Record<string, unknown>;
}

export const LOG_START: EventPosition = { txid: '0', id: 0 };

/*
 * Stops before the oldest transaction that is still open: everything before it is over, and what has not committed
 * never will. The snapshot that decides this is the statement's own, which also decides what it sees.
 * Partitions are merged in order of their primary keys: a descent each, whatever the log holds.
 */
const READ = `
WITH page AS MATERIALIZED (
  SELECT txid, id, at, tenant_id, queue_id, recipient_no, type, recipient, data FROM delivery_event
   WHERE (txid, id) > ($1::text::xid8, $2::bigint) AND txid < pg_snapshot_xmin(pg_current_snapshot())
   ORDER BY txid, id LIMIT $3
), last AS (
  SELECT txid, id FROM page ORDER BY txid DESC, id DESC LIMIT 1
)
SELECT page.txid::text AS txid, page.id, at, tenant_id AS "tenantId", queue_id AS "queueId", recipient_no AS "recipientNo",
       type, recipient, data, (SELECT count(*) FROM page) AS passed
  FROM page, last
 WHERE $4::text[] IS NULL OR type = ANY($4) OR (page.txid, page.id) = (last.txid, last.id)
 ORDER BY page.txid, page.id`;

export interface EventPage {
  events: LoggedEvent[];
  /** After all that was looked at, also what was of other types; null: there was nothing. */
  end: EventPosition | null;
  /** How many were looked at. */
  passed: number;
}

/**
 * The next events after a position, in order.
 * @param types only these; the others are passed over, and `end` lies behind them. Null: all
 * @param limit the most events looked at
 */
export async function readEvents(db: Queryable, after: EventPosition, types: readonly string[] | null, limit: number): Promise<EventPage> {
  const { rows } = await db.query<LoggedEvent & { passed: number }>({ name: 'read-events', text: READ, values: [after.txid, after.id, limit, types] });
  const last = rows.at(-1);
  if (!last) return { events: [], end: null, passed: 0 };
  const events = rows.filter((event) => types === null || types.includes(event.type)).map(({ passed: _, ...event }) => event);
  return { events, end: { txid: last.txid, id: last.id }, passed: last.passed };
}

/**
 * A reader's position, locked until the transaction ends: one process at a time reads for a consumer.
 * @returns null when another process holds it. A consumer that is not known yet begins at the log's start
 */
export async function lockPosition(db: Queryable, consumer: string): Promise<EventPosition | null> {
  const locked = () =>
    db.query<EventPosition>(
      'SELECT txid::text AS txid, event_id AS id FROM event_position WHERE consumer = $1 FOR UPDATE SKIP LOCKED',
      [consumer],
    );
  const first = await locked();
  if (first.rows[0]) return first.rows[0];
  await db.query('INSERT INTO event_position (consumer) VALUES ($1) ON CONFLICT DO NOTHING', [consumer]);
  return (await locked()).rows[0] ?? null;
}

/** Writes how far a consumer is. */
export async function movePosition(db: Queryable, consumer: string, position: EventPosition): Promise<void> {
  await db.query(
    `INSERT INTO event_position (consumer, txid, event_id) VALUES ($1, $2::text::xid8, $3)
     ON CONFLICT (consumer) DO UPDATE SET txid = excluded.txid, event_id = excluded.event_id, moved_at = now()`,
    [consumer, position.txid, position.id],
  );
}

/**
 * The position before the first event at or after a moment; the log's end when there is none. A transaction's events
 * bear the moment at which it began, so that a few earlier ones may come again too.
 */
export async function positionAt(db: Queryable, moment: Date): Promise<EventPosition> {
  const { rows } = await db.query<EventPosition>(
    `SELECT txid::text AS txid, id - 1 AS id FROM delivery_event e WHERE at >= $1 ORDER BY e.txid, e.id LIMIT 1`,
    [moment],
  );
  return rows[0] ?? (await logEnd(db));
}

/**
 * After everything that can be read now, and before what transactions under way will have written. It does not depend on
 * there being events: a long transaction, of another database too, can make all of them unreadable for a while.
 */
export async function logEnd(db: Queryable): Promise<EventPosition> {
  const { rows } = await db.query<EventPosition>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS txid, 0 AS id');
  return rows[0]!;
}

export interface ConsumerState extends EventPosition {
  consumer: string;
  movedAt: Date;
  /** How old the first event is that it has not dealt with, in milliseconds; 0 when it has dealt with all. */
  lagMs: number;
}

/** Every reader and how far behind it is. An event counts from its commit's moment on, also before readers may see it. */
export async function consumerStates(db: Queryable): Promise<ConsumerState[]> {
  const { rows } = await db.query<ConsumerState>(
    `SELECT p.consumer, p.txid::text AS txid, p.event_id AS id, p.moved_at AS "movedAt",
            coalesce(greatest(extract(epoch FROM now() - next.at) * 1000, 0), 0)::float8 AS "lagMs"
       FROM event_position p
       LEFT JOIN LATERAL (
         SELECT at FROM delivery_event e WHERE (e.txid, e.id) > (p.txid, p.event_id) ORDER BY e.txid, e.id LIMIT 1) next ON true
      ORDER BY p.consumer`,
  );
  return rows;
}
