// POST /api/emails/send: check, build, hand to the delivery queue, then what follows acceptance (finish-send.ts).
// After the queue's "accepted" nothing here can lose or repeat the message.
import { createHash, randomUUID } from 'node:crypto';
import { enqueue } from '../../delivery/enqueue.ts';
import type { EnqueueResult } from '../../delivery/enqueue-types.ts';
import { AppError } from '../api/app-error.ts';
import { COMPOSE_LIMITS, type ComposeFieldsFull, type SendResult } from '../contract/compose.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { readSettings } from '../settings/settings.store.ts';
import { buildMime, inlineUploadIds } from './build-mime.ts';
import { checkCompose, oneLine } from './check-compose.ts';
import { settleSend, storeSentCopy } from './finish-send.ts';
import { findReplied } from './replied-message.ts';
import * as store from './send.store.ts';
import { loadParts } from './uploads.ts';

/** A request that is older than this has died with its process. */
const ABANDONED_SECONDS = 60;

export type SendFields = ComposeFieldsFull & { draftId?: string | undefined };

/**
 * Sends a message once per idempotency key.
 * @throws AppError invalid_request naming each faulty field, rejected, too_large, idempotency_conflict, in_progress
 */
export async function sendMessage(services: Services, session: Session, fields: SendFields, idempotencyKey: string): Promise<SendResult> {
  const bodyHash = createHash('sha256').update(JSON.stringify(fields)).digest('hex');
  const domain = session.address.slice(session.address.lastIndexOf('@') + 1);
  const begun = await store.beginSend(services.pool, session, { idempotencyKey, bodyHash, messageId: `<${randomUUID()}@${domain}>` });
  if (begun.kind === 'known') {
    if (begun.row.bodyHash !== bodyHash) throw new AppError('idempotency_conflict');
    if (begun.row.state !== 'prepared') return complete(services, session, begun.row);
    if (!(await store.takeOverSend(services.pool, begun.row.id, ABANDONED_SECONDS))) throw new AppError('in_progress', { retryAfterSeconds: 5 });
  }
  const row = await submit(services, session, fields, begun.row);
  return complete(services, session, row);
}

/** Builds and enqueues. When anything refuses the message, nothing of it is left, and the key is free again. */
async function submit(services: Services, session: Session, fields: SendFields, row: store.SendRow): Promise<store.SendRow> {
  try {
    const built = await build(services, session, fields, row);
    const blobKey = `sends/${session.accountId}/${row.id}`;
    const answers = built.replied?.answered ?? null;
    const draftId = fields.draftId ?? null;
    await services.blobs.put(blobKey, built.content);
    await store.setSendContent(services.pool, row.id, { blobKey, draftId, answers });
    const result = await enqueue(services.enqueueDeps, {
      tenantId: session.tenantId,
      accountId: session.accountId,
      source: 'web',
      lane: 'transactional',
      reversePath: built.from.address,
      recipients: built.envelope.map((address) => ({ address })),
      headerFrom: built.from.address,
      messageIdHeader: row.messageId,
      subject: oneLine(fields.subject),
      content: built.content,
      idempotencyKey: { key: `web:${row.id}`, bodyHash: row.bodyHash },
    });
    if (result.kind === 'rejected') {
      await services.blobs.delete(blobKey);
      throw rejection(result);
    }
    await store.setSendAccepted(services.pool, row.id, result.queueId);
    return { ...row, state: 'accepted', queueId: result.queueId, blobKey, draftId, answers };
  } catch (error) {
    // A fault of ours (database, disk) may have struck after the queue's commit: the row stays, for the retry to find.
    if (error instanceof AppError) await store.dropSend(services.pool, row.id);
    throw error;
  }
}

async function build(services: Services, session: Session, fields: SendFields, row: store.SendRow) {
  const [identities, settings] = await Promise.all([services.facts.identities(session), readSettings(services.pool, session.accountId)]);
  const check = checkCompose(fields, identities);
  if (check.kind === 'faulty') {
    throw new AppError('invalid_request', { text: check.fields[0]!.rule, fields: check.fields });
  }
  const [attachments, inline, replied] = await Promise.all([
    loadParts(services, session.accountId, fields.attachments, 'attachments'),
    loadParts(services, session.accountId, inlineUploadIds(fields.html), 'html'),
    findReplied(services, session, fields),
  ]);
  const from = { name: oneLine(settings.displayName || check.from.name), address: check.from.address };
  const content = await buildMime({
    from,
    recipients: check.recipients,
    subject: fields.subject,
    html: fields.html,
    text: fields.text,
    attachments,
    inline,
    messageId: row.messageId,
    date: new Date(),
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
async function complete(services: Services, session: Session, row: store.SendRow): Promise<SendResult> {
  let savedToSent = row.state === 'finished';
  if (!savedToSent) {
    try {
      await storeSentCopy(services, session, row.id);
      savedToSent = true;
      void settleSend(services, session, row).catch((error: Error) => services.log.warn({ send: row.id, err: error.message }, 'settling a send is put off'));
    } catch (error) {
      services.log.warn({ send: row.id, err: (error as Error).message }, 'the Sent copy is put off');
    }
  }
  return { queueId: row.queueId ?? '', messageId: row.messageId, savedToSent };
}
