// Writing outcomes: one statement for the finished, one for the unfinished, each for a whole batch. A row is
// touched only where the lease token is still its own; events are written for exactly the rows touched.
import type { Queryable } from '../infra/db/pool.ts';
import type { DeliveryOutcome, Outcome } from './outcome.ts';
import { sqlFrom, TRANSITIONS } from './states.ts';
import { SQL_SUPPRESS_AGAIN, sqlAddressHash, sqlBounceEnd } from './suppression/suppression-sql.store.ts';

type FinishedKind = 'delivered' | 'bounced' | 'expired';
type UnfinishedKind = 'deferred' | 'held';
type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

export const FINISHED_EVENT: Record<FinishedKind, string> = {
  delivered: TRANSITIONS.deliver.event,
  bounced: TRANSITIONS.bounce.event,
  expired: TRANSITIONS.expire.event,
};

const OUTCOME_ROWS = `unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::jsonb[])
  AS o(queue_id, recipient_no, lease_token, type, data)`;
const STILL_HELD = `d.queue_id = o.queue_id AND d.recipient_no = o.recipient_no AND d.lease_token = o.lease_token
  AND d.state IN (${sqlFrom('deliver')})`;

const FINISH = `
WITH gone AS (
  DELETE FROM delivery d USING ${OUTCOME_ROWS} WHERE ${STILL_HELD}
  RETURNING d.*, o.type, o.data
), events AS (
  INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
  SELECT tenant_id, queue_id, recipient_no, type, recipient, data FROM gone
), letters AS (
  INSERT INTO dead_letter (queue_id, recipient_no, tenant_id, lane, recipient, domain, notify, orcpt, size, attempts, outcome, category, reason)
  SELECT queue_id, recipient_no, tenant_id, lane, recipient, domain, notify, orcpt, size, attempts, type, data->>'category', data->>'reason'
    FROM gone WHERE type <> '${TRANSITIONS.deliver.event}'
), suppressions AS (
  -- Dead addresses, but none of our own domains: there the mailbox may be made any moment, and the MX knows.
  INSERT INTO suppression (id, tenant_id, address_hash, address, reason, source, detail, queue_id, expires_at)
  SELECT DISTINCT ON (tenant_id, hash) uuidv7(), tenant_id, hash, lower(recipient), 'bounce', 'delivery', left(data->>'reason', 500), queue_id,
         ${sqlBounceEnd('(SELECT m.source FROM outgoing_message m WHERE m.queue_id = d.queue_id)')}
    FROM (SELECT *, ${sqlAddressHash('recipient')} AS hash FROM gone
           WHERE type = '${TRANSITIONS.bounce.event}' AND data->>'addressDead' = 'true') d
   WHERE NOT EXISTS (SELECT FROM domain own WHERE own.name = d.domain AND own.status = 'active')
   ORDER BY tenant_id, hash
  ${SQL_SUPPRESS_AGAIN}
)
SELECT queue_id AS "queueId", recipient_no AS "recipientNo" FROM gone`;

const PUT_OFF = `
WITH kept AS (
  UPDATE delivery d SET state = o.state::delivery_state, lease_token = NULL, lost_attempts = 0,
         due_at = least(now() + o.retry_after_ms * interval '1 millisecond', greatest(d.expires_at, now())),
         reason = o.data->>'reason'
    FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::jsonb[], $6::text[], $7::bigint[])
      AS o(queue_id, recipient_no, lease_token, type, data, state, retry_after_ms)
   WHERE ${STILL_HELD}
  RETURNING d.tenant_id, d.queue_id, d.recipient_no, d.recipient, d.due_at, o.type, o.data
), events AS (
  INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
  SELECT tenant_id, queue_id, recipient_no, type, recipient, data || jsonb_build_object('nextAt', due_at) FROM kept
)
SELECT queue_id AS "queueId", recipient_no AS "recipientNo" FROM kept`;

