// What follows once the queue has a message: its copy in Sent, the mark on the message it answers, the end of its
// draft and files. Each step can be repeated; the row says when all are done.
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { findAccountById } from '../session/session.store.ts';
import type { Services } from '../services.ts';
import { markReplied } from '../mailbox/mark-replied.ts';
import { removeDraftCopy, type DraftOwner } from './draft-copy.ts';
import { clearDraftCopy } from './held-send.store.ts';
import { inlineUploadIds } from './build-mime.ts';
import * as store from './send.store.ts';
import { noteReminder } from '../../mailbox/reminder.store.ts';
import { eraseStoredFile } from '../../files/stored-file.ts';
import { deleteUnusedUploads } from '../../files/upload.store.ts';

/**
 * Stores the Sent copy of an accepted message, unless that is done. One at a time per message, across processes.
 * Idempotent, but for one thing: a crash between the mail store's "stored" and our note of it makes a second copy, which
 * is better than none.
 * @throws when the mail store refuses; call again later
 */
export async function storeSentCopy(services: Services, owner: DraftOwner, sendId: string): Promise<void> {
  const stored = await withTransaction(services.pool, async (client) => {
    await store.lockSend(client, sendId);
    const row = await store.findSend(client, sendId);
    if (!row || row.state !== 'accepted' || row.blobKey === null) return null;
    const content = await services.blobs.get(row.blobKey);
    if (content) {
      const sent = await services.facts.folderFor(owner, 'sent');
      await services.wildduck.uploadRaw({ userId: owner.wildduckUserId, mailboxId: sent }, content);
    }
    await store.clearSendContent(client, sendId);
    return row.blobKey;
  });
  if (stored !== null) await services.blobs.delete(stored);
}

/**
 * What is left once the Sent copy is there. A step that fails costs a mark or leaves a draft behind, not the message:
 * told in the log, not to the sender.
 */
export async function settleSend(services: Services, owner: DraftOwner, row: store.SendRow): Promise<void> {
  await settle(services, row, 'remove the draft', async () => {
    await removeLeftCopy(services, owner, row);
  });
  await settle(services, row, 'remove the files', async () => {
    const files = row.fields ? [...row.fields.attachments, ...inlineUploadIds(row.fields.html)] : [];
    for (const file of await deleteUnusedUploads(services.pool, owner.accountId, files)) await eraseStoredFile(services.blobs, file);
  });
  await settle(services, row, 'mark the answered message', async () => {
    if (row.answers) await markReplied(services, owner, row.answers);
  });
  await settle(services, row, 'note the reminder', async () => {
    const days = row.fields?.remindAfterDays ?? null;
    if (days !== null) await noteReminder(services.pool, owner.accountId, { internetId: row.messageId.replace(/^<|>$/g, ''), sentAt: row.sendAt ?? new Date(), days });
  });
  await store.setSendFinished(services.pool, row.id);
}

/** The copy in Drafts of a draft whose row went when its message was held. */
export async function removeLeftCopy(services: Services, owner: DraftOwner, row: store.SendRow): Promise<void> {
  if (!row.draftCopy) return;
  await removeDraftCopy(services, owner, row.draftCopy);
  await clearDraftCopy(services.pool, row.id);
}

async function settle(services: Services, row: store.SendRow, step: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    services.log.warn({ send: row.id, step, err: (error as Error).message }, 'a step after sending failed');
  }
}

/** Goes on with what earlier requests could not finish. */
export async function finishPendingSends(services: Services): Promise<void> {
  for (const row of await store.takeUnfinishedSends(services.pool, 20)) {
    const owner = await findAccountById(services.pool, row.accountId);
    if (owner) {
      await storeSentCopy(services, { ...owner, accountId: owner.id }, row.id);
      await settleSend(services, { ...owner, accountId: owner.id }, row);
    } else await store.setSendFinished(services.pool, row.id);
  }
}

export async function forgetOldSends(services: Services): Promise<void> {
  for (const blobKey of await store.deleteOldSends(services.pool)) await services.blobs.delete(blobKey);
}
