// Hands a built message to the delivery queue.
import { enqueue } from '../../delivery/enqueue.ts';
import type { EnqueueResult } from '../../delivery/enqueue-types.ts';
import type { Services } from '../services.ts';
import { oneLine } from './check-compose.ts';
import type { SendRow } from './send.store.ts';

export interface QueueableMessage {
  content: Buffer;
  fromAddress: string;
  envelope: string[];
  subject: string;
  sendAt: Date | null;
}

/** Idempotent by the row: asked again, the queue tells what it has. */
export function queueMessage(services: Services, row: SendRow, message: QueueableMessage): Promise<EnqueueResult> {
  return enqueue(services.enqueueDeps, {
    tenantId: row.tenantId,
    accountId: row.accountId,
    source: 'web',
    lane: 'transactional',
    reversePath: message.fromAddress,
    recipients: message.envelope.map((address) => ({ address })),
    headerFrom: message.fromAddress,
    messageIdHeader: row.messageId,
    subject: oneLine(message.subject),
    content: message.content,
    idempotencyKey: queueKey(row),
    ...(message.sendAt ? { sendAt: message.sendAt } : {}),
  });
}

/** The queue's own key for a send. */
export const queueKey = (row: Pick<SendRow, 'id' | 'bodyHash'>) => ({ key: `web:${row.id}`, bodyHash: row.bodyHash });
