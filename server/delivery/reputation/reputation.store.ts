// SQL of reputation: rolling events up into hours, sums over windows, levels with their history, tenants paused and resumed.
import type { Pool, PoolClient, Queryable } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { EventConsumer } from '../events/consume-events.ts';
import { type EventPosition, LOG_START, movePosition } from '../events/event-log.store.ts';
import type { ReputationCounts, ReputationLevel, ReputationScope } from './reputation-rules.ts';

const COUNTED = ['accepted', 'delivered', 'deferred', 'bounced', 'bounced-later', 'complained'];
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/**
 * Bounces that say nothing of a list's quality: never tried, or the message's own fault. Reports of ours count for nobody.
 * The domain of an event whose message is gone stays unknown; its tenant does not.
 */
const ROLL_UP = `
WITH counted AS (
  SELECT e.tenant_id, date_trunc('hour', e.at) AS hour, e.type, e.data,
         CASE WHEN e.type = 'accepted' THEN ARRAY[e.data->>'headerFrom', e.data->>'source', e.data->>'lane']
              ELSE (SELECT ARRAY[m.header_from, m.source, m.lane::text] FROM outgoing_message m WHERE m.queue_id = e.queue_id) END AS message,
         CASE WHEN e.type IN ('bounced-later', 'complained')
              THEN (SELECT d.data->>'egress' FROM delivery_event d
                     WHERE d.queue_id = e.queue_id AND d.recipient_no = e.recipient_no AND d.type = 'delivered' LIMIT 1)
              ELSE e.data->>'egress' END AS egress
    FROM delivery_event e
   WHERE (e.txid, e.id) >= ($1::text::xid8, $2::bigint) AND (e.txid, e.id) <= ($3::text::xid8, $4::bigint)
     AND (e.txid, e.id) > (SELECT c.txid, c.event_id FROM reputation_counted c) AND e.type IN (${COUNTED.map((type) => `'${type}'`).join(', ')})
     -- What the simulator does, and sends back, is nobody's reputation.
     AND NOT e.data ? 'simulated'
     AND NOT (e.type IN ('bounced-later', 'complained') AND EXISTS (
       SELECT FROM delivery_event d WHERE d.queue_id = e.queue_id AND d.recipient_no = e.recipient_no AND d.type = 'delivered' AND d.data ? 'simulated'))
), weighed AS (
  SELECT tenant_id, hour, lower(substring(message[1] FROM '[^@]+$')) AS domain, message[3] AS lane, egress,
         CASE WHEN type = 'accepted' THEN (data->>'recipients')::bigint ELSE 0 END AS accepted,
         (type = 'delivered')::int AS delivered,
         (type = 'deferred' AND data->>'category' IS DISTINCT FROM 'internal')::int AS deferred,
         (type = 'bounced-later' OR type = 'bounced' AND coalesce(data->>'category', '') NOT IN ('suppressed', 'loop', 'smtputf8', 'mesgtoobig', 'internal'))::int AS bounced,
         (type = 'complained')::int AS complained
    FROM counted WHERE message[2] IS DISTINCT FROM 'dsn'
), by_subject AS (
  SELECT 'tenant' AS scope, tenant_id, '' AS key, hour, accepted, delivered, deferred, bounced, complained FROM weighed
  UNION ALL SELECT 'domain', tenant_id, domain, hour, accepted, delivered, deferred, bounced, complained FROM weighed WHERE domain IS NOT NULL
  UNION ALL SELECT 'lane', tenant_id, lane, hour, accepted, delivered, deferred, bounced, complained FROM weighed WHERE lane IS NOT NULL
  UNION ALL SELECT 'egress', '${NO_TENANT}', egress, hour, accepted, delivered, deferred, bounced, complained FROM weighed WHERE egress IS NOT NULL
)
INSERT INTO reputation_hour AS h (scope, tenant_id, key, hour, accepted, delivered, deferred, bounced, complained)
SELECT scope, tenant_id, key, hour, sum(accepted), sum(delivered), sum(deferred), sum(bounced), sum(complained)
  FROM by_subject GROUP BY scope, tenant_id, key, hour ORDER BY scope, tenant_id, key, hour
ON CONFLICT (scope, tenant_id, key, hour) DO UPDATE SET accepted = h.accepted + excluded.accepted, delivered = h.delivered + excluded.delivered,
  deferred = h.deferred + excluded.deferred, bounced = h.bounced + excluded.bounced, complained = h.complained + excluded.complained`;

