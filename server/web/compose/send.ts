// POST /api/emails/send: check, build, hand to the delivery queue, then what follows acceptance (finish-send.ts), or
// waiting (held-sends.ts). After the queue's "accepted" nothing here can lose or repeat the message.
import { createHash, randomUUID } from 'node:crypto';
import { domainOf } from '../../mail/address.ts';
import type { EnqueueResult } from '../../delivery/enqueue-types.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { COMPOSE_LIMITS, SCHEDULE_DAYS_MAX, type ComposeFieldsFull, type SendResult } from '../contract/compose.ts';
import type { Services } from '../services.ts';
import { identityName } from '../settings/identity-name.ts';
import { readSettings } from '../settings/settings.store.ts';
import { attachedUploadIds, buildMime, inlineUploadIds } from './build-mime.ts';
import { checkCompose, oneLine } from './check-compose.ts';
import type { DraftOwner } from './draft-copy.ts';
import { settleSend, storeSentCopy } from './finish-send.ts';
import { QUEUE_AHEAD_MS, settleHold } from './held-sends.ts';
import { setSendTaken } from './held-send.store.ts';
import { queueMessage } from './queue-message.ts';
import { findReplied } from './replied-message.ts';
import * as store from './send.store.ts';
import { loadParts } from './uploads.ts';

/** A request that is older than this has died with its process. */
const ABANDONED_SECONDS = 60;
const DAY_MS = 86_400_000;

export type SendFields = ComposeFieldsFull & { draftId?: string | undefined };
export type SendOrder = SendFields & { undoSeconds?: number; sendAt?: string | undefined };

/**
 * Sends a message once per idempotency key; at once, or after waiting as the order says.
 * @throws AppError invalid_request naming each faulty field, rejected, too_large, idempotency_conflict, in_progress
 */
export async function sendMessage(services: Services, owner: DraftOwner, order: SendOrder, idempotencyKey: string): Promise<SendResult> {
  const bodyHash = createHash('sha256').update(JSON.stringify(order)).digest('hex');
  const domain = domainOf(owner.address);
  const begun = await store.beginSend(services.pool, owner, { idempotencyKey, bodyHash, messageId: `<${randomUUID()}@${domain}>` });
  if (begun.kind === 'known') {
    if (begun.row.bodyHash !== bodyHash) throw new AppError('idempotency_conflict');
    if (begun.row.state === 'cancelled') throw new AppError('gone', { text: 'This message was taken back.' });
    if (begun.row.state !== 'prepared') return complete(services, owner, begun.row);
    if (!(await store.takeOverSend(services.pool, begun.row.id, ABANDONED_SECONDS))) throw new AppError('in_progress', { retryAfterSeconds: 5 });
  }
  const row = await submit(services, owner, order, begun.row);
  return complete(services, owner, row);
}

/** When it may leave; null is at once. @throws AppError for a time that is too far ahead */
function leavingAt({ sendAt, undoSeconds = 0 }: SendOrder): { sendAt: Date | null; scheduled: boolean } {
  const earliest = Date.now() + undoSeconds * 1000;
  const chosen = sendAt === undefined ? null : new Date(sendAt);
  if (chosen && chosen.getTime() > Date.now() + SCHEDULE_DAYS_MAX * DAY_MS) throw fieldError('sendAt', `at most ${SCHEDULE_DAYS_MAX} days ahead`);
  if (chosen && chosen.getTime() > earliest) return { sendAt: chosen, scheduled: true };
  return { sendAt: undoSeconds > 0 ? new Date(earliest) : null, scheduled: false };
}

