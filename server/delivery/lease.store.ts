// Leases after the claim: prolonging them while work goes on, giving rows back, and taking them from workers
// that are gone.
import type { Queryable } from '../infra/db/pool.ts';
import { STEP_MS } from './clock-watch.ts';
import { countRequeued, givenBack } from './delivery-metrics.ts';
import { sqlFrom, sqlTo, TRANSITIONS } from './states.ts';

export interface LeasedRow {
  queueId: string;
  recipientNo: number;
  leaseToken: string;
}

const columns = (rows: readonly LeasedRow[]): [string[], number[], string[]] => [
  rows.map((row) => row.queueId),
  rows.map((row) => row.recipientNo),
  rows.map((row) => row.leaseToken),
];

const HELD_BY = `FROM unnest($1::uuid[], $2::int[], $3::uuid[]) AS held(queue_id, recipient_no, lease_token)
 WHERE d.queue_id = held.queue_id AND d.recipient_no = held.recipient_no AND d.lease_token = held.lease_token`;

/**
 * Prolongs leases that are still held by `leaseMs` from now.
 * @returns the rows prolonged; a row that is missing has been lost to another worker
 */
export async function renewLeases(db: Queryable, rows: readonly LeasedRow[], leaseMs: number): Promise<LeasedRow[]> {
  const result = await db.query<LeasedRow>({
    name: 'renew-leases',
    text: `UPDATE delivery d SET due_at = now() + $4 * interval '1 millisecond' ${HELD_BY}
           RETURNING d.queue_id AS "queueId", d.recipient_no AS "recipientNo", d.lease_token AS "leaseToken"`,
    values: [...columns(rows), leaseMs],
  });
  return result.rows;
}

/** Gives back rows whose attempt has not begun: they are ready again at once, and the attempt does not count. */
export async function giveBack(db: Queryable, rows: readonly LeasedRow[]): Promise<number> {
  const result = await db.query({
    name: 'give-back',
    text: `UPDATE delivery d SET state = ${sqlTo('giveBack')}, lease_token = NULL, attempts = attempts - 1, due_at = now() ${HELD_BY}`,
    values: columns(rows),
  });
  givenBack.inc({}, result.rowCount ?? 0);
  return result.rowCount ?? 0;
}

/** Puts rows off whose attempt has not begun, each for its time and with the reason that the queue view shows; the attempt does not count. */
export async function putBackThrottled(db: Queryable, rows: readonly (LeasedRow & { retryAfterMs: number; reason: string })[]): Promise<LeasedRow[]> {
  const result = await db.query<LeasedRow>({
    name: 'put-back-throttled',
    text: `UPDATE delivery d SET state = ${sqlTo('throttle')}, lease_token = NULL, attempts = attempts - 1, reason = held.reason,
             due_at = least(now() + held.retry_after_ms * interval '1 millisecond', greatest(d.expires_at, now()))
             FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::bigint[], $5::text[]) AS held(queue_id, recipient_no, lease_token, retry_after_ms, reason)
            WHERE d.queue_id = held.queue_id AND d.recipient_no = held.recipient_no AND d.lease_token = held.lease_token
           RETURNING d.queue_id AS "queueId", d.recipient_no AS "recipientNo", held.lease_token AS "leaseToken"`,
    values: [...columns(rows), rows.map((row) => row.retryAfterMs), rows.map((row) => row.reason)],
  });
  return result.rows;
}

/** This many attempts in a row whose worker was gone at the end, and the delivery is held. */
export const MAX_LOST_ATTEMPTS = 5;

/** From so many on, a delivery is suspected of ending its workers: it is attempted with no other suspect beside it. */
export const SUSPECT_LOST_ATTEMPTS = 2;

/*
 * What becomes of an attempt of unknown outcome. The first is made again at once: workers are stopped and killed for
 * reasons of their own. From the second on it may be this message that ends them, so it waits, longer each time, and
 * by chance as long again. Where a suspect was among those lost together, only suspects are blamed; and as a worker
 * attempts one suspect at a time, only the guilty one is blamed again and again.
 * Needs `suspects`, which has a row if there was one.
 */
const BLAMED = `d.lost_attempts + (d.lost_attempts >= ${SUSPECT_LOST_ATTEMPTS} OR NOT EXISTS (SELECT FROM suspects))::int`;
const LOSE = `lease_token = NULL, lost_attempts = ${BLAMED},
  state = CASE WHEN ${BLAMED} < ${SUSPECT_LOST_ATTEMPTS} THEN ${sqlTo('loseLease')} WHEN ${BLAMED} < ${MAX_LOST_ATTEMPTS} THEN ${sqlTo('loseAgain')}
               ELSE ${sqlTo('quarantine')} END::delivery_state,
  due_at = now() + CASE WHEN ${BLAMED} < ${SUSPECT_LOST_ATTEMPTS} THEN interval '0' ELSE interval '20 seconds' * 4 ^ d.lost_attempts * (0.5 + random()) END,
  reason = CASE WHEN ${BLAMED} < ${MAX_LOST_ATTEMPTS} THEN 'The worker was gone before the attempt had ended; its outcome is unknown.'
                ELSE '${MAX_LOST_ATTEMPTS} attempts in a row took their worker along: held for somebody to look at.' END`;

/** Of a row that LOSE has changed; needs lease_token as `lost`. */
const LOST_EVENT = `CASE state WHEN ${sqlTo('quarantine')} THEN '${TRANSITIONS.quarantine.event}' ELSE '${TRANSITIONS.loseLease.event}' END, recipient,
         jsonb_build_object('attempt', attempts, 'lease', lost, 'reason', reason)`;