/**
 * Counts events into their hours, in the reader's transaction. The events are read where they lie, by their range: it is
 * final, since readers stop before the oldest open transaction. What was counted before is passed over, so that letting
 * the reader read again changes nothing.
 */
async function countEvents(client: PoolClient, first: EventPosition, last: EventPosition): Promise<void> {
  await client.query('SELECT FROM reputation_counted FOR UPDATE');
  await client.query({ name: 'reputation-roll-up', text: ROLL_UP, values: [first.txid, first.id, last.txid, last.id] });
  await client.query(
    'UPDATE reputation_counted SET txid = $1::text::xid8, event_id = $2 WHERE (txid, event_id) < ($1::text::xid8, $2)',
    [last.txid, last.id],
  );
}

/** The reader of the event log that keeps the counts. */
export const REPUTATION_CONSUMER: EventConsumer = {
  name: 'reputation',
  types: COUNTED,
  batchSize: 5_000,
  handle: (client, events) => countEvents(client, events[0]!, events.at(-1)!),
};

/** Forgets all counts and starts again from the first event that is kept; the reader counts them anew. */
export async function recount(pool: Pool): Promise<void> {
  await withTransaction(pool, async (client) => {
    // The position first: a reader at work holds it, and no batch comes between what follows.
    await movePosition(client, REPUTATION_CONSUMER.name, LOG_START);
    await client.query('DELETE FROM reputation_hour');
    await client.query(`UPDATE reputation_counted SET txid = '0', event_id = 0`);
  });
}

export async function deleteOldHours(db: Queryable, days: number): Promise<number> {
  return (await db.query(`DELETE FROM reputation_hour WHERE hour < now() - $1 * interval '1 day'`, [days])).rowCount ?? 0;
}

export interface ReputationSubject {
  scope: ReputationScope;
  /** NO_TENANT for egress addresses. */
  tenantId: string;
  /** '' for the tenant as a whole. */
  key: string;
}

export interface SubjectCounts extends ReputationSubject, ReputationCounts {}

/** Sums of the last hours by subject; what lies before a tenant's fresh start does not count. */
export async function selectCounts(db: Queryable, windowHours: number, tenantId?: string): Promise<SubjectCounts[]> {
  const result = await db.query<SubjectCounts>(
    `SELECT h.scope, h.tenant_id AS "tenantId", h.key, sum(h.accepted)::bigint AS accepted, sum(h.delivered)::bigint AS delivered,
            sum(h.deferred)::bigint AS deferred, sum(h.bounced)::bigint AS bounced, sum(h.complained)::bigint AS complained
       FROM reputation_hour h LEFT JOIN tenant t ON t.id = h.tenant_id
      WHERE h.hour > now() - $1 * interval '1 hour' AND ($2::uuid IS NULL OR h.tenant_id = $2)
        AND (t.measured_from IS NULL OR h.hour >= date_trunc('hour', t.measured_from))
      GROUP BY h.scope, h.tenant_id, h.key ORDER BY h.scope DESC, sum(h.accepted) DESC, h.key`,
    [windowHours, tenantId ?? null],
  );
  return result.rows;
}

export interface ReputationState extends ReputationSubject {
  level: ReputationLevel;
  reason: string;
  since: Date;
}

export async function selectStates(db: Queryable): Promise<ReputationState[]> {
  const result = await db.query<ReputationState>({
    name: 'reputation-states',
    text: `SELECT scope, tenant_id AS "tenantId", key, level, reason, since FROM reputation_state`,
  });
  return result.rows;
}

export interface ReputationChange extends ReputationSubject {
  at: Date;
  /** A level, `ok`, `paused` or `resumed`. */
  level: string;
  reason: string;
  by: string;
}

export async function insertChange(db: Queryable, change: Omit<ReputationChange, 'at'>): Promise<void> {
  await db.query('INSERT INTO reputation_change (scope, tenant_id, key, level, reason, by) VALUES ($1, $2, $3, $4, $5, $6)', [
    change.scope, change.tenantId, change.key, change.level, change.reason, change.by,
  ]);
}

