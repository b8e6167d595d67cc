// Which deliveries an operator's command is about: a filter, and finding and locking the rows in batches by their key.
import type { Queryable } from '../../infra/db/pool.ts';
import type { Lane } from '../enqueue-types.ts';
import type { LiveState } from '../states.ts';

export interface Selection {
  queueId?: string;
  /** With `queueId`: one of its recipients. */
  recipientNo?: number;
  tenantId?: string;
  lane?: Lane;
  state?: LiveState;
  /** Recipients' domains, A-labels. Empty: none. */
  domains?: readonly string[];
  /** A recipient's whole address, compared without case. */
  recipient?: string;
}

export interface RowKey {
  queueId: string;
  recipientNo: number;
}

/** `$1` to `$7`; `d` is the table. */
const SELECTED = `
      ($1::uuid IS NULL OR d.queue_id = $1) AND ($2::int IS NULL OR d.recipient_no = $2)
  AND ($3::uuid IS NULL OR d.tenant_id = $3) AND ($4::delivery_lane IS NULL OR d.lane = $4)
  AND ($5::delivery_state IS NULL OR d.state = $5) AND ($6::text[] IS NULL OR d.domain = ANY($6))
  AND ($7::text IS NULL OR lower(d.recipient) = lower($7))`;

const values = (selection: Selection): unknown[] => [
  selection.queueId ?? null,
  selection.recipientNo ?? null,
  selection.tenantId ?? null,
  selection.lane ?? null,
  selection.state ?? null,
  selection.domains ?? null,
  selection.recipient ?? null,
];

export interface Batch {
  /** The states that the command may take rows from. */
  states: readonly LiveState[];
  /** The last key of the batch before. */
  after: RowKey | null;
  /** Rows of messages accepted later are not the command's: without an end it would chase what comes in. */
  acceptedBefore: Date;
  limit: number;
}

/**
 * Locks the next rows in order of their key, until the transaction ends. Waits for a worker that is just claiming one;
 * a row that it did claim is then no longer in a state that the command may take, and is left alone.
 */
export async function lockBatch(db: Queryable, selection: Selection, batch: Batch): Promise<RowKey[]> {
  const { rows } = await db.query<RowKey>(
    `SELECT d.queue_id AS "queueId", d.recipient_no AS "recipientNo" FROM delivery d
      WHERE ${SELECTED} AND d.state = ANY($8::delivery_state[]) AND d.queue_id < uuid_v7_floor($9)
        AND ($10::uuid IS NULL OR (d.queue_id, d.recipient_no) > ($10, $11::int))
      ORDER BY d.queue_id, d.recipient_no LIMIT $12 FOR UPDATE`,
    [...values(selection), batch.states, batch.acceptedBefore, batch.after?.queueId ?? null, batch.after?.recipientNo ?? 0, batch.limit],
  );
  return rows;
}

export interface SelectedCounts {
  /** In a state that the command may take rows from. */
  ready: number;
  /** A worker holds the lease: not to be touched. */
  attempting: number;
  /** In any other state. */
  other: number;
}

/** How much a command would find. */
export async function countSelected(db: Queryable, selection: Selection, states: readonly LiveState[]): Promise<SelectedCounts> {
  const { rows } = await db.query<SelectedCounts>(
    `SELECT count(*) FILTER (WHERE state = ANY($8::delivery_state[])) AS ready,
            count(*) FILTER (WHERE state = 'attempting' AND NOT state = ANY($8::delivery_state[])) AS attempting,
            count(*) FILTER (WHERE state <> 'attempting' AND NOT state = ANY($8::delivery_state[])) AS other
       FROM delivery d WHERE ${SELECTED}`,
    [...values(selection), states],
  );
  return rows[0]!;
}

/** The distinct domains that the selected rows go to. */
export async function selectedDomains(db: Queryable, selection: Selection): Promise<string[]> {
  const { rows } = await db.query<{ domain: string }>(`SELECT DISTINCT d.domain FROM delivery d WHERE ${SELECTED}`, values(selection));
  return rows.map((row) => row.domain);
}
