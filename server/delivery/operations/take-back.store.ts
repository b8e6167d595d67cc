// Taking a message back before any worker has had it: all of its recipients or none.
import type { PoolClient } from '../../infra/db/pool.ts';
import type { LiveState } from '../states.ts';
import { endRows } from './queue-commands.store.ts';
import type { RowKey } from './selection.store.ts';

/** The states of a row that waits for its send_at and that nobody has claimed. */
const UNTOUCHED: ReadonlySet<LiveState> = new Set<LiveState>(['scheduled', 'held']);

/**
 * Cancels a message that waits for its send_at. Within the caller's transaction: rolled back, it waits on.
 * @param by who does it, for the event log
 * @returns false, with nothing changed, when its time has come or it is gone
 */
export async function takeBack(client: PoolClient, queueId: string, by: string): Promise<boolean> {
  const { rows } = await client.query<RowKey & { state: LiveState; attempts: number }>(
    `SELECT queue_id AS "queueId", recipient_no AS "recipientNo", state, attempts FROM delivery WHERE queue_id = $1 ORDER BY recipient_no FOR UPDATE`,
    [queueId],
  );
  if (rows.length === 0 || rows.some((row) => row.attempts > 0 || !UNTOUCHED.has(row.state))) return false;
  await endRows(client, 'cancel', rows, { by, reason: 'taken back by its sender' });
  return true;
}