/** Sets a subject's level, or takes it away with null, and writes the change down. The caller's transaction makes it one. */
export async function setLevel(db: Queryable, subject: ReputationSubject, finding: { level: ReputationLevel; reason: string } | null): Promise<void> {
  const { scope, tenantId, key } = subject;
  if (finding === null) await db.query('DELETE FROM reputation_state WHERE scope = $1 AND tenant_id = $2 AND key = $3', [scope, tenantId, key]);
  else {
    await db.query(
      `INSERT INTO reputation_state (scope, tenant_id, key, level, reason) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (scope, tenant_id, key) DO UPDATE SET level = excluded.level, reason = excluded.reason, since = now()`,
      [scope, tenantId, key, finding.level, finding.reason],
    );
  }
  await insertChange(db, { scope, tenantId, key, level: finding?.level ?? 'ok', reason: finding?.reason ?? 'rates are back below the thresholds', by: 'reputation' });
}

/** Keeps the reason of an unchanged level true to the numbers. */
export async function renewReason(db: Queryable, subject: ReputationSubject, reason: string): Promise<void> {
  await db.query('UPDATE reputation_state SET reason = $4 WHERE scope = $1 AND tenant_id = $2 AND key = $3', [subject.scope, subject.tenantId, subject.key, reason]);
}

/**
 * Stops an active tenant's sending, with the reason that its people see.
 * @param hours until it sends again by itself; null: when somebody resumes it
 * @returns false when it was not active
 */
export async function pauseTenant(db: Queryable, tenantId: string, pause: { reason: string; by: string; hours: number | null }): Promise<boolean> {
  const result = await db.query(
    `UPDATE tenant SET status = 'paused', status_reason = $2, status_since = now(), status_by = $3, resume_at = now() + $4 * interval '1 hour'
      WHERE id = $1 AND status = 'active'`,
    [tenantId, pause.reason, pause.by, pause.hours],
  );
  if (result.rowCount !== 1) return false;
  await insertChange(db, { scope: 'tenant', tenantId, key: '', level: 'paused', reason: pause.reason, by: pause.by });
  return true;
}

const RESUME = `UPDATE tenant SET status = 'active', status_reason = NULL, status_since = now(), status_by = $1, resume_at = NULL,
  measured_from = date_trunc('hour', now()) + interval '1 hour'`;

/** A tenant's rates are measured anew from the next full hour, those of its parts too. */
export async function measureAnew(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`UPDATE tenant SET measured_from = date_trunc('hour', now()) + interval '1 hour' WHERE id = $1`, [tenantId]);
}

/** Lets a paused tenant send again, measured anew from the next full hour. @returns false when it was not paused */
export async function resumeTenant(db: Queryable, tenantId: string, by: string): Promise<boolean> {
  const result = await db.query(`${RESUME} WHERE id = $2 AND status = 'paused'`, [by, tenantId]);
  if (result.rowCount !== 1) return false;
  await insertChange(db, { scope: 'tenant', tenantId, key: '', level: 'resumed', reason: 'resumed', by });
  return true;
}

/** Resumes those whose pause is over. @returns their ids */
export async function resumeDueTenants(db: Queryable): Promise<string[]> {
  const result = await db.query<{ id: string }>(`${RESUME} WHERE status = 'paused' AND resume_at <= now() RETURNING id`, ['clock']);
  for (const { id } of result.rows) await insertChange(db, { scope: 'tenant', tenantId: id, key: '', level: 'resumed', reason: 'the pause is over', by: 'clock' });
  return result.rows.map(({ id }) => id);
}

/** What has changed, newest first. */
export async function selectChanges(db: Queryable, filter: { tenantId?: string; limit: number }): Promise<ReputationChange[]> {
  const result = await db.query<ReputationChange>(
    `SELECT at, scope, tenant_id AS "tenantId", key, level, reason, by FROM reputation_change
      WHERE $1::uuid IS NULL OR tenant_id = $1 ORDER BY at DESC, id DESC LIMIT $2`,
    [filter.tenantId ?? null, filter.limit],
  );
  return result.rows;
}