/*
 * One index serves both: delivery_due orders schedules, retries and lease ends by the same column. The array of
 * ctids keeps the planner from joining with the whole table.
 */
const REQUEUE_DUE = `
WITH due AS MATERIALIZED (
  SELECT ctid AS row FROM delivery
   WHERE state IN (${sqlFrom('due')}) AND due_at <= now()
   ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
), moved AS (
  UPDATE delivery d SET state = ${sqlTo('due')} WHERE d.ctid = ANY(ARRAY(SELECT row FROM due)) RETURNING 1
)
SELECT count(*) AS moved FROM moved`;

const TAKE_LEASES = `
WITH ended AS MATERIALIZED (
  SELECT ctid AS row, lease_token, lost_attempts FROM delivery
   WHERE state IN (${sqlFrom('loseLease')}) AND due_at <= now()
     AND abs(extract(epoch FROM now()) * 1000 - $2::float8) <= ${STEP_MS}
   ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
), suspects AS (
  SELECT FROM ended WHERE lost_attempts >= ${SUSPECT_LOST_ATTEMPTS}
), lost AS (
  UPDATE delivery d SET ${LOSE} FROM ended WHERE d.ctid = ended.row AND d.ctid = ANY(ARRAY(SELECT row FROM ended))
  RETURNING d.tenant_id, d.queue_id, d.recipient_no, d.recipient, d.attempts, d.state, d.reason, ended.lease_token AS lost
), events AS (
  INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
  SELECT tenant_id, queue_id, recipient_no, ${LOST_EVENT} FROM lost
)
SELECT count(*) AS lost FROM lost`;

/**
 * Makes ready what time has made due: scheduled and deferred rows. Any number of processes may run it.
 * @param limit the most rows in one go; call again while as many were moved
 */
export async function requeueDue(db: Queryable, limit: number): Promise<number> {
  const result = await db.query<{ moved: number }>({ name: 'requeue-due', text: REQUEUE_DUE, values: [limit] });
  countRequeued('due', result.rows[0]!.moved);
  return result.rows[0]!.moved;
}

/**
 * Takes rows from workers that are gone: those whose lease has ended, with an event that says so.
 * @param expectedMs what the database's clock should show, in Unix milliseconds (clock-watch.ts): when it shows
 *   something else, it has stepped, and nothing is taken
 */
export async function takeEndedLeases(db: Queryable, limit: number, expectedMs: number): Promise<number> {
  const result = await db.query<{ lost: number }>({ name: 'take-leases', text: TAKE_LEASES, values: [limit, expectedMs] });
  countRequeued('lease-ended', result.rows[0]!.lost);
  return result.rows[0]!.lost;
}

/** The database's clock, in Unix milliseconds. */
export async function databaseTimeMs(db: Queryable): Promise<number> {
  const result = await db.query<{ ms: number }>({ name: 'clock', text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms' });
  return result.rows[0]!.ms;
}

/**
 * After the database's clock was set back: retries and lease ends that the clock before had put into what is now the
 * future come now. Schedules stay: their time is meant.
 * @returns how many
 */
export async function pullRetriesForward(db: Queryable): Promise<number> {
  const result = await db.query(
    `UPDATE delivery SET due_at = now() WHERE state IN (${sqlFrom('loseLease')}, ${sqlTo('defer')}) AND last_attempt_at > now() + interval '${STEP_MS} milliseconds'`,
  );
  return result.rowCount ?? 0;
}

const RELEASE = `
WITH released AS (
  UPDATE delivery d SET state = ${sqlTo('giveBack')}, lease_token = NULL, attempts = attempts - 1, due_at = now()
   WHERE d.state IN (${sqlFrom('giveBack')}) AND d.lease_token = ANY($1::uuid[])
     AND NOT EXISTS (SELECT FROM unnest($2::uuid[], $3::int[]) AS begun(queue_id, recipient_no)
                      WHERE begun.queue_id = d.queue_id AND begun.recipient_no = d.recipient_no)
  RETURNING 1
)
SELECT count(*) AS released FROM released`;

const LOSE_BEGUN = `
WITH begun AS (
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[]) AS begun(queue_id, recipient_no, lease_token)
), suspects AS (
  SELECT FROM begun JOIN delivery d ON d.queue_id = begun.queue_id AND d.recipient_no = begun.recipient_no AND d.lease_token = begun.lease_token
   WHERE d.lost_attempts >= ${SUSPECT_LOST_ATTEMPTS}
), lost AS (
  UPDATE delivery d SET ${LOSE}
    FROM begun
   WHERE d.queue_id = begun.queue_id AND d.recipient_no = begun.recipient_no AND d.lease_token = begun.lease_token
  RETURNING d.tenant_id, d.queue_id, d.recipient_no, d.recipient, d.attempts, d.state, d.reason, begun.lease_token AS lost
), events AS (
  INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
  SELECT tenant_id, queue_id, recipient_no, ${LOST_EVENT} FROM lost
)
SELECT count(*) AS lost FROM lost`;

/**
 * Ends the leases of claims whose worker is surely dead, without waiting for their time: rows that had begun become
 * attempts of unknown outcome, the others are ready again as if never claimed.
 * @param claims lease tokens
 * @param begun the rows of them whose attempts had begun
 */
export async function releaseClaims(db: Queryable, claims: readonly string[], begun: readonly LeasedRow[]): Promise<{ released: number; lost: number }> {
  const lost = begun.length === 0 ? 0 : (await db.query<{ lost: number }>(LOSE_BEGUN, columns(begun))).rows[0]!.lost;
  const [queueIds, recipientNos] = columns(begun);
  const result = await db.query<{ released: number }>(RELEASE, [claims, queueIds, recipientNos]);
  return { lost, released: result.rows[0]!.released };
}
