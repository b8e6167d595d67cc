// Warm-up state and counts in the database: what the scheduler's job reads, writes and counts from the event log.
import type { Pool, Queryable } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { SENDER_FAULT } from '../../mail/reply-rules.ts';
import { PROVIDER_GROUPS, type ProviderGroup } from '../provider-group.ts';
import { type EventPosition, lockPosition, movePosition } from '../events/event-log.store.ts';
import { TRANSITIONS } from '../states.ts';
import { WARMUP_COLUMNS } from './egress.store.ts';
import type { DayCounts, WarmupState } from './warmup.ts';
import type { WarmupSchedule } from './warmup-schedule.ts';

/** Makes the rows of providers that were added since an address was. They begin cold. */
export async function ensureWarmupRows(db: Queryable): Promise<void> {
  await db.query(
    `INSERT INTO egress_warmup (address_id, provider, phase, stage, pauses, measured_from, rolled_to)
     SELECT a.id, p.provider, 'warming', 0, 0, d.today, d.today
       FROM egress_address a CROSS JOIN unnest($1::text[]) AS p(provider)
      CROSS JOIN (SELECT (now() AT TIME ZONE 'UTC')::date AS today) d
      WHERE a.status <> 'retired'
        AND NOT EXISTS (SELECT FROM egress_warmup w WHERE w.address_id = a.id AND w.provider = p.provider)
     ON CONFLICT DO NOTHING`,
    [PROVIDER_GROUPS],
  );
}

export interface WarmupSubject {
  addressId: string;
  address: string;
  provider: ProviderGroup;
  schedule: WarmupSchedule | null;
  state: WarmupState;
  /** Of the last days, in order. */
  days: DayCounts[];
}

/** Every address in use at every provider, with its counts of `days` days; and the present UTC day by the database. */
export async function readWarmups(db: Queryable, days: number, addressId: string | null = null): Promise<{ today: string; subjects: WarmupSubject[] }> {
  const clock = await db.query<{ today: string }>(`SELECT (now() AT TIME ZONE 'UTC')::date::text AS today`);
  const states = await db.query<WarmupState & { addressId: string; address: string; provider: ProviderGroup; schedule: WarmupSchedule | null }>(
    `SELECT w.*, a.name AS address, a.schedule FROM (SELECT ${WARMUP_COLUMNS} FROM egress_warmup) w
       JOIN egress_address a ON a.id = w."addressId"
      WHERE a.status <> 'retired' AND ($1::uuid IS NULL OR a.id = $1)`,
    [addressId],
  );
  const counts = await db.query<DayCounts & { addressId: string; provider: string }>(
    `SELECT address_id AS "addressId", provider, day::text, sent, delivered, bounced, throttled, complained FROM egress_day
      WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::int AND ($2::uuid IS NULL OR address_id = $2) ORDER BY day`,
    [days, addressId],
  );
  const countsOf = Map.groupBy(counts.rows, (row) => `${row.addressId} ${row.provider}`);
  return {
    today: clock.rows[0]!.today,
    subjects: states.rows.map(({ addressId: id, address, provider, schedule, ...state }) => ({
      addressId: id, address, provider, schedule, state, days: countsOf.get(`${id} ${provider}`) ?? [],
    })),
  };
}

/**
 * Writes a step, and its event, where the state is still the one that it was made from: two schedulers make one step.
 * @returns false when another was first
 */
export async function storeStep(
  db: Queryable,
  subject: WarmupSubject,
  next: WarmupState,
  event: { type: string; reason: string; by: string } | null,
): Promise<boolean> {
  const { state } = subject;
  const result = await db.query(
    `WITH stepped AS (
       UPDATE egress_warmup SET phase = $3, stage = $4, paused_until = $5, pauses = $6, last_pause_on = $7, measured_from = $8, rolled_to = $9, reason = $10
        WHERE address_id = $1 AND provider = $2 AND phase = $11 AND stage = $12 AND rolled_to = $13 AND paused_until IS NOT DISTINCT FROM $14
       RETURNING address_id, provider
     ), told AS (
       INSERT INTO egress_event (address_id, provider, type, reason, by)
       SELECT address_id, provider, $15, $16, $17 FROM stepped WHERE $15::text IS NOT NULL
     )
     SELECT 1 FROM stepped`,
    [
      subject.addressId, subject.provider, next.phase, next.stage, next.pausedUntil, next.pauses, next.lastPauseOn, next.measuredFrom, next.rolledTo, next.reason,
      state.phase, state.stage, state.rolledTo, state.pausedUntil,
      event?.type ?? null, event?.reason ?? '', event?.by ?? '',
    ],
  );
  return result.rowCount === 1;
}

/** Addresses of the same pools that may take an address's traffic to a provider. */
export async function takersOf(db: Queryable, addressId: string, provider: ProviderGroup): Promise<string[]> {
  const result = await db.query<{ name: string }>(
    `SELECT DISTINCT a.name FROM egress_pool_address mine
       JOIN egress_pool p ON p.id = mine.pool_id
       JOIN egress_pool_address m ON m.pool_id IN (mine.pool_id, p.overflow_pool_id) AND m.address_id <> $1
       JOIN egress_address a ON a.id = m.address_id AND a.status = 'active'
       JOIN egress_warmup w ON w.address_id = a.id AND w.provider = $2 AND w.phase <> 'paused'
      WHERE mine.address_id = $1 ORDER BY a.name`,
    [addressId, provider],
  );
  return result.rows.map((row) => row.name);
}