/** Builds and enqueues. When anything refuses the message, nothing of it is left, and the key is free again. */
async function submit(services: Services, owner: DraftOwner, order: SendOrder, row: store.SendRow): Promise<store.SendRow> {
  try {
    const { draftId = null, undoSeconds: _undo, sendAt: _at, ...fields } = order;
    const { sendAt, scheduled } = leavingAt(order);
    const built = await build(services, owner, fields, row.messageId, sendAt ?? new Date());
    const blobKey = `sends/${owner.accountId}/${row.id}`;
    const answers = built.replied?.answered ?? null;
    await services.blobs.put(blobKey, built.content);
    await store.setSendContent(services.pool, row.id, { blobKey, draftId, answers, fields, sendAt, scheduled });
    const prepared: store.SendRow = { ...row, blobKey, draftId, answers, fields, sendAt, scheduled };
    // What is far ahead does not lie in the queue: its day's partition could not be dropped until then.
    const far = sendAt !== null && sendAt.getTime() > Date.now() + QUEUE_AHEAD_MS;
    const result = far ? null : await queueMessage(services, row, { ...built, fromAddress: built.from.address, subject: fields.subject, sendAt });
    if (result?.kind === 'rejected') {
      await services.blobs.delete(blobKey);
      throw rejection(result);
    }
    return await withTransaction(services.pool, (client) => setSendTaken(client, prepared, sendAt === null ? 'accepted' : 'held', result?.queueId ?? null));
  } catch (error) {
    // A fault of ours (database, disk) may have struck after the queue's commit: the row stays, for the retry to find.
    if (error instanceof AppError) await store.dropSend(services.pool, row.id);
    throw error;
  }
}

async function build(services: Services, owner: DraftOwner, fields: ComposeFieldsFull, messageId: string, date: Date) {
  const [identities, settings] = await Promise.all([services.facts.identities(owner), readSettings(services.pool, owner.accountId)]);
  const check = checkCompose(fields, identities);
  if (check.kind === 'faulty') {
    throw new AppError('invalid_request', { text: check.fields[0]!.rule, fields: check.fields });
  }
  const [attachments, inline, replied] = await Promise.all([
    loadParts(services, owner.accountId, attachedUploadIds(fields), 'attachments'),
    loadParts(services, owner.accountId, inlineUploadIds(fields.html), 'html'),
    findReplied(services, owner, fields),
  ]);
  const from = { name: oneLine(identityName(settings, check.from)), address: check.from.address };
  const content = await buildMime({
    from,
    recipients: check.recipients,
    subject: fields.subject,
    html: fields.html,
    text: fields.text,
    attachments,
    inline,
    messageId,
    date,
    inReplyTo: replied?.inReplyTo ?? null,
    references: replied?.references ?? [],
  });
  if (content.length > COMPOSE_LIMITS.messageBytes) {
    throw new AppError('too_large', { text: `The message has ${Math.ceil(content.length / 1048576)} MB with its attachments; ${COMPOSE_LIMITS.messageBytes / 1048576} MB are the most.` });
  }
  return { content, from, envelope: check.envelope, replied };
}

function rejection(result: EnqueueResult & { kind: 'rejected' }): AppError {
  if (result.code === 'busy') return new AppError('unavailable', { text: result.rule, retryAfterSeconds: result.retryAfterSeconds ?? 30 });
  const recipient = /^recipients\[\d+\]/.exec(result.field);
  return new AppError('rejected', { text: result.rule, fields: [{ field: recipient ? 'to' : result.field, rule: result.rule }] });
}

/** The Sent copy before the answer, if it can be; the rest after it. What fails or dies is taken up by the chores. */
async function complete(services: Services, owner: DraftOwner, row: store.SendRow): Promise<SendResult> {
  const { id: sendId, queueId, messageId, sendAt } = row;
  if (row.state === 'held') {
    settleHold(services, owner, row);
    return { sendId, queueId, messageId, savedToSent: false, heldUntil: sendAt!.toISOString() };
  }
  let savedToSent = row.state === 'finished';
  if (!savedToSent) {
    try {
      await storeSentCopy(services, owner, row.id);
      savedToSent = true;
      void settleSend(services, owner, row).catch((error: Error) => services.log.warn({ send: row.id, err: error.message }, 'settling a send is put off'));
    } catch (error) {
      services.log.warn({ send: row.id, err: (error as Error).message }, 'the Sent copy is put off');
    }
  }
  return { sendId, queueId, messageId, savedToSent, heldUntil: null };
}