/** `queueId:recipientNo`, the identity of a delivery within a process. */
export const deliveryKey = (row: { queueId: string; recipientNo: number }): string => `${row.queueId}:${row.recipientNo}`;

const common = (batch: readonly DeliveryOutcome[], type: (outcome: Outcome) => string): unknown[] => [
  batch.map(({ delivery }) => delivery.queueId),
  batch.map(({ delivery }) => delivery.recipientNo),
  batch.map(({ delivery }) => delivery.leaseToken),
  batch.map(({ outcome }) => type(outcome)),
  batch.map(eventData),
];

/**
 * Ends deliveries: delivered, bounced, expired.
 * @returns the keys of those ended; a missing one had lost its lease, and its row is as another worker left it
 */
export async function storeFinished(
  db: Queryable,
  batch: readonly (DeliveryOutcome & { outcome: Of<FinishedKind> })[],
): Promise<Set<string>> {
  const result = await db.query<{ queueId: string; recipientNo: number }>({
    name: 'store-finished',
    text: FINISH,
    values: common(batch, (outcome) => FINISHED_EVENT[outcome.kind as FinishedKind]),
  });
  return new Set(result.rows.map(deliveryKey));
}

/** Puts deliveries off (until retryAfterMs from now, by the database's clock, no later than their expiry) or holds them. */
export async function storeUnfinished(
  db: Queryable,
  batch: readonly (DeliveryOutcome & { outcome: Of<UnfinishedKind> })[],
): Promise<Set<string>> {
  const result = await db.query<{ queueId: string; recipientNo: number }>({
    name: 'store-unfinished',
    text: PUT_OFF,
    values: [
      ...common(batch, (outcome) => (outcome.kind === 'held' ? TRANSITIONS.hold.event : TRANSITIONS.defer.event)),
      batch.map(({ outcome }) => (outcome.kind === 'held' ? TRANSITIONS.hold.to : TRANSITIONS.defer.to)),
      batch.map(({ outcome }) => (outcome.kind === 'held' ? 0 : outcome.retryAfterMs)),
    ],
  });
  return new Set(result.rows.map(deliveryKey));
}

export interface ReportEvent {
  /** The message that the report is about. */
  queueId: string;
  tenantId: string;
  /** The report's own. */
  reportQueueId: string;
  action: string;
  to: string;
}

/** Notes on messages that reports about them were enqueued; in the same transaction. */
export async function insertReportEvents(db: Queryable, events: readonly ReportEvent[]): Promise<void> {
  await db.query(
    `INSERT INTO delivery_event (tenant_id, queue_id, type, data)
     SELECT tenant_id, queue_id, 'reported', jsonb_build_object('report', report, 'action', action, 'to', recipient)
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS r(tenant_id, queue_id, report, action, recipient)`,
    [
      events.map((event) => event.tenantId),
      events.map((event) => event.queueId),
      events.map((event) => event.reportQueueId),
      events.map((event) => event.action),
      events.map((event) => event.to),
    ],
  );
}

/** Throttled rows get no event: a limit that holds for hours would fill the log with them. */
function eventData({ delivery, outcome }: DeliveryOutcome): string {
  const attempt = delivery.attempts;
  switch (outcome.kind) {
    case 'delivered':
      return JSON.stringify({ attempt, ...outcome.facts });
    case 'held':
    case 'throttled':
      return JSON.stringify({ attempt, reason: outcome.reason });
    case 'bounced':
      return storableJson({ attempt, category: outcome.category, reason: outcome.reason, addressDead: outcome.addressDead, ...outcome.facts });
    case 'deferred':
    case 'expired':
      return storableJson({ attempt, category: outcome.category, reason: outcome.reason, ...outcome.facts });
  }
}

/** jsonb refuses U+0000 and lone surrogates, which a hostile server may send. */
function storableJson(value: object): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'string' ? item.replaceAll('\0', '').toWellFormed() : item));
}