/** Ends operators' pauses whose time is over. */
export async function resumePausedAddresses(db: Queryable): Promise<string[]> {
  const result = await db.query<{ name: string }>(
    `WITH ended AS (
       UPDATE egress_address SET status = 'active', paused_until = NULL, reason = NULL
        WHERE status = 'paused' AND paused_until <= now() RETURNING id, name
     ), told AS (
       INSERT INTO egress_event (address_id, type, reason, by) SELECT id, 'resumed', 'The pause is over.', 'clock' FROM ended
     )
     SELECT name FROM ended`,
  );
  return result.rows.map((row) => row.name);
}

/** Deferrals that are about us; those about the recipient or the line between are no sign of bad health. */
const THROTTLING: readonly string[] = [...SENDER_FAULT];

/** Its name among the readers of the event log. All is done in one statement in the database: no event comes here. */
export const EGRESS_COUNTS = 'egress-counts';

const COUNT = `
WITH batch AS MATERIALIZED (
  SELECT txid, id, at, queue_id, recipient_no, type, data FROM delivery_event
   WHERE (txid, id) > ($1::text::xid8, $2::bigint) AND txid < pg_snapshot_xmin(pg_current_snapshot())
   ORDER BY txid, id LIMIT $3
), attempts AS (
  -- What no server of the provider has answered tells nothing of how it sees us.
  SELECT data->>'egress' AS egress, data->>'provider' AS provider, (at AT TIME ZONE 'UTC')::date AS day, type, data->>'category' AS category
    FROM batch WHERE type = ANY($4::text[]) AND data ? 'egress' AND data ? 'reply'
), complaints AS (
  SELECT sent.egress, sent.provider, sent.day FROM batch c
   CROSS JOIN LATERAL (
     SELECT e.data->>'egress' AS egress, e.data->>'provider' AS provider, (e.at AT TIME ZONE 'UTC')::date AS day FROM delivery_event e
      WHERE e.queue_id = c.queue_id AND e.recipient_no = c.recipient_no AND e.type = $5 AND e.data ? 'egress' LIMIT 1) sent
   WHERE c.type = 'complained'
), counted AS (
  SELECT egress, provider, day, count(*) FILTER (WHERE type <> 'complained') AS sent, count(*) FILTER (WHERE type = $5) AS delivered,
         count(*) FILTER (WHERE type = 'bounced') AS bounced, count(*) FILTER (WHERE type = 'deferred' AND category = ANY($6::text[])) AS throttled,
         count(*) FILTER (WHERE type = 'complained') AS complained
    FROM (SELECT * FROM attempts UNION ALL SELECT egress, provider, day, 'complained', NULL FROM complaints) known
   GROUP BY 1, 2, 3
), stored AS (
  INSERT INTO egress_day AS d (address_id, provider, day, sent, delivered, bounced, throttled, complained)
  SELECT a.id, c.provider, c.day, c.sent, c.delivered, c.bounced, c.throttled, c.complained
    FROM counted c JOIN egress_address a ON a.id::text = c.egress WHERE c.provider IS NOT NULL
  ON CONFLICT (address_id, provider, day) DO UPDATE
     SET sent = d.sent + excluded.sent, delivered = d.delivered + excluded.delivered, bounced = d.bounced + excluded.bounced,
         throttled = d.throttled + excluded.throttled, complained = d.complained + excluded.complained
)
SELECT count(*)::int AS read, max((lpad(txid::text, 20, '0')) || ' ' || lpad(id::text, 20, '0')) AS last FROM batch`;

/**
 * Counts events that are new since the last call, with the position in the same transaction: each exactly once,
 * whoever dies. Without any address the log is passed over unread.
 * @param limit the most events in one go; call again while as many were read
 * @returns events read; null: another process is counting
 */
export async function countEvents(pool: Pool, limit: number): Promise<number | null> {
  return withTransaction(pool, async (client) => {
    const from = await lockPosition(client, EGRESS_COUNTS);
    if (from === null) return null;
    const inUse = await client.query('SELECT FROM egress_address LIMIT 1');
    if (inUse.rowCount === 0) {
      const oldest = await client.query<EventPosition>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS txid, 0 AS id');
      await movePosition(client, EGRESS_COUNTS, oldest.rows[0]!);
      return 0;
    }
    const ends = [TRANSITIONS.deliver, TRANSITIONS.bounce, TRANSITIONS.defer, TRANSITIONS.expire].map((transition) => transition.event);
    const counted = await client.query<{ read: number; last: string | null }>(COUNT, [
      from.txid, from.id, limit, ends, TRANSITIONS.deliver.event, THROTTLING,
    ]);
    const { read, last } = counted.rows[0]!;
    if (last !== null) {
      const [txid, id] = last.split(' ') as [string, string];
      await movePosition(client, EGRESS_COUNTS, { txid: String(BigInt(txid)), id: Number(id) });
    }
    return read;
  });
}

/** Whether every event of the days before today has been counted: else a day could be judged by half of what it was. */
export async function countedUntilToday(db: Queryable): Promise<boolean> {
  const result = await db.query<{ counted: boolean }>(
    `SELECT NOT EXISTS (
       SELECT FROM delivery_event e
        WHERE (e.txid, e.id) > (p.txid, p.event_id) AND e.at < date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC') AS counted
       FROM event_position p WHERE p.consumer = $1`,
    [EGRESS_COUNTS],
  );
  return result.rows[0]?.counted === true;
}

/** Counts of days that no rule looks at any more. */
export async function dropOldDays(db: Queryable, keepDays: number): Promise<number> {
  const result = await db.query(`DELETE FROM egress_day WHERE day < (now() AT TIME ZONE 'UTC')::date - $1::int`, [keepDays]);
  return result.rowCount ?? 0;
}
