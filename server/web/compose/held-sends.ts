// Messages that wait before they leave: for some seconds, to be taken back, or until a chosen time. The next minutes lie
// in the delivery queue with their send_at, so that they leave even while the web is down; what is further ahead is put
// there when its time comes near. A message is a draft, or waits, or is the queue's: each step is one commit.
import { selectIdempotencyRecord } from '../../delivery/enqueue.store.ts';
import { takeBack } from '../../delivery/operations/take-back.store.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { AppError } from '../api/app-error.ts';
import type { Draft, HeldSend } from '../contract/compose.ts';
import type { Services } from '../services.ts';
import { findAccountById } from '../session/session.store.ts';
import { htmlToPlainText } from './build-mime.ts';
import { checkCompose } from './check-compose.ts';
import type { DraftOwner } from './draft-copy.ts';
import { findDraft } from './draft.store.ts';
import { copySoon, toDraft } from './drafts.ts';
import { removeLeftCopy, settleSend, storeSentCopy } from './finish-send.ts';
import * as held from './held-send.store.ts';
import { queueKey, queueMessage } from './queue-message.ts';
import type { SendRow } from './send.store.ts';

/** What is due within this time lies in the queue. */
export const QUEUE_AHEAD_MS = 15 * 60_000;
/** Up to this far ahead this process itself ends the hold when it is over; otherwise the chores do. */
const OWN_TIMER_MS = 60_000;
const LIST_LIMIT = 200;
const SNIPPET_CHARACTERS = 140;

/** After the answer: takes the draft's copy out of Drafts, and ends the hold when its time has come. */
export function settleHold(services: Services, owner: DraftOwner, row: SendRow): void {
  void removeLeftCopy(services, owner, row).catch((error: Error) => services.log.warn({ send: row.id, err: error.message }, 'the copy of a sent draft is left for later'));
  const waitMs = row.sendAt!.getTime() - Date.now();
  if (row.queueId === null || waitMs > OWN_TIMER_MS) return;
  const later = () => void releaseDueSends(services).catch((error: Error) => services.log.warn({ err: error.message }, 'ending holds is put off'));
  setTimeout(later, waitMs + 200).unref();
}

/** What the account has waiting, the next first. */
export async function heldSends(services: Services, owner: DraftOwner): Promise<HeldSend[]> {
  return (await held.listHeld(services.pool, owner.accountId, LIST_LIMIT)).map((row) => ({
    id: row.id,
    to: [...(row.fields?.to ?? []), ...(row.fields?.cc ?? []), ...(row.fields?.bcc ?? [])],
    subject: row.fields?.subject ?? '',
    snippet: (row.fields?.text ?? htmlToPlainText(row.fields?.html ?? '')).replace(/\s+/g, ' ').trim().slice(0, SNIPPET_CHARACTERS),
    sendAt: row.sendAt!.toISOString(),
    scheduled: row.scheduled,
    failure: row.failure,
  }));
}

/**
 * Takes a waiting message back: it leaves the queue and is a draft again, with its files. Asked again, it tells of the
 * same draft.
 * @throws AppError not_found, gone when it has left
 */
export async function takeBackSend(services: Services, owner: DraftOwner, id: string, options: { copy: boolean } = { copy: true }): Promise<Draft> {
  const draftId = await withTransaction(services.pool, async (client) => {
    const row = await held.lockOwnSend(client, owner.accountId, id);
    if (!row) throw new AppError('not_found');
    if (row.state === 'cancelled') return row.draftId ?? row.id;
    if (row.state !== 'held') throw new AppError('gone', { text: 'This message has been sent already.' });
    // A process that died between the queue's commit and its own leaves the queue's id only in the queue.
    const queueId = row.queueId ?? (await selectIdempotencyRecord(client, row.tenantId, queueKey(row).key))?.queueId ?? null;
    if (queueId !== null && !(await takeBack(client, queueId, 'sender'))) throw new AppError('gone', { text: 'This message has been sent already.' });
    return held.restoreDraft(client, row);
  });
  await services.blobs.delete(`sends/${owner.accountId}/${id}`);
  const draft = await findDraft(services.pool, owner.accountId, draftId);
  if (!draft) throw new AppError('gone', { text: 'This draft was sent or deleted.' });
  if (options.copy) copySoon(services, owner, draft.id);
  return toDraft(services, owner.accountId, draft);
}

/** Chore: ends the hold of what is due, and does what follows sending. */
export async function releaseDueSends(services: Services): Promise<void> {
  for (const row of await held.releaseDue(services.pool, 50)) {
    const owner = await ownerOf(services, row);
    if (!owner) continue;
    try {
      await storeSentCopy(services, owner, row.id);
      await settleSend(services, owner, row);
    } catch (error) {
      services.log.warn({ send: row.id, err: (error as Error).message }, 'the Sent copy is put off');
    }
  }
}

/** Chore: puts what will soon be due into the queue. */
export async function queueComingSends(services: Services): Promise<void> {
  for (const coming of await held.listComing(services.pool, QUEUE_AHEAD_MS / 1000, 50)) {
    const owner = await ownerOf(services, coming);
    if (!owner) continue;
    const check = checkCompose(coming.fields!, await services.facts.identities(owner));
    const content = await services.blobs.get(coming.blobKey!);
    await withTransaction(services.pool, async (client) => {
      const row = await held.lockOwnSend(client, coming.accountId, coming.id);
      if (row?.state !== 'held' || row.queueId !== null) return;
      if (check.kind === 'faulty' || !content) return held.setHeldFailure(client, row.id, check.kind === 'faulty' ? check.fields[0]!.rule : 'its content is no longer there');
      const message = { content, fromAddress: check.from.address, envelope: check.envelope, subject: row.fields!.subject, sendAt: row.sendAt };
      const result = await queueMessage(services, row, message);
      if (result.kind === 'accepted') return held.setHeldQueueId(client, row.id, result.queueId);
      // A full queue is a matter of minutes: the next turn tries again.
      if (result.code !== 'busy') await held.setHeldFailure(client, row.id, result.rule);
    });
  }
}

/** Chore: goes on with what died between two steps. */
export async function mendSends(services: Services): Promise<void> {
  for (const row of await held.listDraftCopiesLeft(services.pool, 60, 20)) {
    const owner = await ownerOf(services, row);
    if (owner) await removeLeftCopy(services, owner, row);
  }
  for (const row of await held.listAbandoned(services.pool, 120, 50)) {
    const record = await selectIdempotencyRecord(services.pool, row.tenantId, queueKey(row).key);
    if (!record) continue;
    await withTransaction(services.pool, (client) => held.setSendTaken(client, row, row.sendAt === null ? 'accepted' : 'held', record.queueId));
  }
}

async function ownerOf(services: Services, row: SendRow): Promise<DraftOwner | null> {
  const account = await findAccountById(services.pool, row.accountId);
  return account ? { ...account, accountId: account.id } : null;
}
