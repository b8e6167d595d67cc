// The way into the delivery queue, for everything that leaves Eider. Owns the order of steps; the rules are
// in accepted-message.ts, the SQL in enqueue.store.ts, shared commits in accept-batch.ts.
import type { BlobStore } from '../infra/blobs/blob-store.ts';
import type { Pool } from '../infra/db/pool.ts';
import { type AcceptBatch, acceptBatch } from './accept-batch.ts';
import { type AcceptedMessage, MAX_INLINE_BYTES, acceptMessage } from './accepted-message.ts';
import { acceptedMessages, refusedMessages } from './delivery-metrics.ts';
import type { EnqueueInput, EnqueueResult } from './enqueue-types.ts';
import { type InsertResult, selectIdempotencyRecord } from './enqueue.store.ts';
import type { Pressure } from './pressure.ts';
import { queueIdTime } from './queue-id.ts';
import { suppressionText } from './suppression/suppression-rules.ts';

export interface EnqueueDeps {
  pool: Pool;
  blobs: BlobStore;
  batch: AcceptBatch;
  /** Null: whatever comes is taken. */
  pressure: Pressure | null;
}

/** What enqueue needs; made once per process, since its concurrent calls share commits. */
export function enqueueDeps(pool: Pool, blobs: BlobStore, pressure: Pressure | null = null): EnqueueDeps {
  return { pool, blobs, batch: acceptBatch(pool), pressure };
}

/**
 * Takes a message for delivery. Returns only when it is on disk: after `accepted` it is Eider's to deliver or
 * to report. Idempotent by `idempotencyKey` within 48 hours.
 * @throws when database or disk fail; then the caller answers "try again later"
 */
export async function enqueue(deps: EnqueueDeps, input: EnqueueInput): Promise<EnqueueResult> {
  const pressed = deps.pressure?.refusal(input.lane);
  if (pressed) {
    const { reason, retryAfterSeconds } = pressed;
    return { kind: 'rejected', code: 'busy', field: 'lane', rule: `no more mail is taken in for the moment: ${reason}`, retryAfterSeconds };
  }
  const acceptance = acceptMessage(input, new Date());
  if (acceptance.kind === 'rejected') {
    refusedMessages.inc({ rule: acceptance.code });
    return acceptance;
  }
  const { message } = acceptance;
  const contentBlob = message.content.length > MAX_INLINE_BYTES ? await putContent(deps.blobs, message) : null;
  const result = await deps.batch.add({ ...message, contentBlob });
  if (result?.kind === 'stored') {
    acceptedMessages.inc({ source: message.source, lane: message.lane });
    return { kind: 'accepted', queueId: message.queueId };
  }

  if (result !== null) {
    if (contentBlob !== null) await deps.blobs.delete(contentBlob);
    const refused = refusal(result);
    refusedMessages.inc({ rule: refused.code });
    return refused;
  }
  const { key, bodyHash } = message.idempotencyKey!;
  const record = await selectIdempotencyRecord(deps.pool, message.tenantId, key);
  // Our own: the connection had broken, and the commit came through only after we had looked for it.
  if (record?.queueId === message.queueId) return { kind: 'accepted', queueId: message.queueId };
  if (contentBlob !== null) await deps.blobs.delete(contentBlob);
  // Gone in between: it had just expired. The caller's next try is a first one.
  if (record === null) return enqueue(deps, input);
  if (record.bodyHash === bodyHash) return { kind: 'accepted', queueId: record.queueId, duplicates: true };
  return {
    kind: 'rejected',
    code: 'idempotency-mismatch',
    field: 'idempotencyKey',
    rule: 'this key was used with another request in the last 48 hours',
  };
}

function refusal(result: Exclude<InsertResult, { kind: 'stored' }>): Extract<EnqueueResult, { kind: 'rejected' }> {
  if (result.kind === 'suppressed') return { kind: 'rejected', code: 'suppressed', field: 'recipients[0]', rule: suppressionText(result.reason) };
  return { kind: 'rejected', code: 'sending-stopped', field: 'tenantId', rule: `sending is stopped for this organisation: ${result.reason}` };
}

/** Blobs stand in a folder per day, as messages in their partitions, and go with it. */
export function contentBlobDay(queueId: string): string {
  return `outgoing/${new Date(queueIdTime(queueId)).toISOString().slice(0, 10)}`;
}

async function putContent(blobs: BlobStore, message: AcceptedMessage): Promise<string> {
  const key = `${contentBlobDay(message.queueId)}/${message.queueId}`;
  await blobs.put(key, message.content);
  return key;
}
