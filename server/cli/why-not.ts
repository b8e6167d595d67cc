// Why an order for one message can do nothing: its recipients' states in words, or what became of them.
import { type QueueRow, traceMessage } from '../delivery/queue-view.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { duration } from './table.ts';

/** @param done the word for what could not be done: `cancelled` */
export function stateSentence(rows: readonly QueueRow[], done: string, now: Date): string {
  const states = rows.map((row) => {
    const lease = row.state === 'attempting' && row.dueAt ? ` by a worker just now (its lease ends in ${duration(Math.max(0, row.dueAt.getTime() - now.getTime()))})` : '';
    return `${row.queueId}:${row.recipientNo} is ${row.state}${lease}`;
  });
  return `not ${done}: ${states.join('; ')}`;
}

/** What the log says of a message that is no longer in the queue. */
export async function endedSentence(db: Queryable, queueId: string, recipientNo: number | undefined): Promise<string> {
  const events = await traceMessage(db, queueId);
  const last = events.findLast((event) => recipientNo === undefined || event.recipientNo === recipientNo);
  if (!last) return `there is no ${queueId}${recipientNo === undefined ? '' : `:${recipientNo}`} in the queue, nor anything about it in the log`;
  return `${queueId} is no longer in the queue: ${last.type} at ${last.at.toISOString()}`;
}
