// Rows that have waited for too long, in whichever state they wait: finding them by their age, ending them, noting that
// their senders are told. Queue ids begin with the time of acceptance, so the primary key is the index of their age.
import type { Queryable } from '../../infra/db/pool.ts';
import type { ClaimedDelivery } from '../claim.store.ts';
import { MAX_AGE_DAYS } from '../enqueue.store.ts';
import type { RowKey } from '../operations/selection.store.ts';
import { sqlFrom, TRANSITIONS } from '../states.ts';

/** Until this long after its time was over a row is left to the workers, who make its last attempt. */
export const GRACE_MINUTES = 5;

/** When it might go first: accepted, or its send_at. */
const WAITING_SINCE = `d.expires_at - interval '${MAX_AGE_DAYS} days'`;
const WAITS = `d.state IN (${sqlFrom('expireOverdue')})`;
const EXPIRED = `${WAITS} AND d.expires_at <= now() - interval '${GRACE_MINUTES} minutes'`;

/*
 * To whom a delay is told: where NOTIFY asks for it, or says nothing and it is not one of a mass mailing, which may take
 * its hours (RFC 3461 4.1 leaves that to us). A tenant that may not send gets no report out either.
 */
const delayed = (afterMs: '$3' | '$4'): string => `${WAITS} AND d.delay_reported_at IS NULL AND d.expires_at > now()
  AND ${WAITING_SINCE} <= now() - ${afterMs}::float8 * interval '1 millisecond'
  AND CASE WHEN d.notify IS NULL THEN d.lane = 'transactional' ELSE 'DELAY' = ANY(string_to_array(d.notify, ',')) END
  AND EXISTS (SELECT FROM tenant owner WHERE owner.id = d.tenant_id AND owner.status = 'active')`;

export interface OverduePage {
  expired: RowKey[];
  delayed: RowKey[];
  /** The last row looked at; null: there are no more. */
  last: RowKey | null;
}

/** A recipient's number before all of its message. */
const BEFORE_FIRST = -1;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Looks at the next rows in the order of acceptance, without locking any.
 * @param delayAfterMs a wait of so long is told; null: none is
 */
export async function selectOverdue(db: Queryable, after: RowKey | null, delayAfterMs: number | null, limit: number): Promise<OverduePage> {
  const { rows } = await db.query<RowKey & { kind: 'expired' | 'delayed' | null; rows: number }>({
    name: 'select-overdue',
    text: `
      WITH page AS MATERIALIZED (
        SELECT d.queue_id, d.recipient_no, CASE WHEN ${EXPIRED} THEN 'expired' WHEN $4::float8 IS NOT NULL AND ${delayed('$4')} THEN 'delayed' END AS kind
          FROM delivery d
         WHERE (d.queue_id, d.recipient_no) > ($1, $2::int)
           AND d.queue_id < uuid_v7_floor(now() - least($4::float8, ${MAX_AGE_DAYS * 86_400_000}) * interval '1 millisecond')
         ORDER BY d.queue_id, d.recipient_no LIMIT $3
      )
      SELECT queue_id AS "queueId", recipient_no AS "recipientNo", kind, rows
        FROM (SELECT *, row_number() OVER (ORDER BY queue_id, recipient_no) AS n, count(*) OVER () AS rows FROM page) p
       WHERE kind IS NOT NULL OR n = rows ORDER BY queue_id, recipient_no`,
    // Always a place to begin at: with an alternative to it, each page would be looked for from the start.
    values: [after?.queueId ?? FIRST_ID, after?.recipientNo ?? BEFORE_FIRST, limit, delayAfterMs],
  });
  const end = rows.at(-1);
  const isFull = end?.rows === limit;
  // One message is told of as a whole: what a full page has of its last one is left to the next page, unless it is all there is.
  const isCut = isFull && !(after?.queueId === end.queueId && after.recipientNo === BEFORE_FIRST);
  const of = (kind: string): RowKey[] =>
    rows.filter((row) => row.kind === kind && !(isCut && row.queueId === end.queueId)).map(({ queueId, recipientNo }) => ({ queueId, recipientNo }));
  const last = isCut ? { queueId: end.queueId, recipientNo: BEFORE_FIRST } : isFull ? { queueId: end.queueId, recipientNo: end.recipientNo } : null;
  return { expired: of('expired'), delayed: of('delayed'), last };
}

