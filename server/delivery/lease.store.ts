// Leases after the claim: prolonging them while work goes on, giving rows back, and taking them from workers
// that are gone.
import type { Queryable } from '../infra/db/pool.ts';
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
  return result.rowCount ?? 0;
}

/*
 * One index serves both: delivery_due orders schedules, retries and lease ends by the same column. The array of
 * ctids keeps the planner from joining with the whole table.
 */
const REQUEUE_DUE = `
WITH due AS MATERIALIZED (
  SELECT ctid AS row, state, lease_token FROM delivery
   WHERE state IN (${sqlFrom('due')}, ${sqlFrom('loseLease')}) AND due_at <= now()
   ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
), moved AS (
  UPDATE delivery d SET state = ${sqlTo('due')}, lease_token = NULL
    FROM due WHERE d.ctid = due.row AND d.ctid = ANY(ARRAY(SELECT row FROM due))
  RETURNING d.tenant_id, d.queue_id, d.recipient_no, d.recipient, d.attempts, due.state AS was, due.lease_token AS lost
), events AS (
  INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
  SELECT tenant_id, queue_id, recipient_no, '${TRANSITIONS.loseLease.event}', recipient,
         jsonb_build_object('attempt', attempts, 'lease', lost)
    FROM moved WHERE was IN (${sqlFrom('loseLease')})
)
SELECT count(*) AS moved, count(*) FILTER (WHERE was IN (${sqlFrom('loseLease')})) AS lost FROM moved`;

/**
 * Makes ready what time has made due: scheduled and deferred rows, and rows whose lease has ended (with an
 * event that says so). Any number of processes may run it.
 * @param limit the most rows in one go; call again while `moved` reaches it
 */
export async function requeueDue(db: Queryable, limit: number): Promise<{ moved: number; lost: number }> {
  const result = await db.query<{ moved: number; lost: number }>({ name: 'requeue-due', text: REQUEUE_DUE, values: [limit] });
  return result.rows[0]!;
}