/** A row whose sender is to be told, with what its last attempt met. */
export interface OverdueRow extends Pick<ClaimedDelivery, 'queueId' | 'recipientNo' | 'tenantId' | 'lane' | 'recipient' | 'domain' | 'notify' | 'orcpt' | 'size' | 'attempts'> {
  expiresAt: Date;
  lastAttemptAt: Date | null;
  /** Why the last attempt came to nothing; null: it was never attempted, or its event is past retention. */
  lastReason: string | null;
  reply: string | null;
  enhancedCode: string | null;
  mxHost: string | null;
}

/** Of rows named `r`: what OverdueRow has. */
const TOLD = `r.queue_id AS "queueId", r.recipient_no AS "recipientNo", r.tenant_id AS "tenantId", r.lane, r.recipient, r.domain, r.notify, r.orcpt,
  r.size, r.attempts, r.expires_at AS "expiresAt", r.last_attempt_at AS "lastAttemptAt", r.last->>'reason' AS "lastReason", r.last->>'reply' AS reply,
  r.last->>'enhancedCode' AS "enhancedCode", r.last->>'mxHost' AS "mxHost"`;

/** Rows are passed over that somebody else is at: the next round finds them if they still wait. */
const locked = (condition: string): string => `
  locked AS MATERIALIZED (
    SELECT d.*, (SELECT e.data FROM delivery_event e
                  WHERE e.queue_id = d.queue_id AND e.recipient_no = d.recipient_no AND e.type = '${TRANSITIONS.defer.event}'
                  ORDER BY e.txid DESC, e.id DESC LIMIT 1) AS last
      FROM delivery d JOIN unnest($1::uuid[], $2::int[]) AS k(queue_id, recipient_no) ON k.queue_id = d.queue_id AND k.recipient_no = d.recipient_no
     WHERE ${condition} FOR UPDATE OF d SKIP LOCKED
  )`;

const values = (keys: readonly RowKey[]): [string[], number[]] => [keys.map((key) => key.queueId), keys.map((key) => key.recipientNo)];

/** What the dead letter says of a row that was ended by its age. */
const SQL_REASON = `'Not delivered in time. ' || coalesce('Last: ' || (last->>'reason'), 'It was never attempted' || coalesce(': ' || reason, '.'))`;

/** Ends those of the rows that still wait past their time, with event and dead letter. */
export async function expireOverdue(db: Queryable, keys: readonly RowKey[]): Promise<OverdueRow[]> {
  const { rows } = await db.query<OverdueRow>(
    `WITH ${locked(EXPIRED)}, gone AS (
       DELETE FROM delivery d USING locked l WHERE d.queue_id = l.queue_id AND d.recipient_no = l.recipient_no RETURNING l.*
     ), events AS (
       INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
       SELECT tenant_id, queue_id, recipient_no, '${TRANSITIONS.expireOverdue.event}', recipient,
              jsonb_build_object('attempt', attempts, 'category', 'expired', 'reason', ${SQL_REASON}, 'phase', 'queue') FROM gone
     ), letters AS (
       INSERT INTO dead_letter (queue_id, recipient_no, tenant_id, lane, recipient, domain, notify, orcpt, size, attempts, outcome, category, reason)
       SELECT queue_id, recipient_no, tenant_id, lane, recipient, domain, notify, orcpt, size, attempts, '${TRANSITIONS.expireOverdue.to}', 'expired', ${SQL_REASON} FROM gone
     )
     SELECT ${TOLD} FROM gone r ORDER BY r.queue_id, r.recipient_no`,
    values(keys),
  );
  return rows;
}

/** Notes of those of the rows that still wait, and of which nobody was told yet, that their senders are told. */
export async function markDelayReported(db: Queryable, keys: readonly RowKey[], delayAfterMs: number): Promise<OverdueRow[]> {
  const { rows } = await db.query<OverdueRow>(
    `WITH ${locked(delayed('$3'))}, marked AS (
       UPDATE delivery d SET delay_reported_at = now() FROM locked l WHERE d.queue_id = l.queue_id AND d.recipient_no = l.recipient_no RETURNING l.*
     )
     SELECT ${TOLD} FROM marked r ORDER BY r.queue_id, r.recipient_no`,
    [...values(keys), delayAfterMs],
  );
  return rows;
}
