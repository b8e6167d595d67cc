// The copy of a draft in the mail store's Drafts folder, for IMAP clients: made, replaced, removed. The row in
// PostgreSQL is the draft; a copy that cannot be written now is written by a later turn.
import { applyDelete } from '../../mailbox/apply.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { Services } from '../services.ts';
import type { ComposeFieldsFull } from '../contract/compose.ts';
import { domainOf, parseAddress } from '../../mail/address.ts';
import { attachedUploadIds, buildMime, inlineUploadIds, type MimePart } from './build-mime.ts';
import { oneLine } from './check-compose.ts';
import { findDraft, lockDraft, setDraftCopy, type DraftRow } from './draft.store.ts';
import { findReplied } from './replied-message.ts';
import { findUploads } from '../../files/upload.store.ts';
import { identityName } from '../settings/identity-name.ts';
import { readSettings } from '../settings/settings.store.ts';

/** Whose draft it is. */
export interface DraftOwner {
  accountId: string;
  tenantId: string;
  wildduckUserId: string;
  address: string;
}

/** With attachments beyond this, the copy is not written at each save of a few typed words. */
const LARGE_BYTES = 1024 * 1024;
const LARGE_EVERY_MS = 60_000;

/** Whether a copy should be written now, rather than by the next turn of the chores. */
export async function isCopyDue(services: Services, accountId: string, row: DraftRow, final: boolean): Promise<boolean> {
  if (final || row.mirroredAt === null || Date.now() - row.mirroredAt.getTime() > LARGE_EVERY_MS) return true;
  const uploads = await findUploads(services.pool, accountId, [...row.fields.attachments, ...inlineUploadIds(row.fields.html)]);
  return uploads.reduce((sum, upload) => sum + upload.sizeBytes, 0) <= LARGE_BYTES;
}

/**
 * Brings the copy in step with the row. One at a time per draft, across processes. Does nothing when it is in step
 * already or the draft is gone.
 */
export async function writeDraftCopy(services: Services, owner: DraftOwner, draftId: string): Promise<void> {
  await withTransaction(services.pool, async (client) => {
    await lockDraft(client, draftId);
    const row = await findDraft(client, owner.accountId, draftId);
    if (!row || row.mirroredRevision >= row.revision) return;
    const drafts = await services.facts.folderFor(owner, 'drafts');
    const stored = await services.wildduck.uploadRaw(
      { userId: owner.wildduckUserId, mailboxId: drafts },
      await draftMime(services, owner, row),
      {
        draft: true,
        ...(row.mailbox !== null && row.uid !== null ? { replacePrevious: { mailboxId: row.mailbox, uid: row.uid } } : {}),
      },
    );
    const kept = await setDraftCopy(client, draftId, row.revision, stored.mailboxId, stored.uid);
    if (!kept) {
      // Deleted or sent while the copy was on its way.
      await services.wildduck.deleteMessage({ userId: owner.wildduckUserId, mailboxId: stored.mailboxId, uid: stored.uid });
    }
  });
}

/** Removes a draft's copy from the mail store and the index. */
export async function removeDraftCopy(services: Services, owner: DraftOwner, row: Pick<DraftRow, 'mailbox' | 'uid'>): Promise<void> {
  if (row.mailbox === null || row.uid === null) return;
  await services.wildduck.deleteMessage({ userId: owner.wildduckUserId, mailboxId: row.mailbox, uid: row.uid });
  await applyDelete(services.pool, { accountId: owner.accountId, places: [{ folderId: row.mailbox, uid: row.uid }] });
}

async function draftMime(services: Services, owner: DraftOwner, row: DraftRow): Promise<Buffer> {
  const { fields } = row;
  const [attachments, inline, replied, settings] = await Promise.all([
    presentParts(services, owner.accountId, attachedUploadIds(fields)),
    presentParts(services, owner.accountId, inlineUploadIds(fields.html)),
    findReplied(services, owner, fields),
    readSettings(services.pool, owner.accountId),
  ]);
  const from = fields.from ?? owner.address;
  return buildMime({
    from: { name: oneLine(identityName(settings, { address: from, name: '' })), address: parseAddress(from).kind === 'address' ? from : owner.address },
    // Half-typed addresses stay in the row; a header cannot hold them.
    recipients: { to: complete(fields.to), cc: complete(fields.cc), bcc: complete(fields.bcc) },
    subject: fields.subject,
    html: fields.html,
    text: fields.text,
    attachments,
    inline,
    messageId: `<draft-${row.id}.${row.revision}@${domainOf(owner.address)}>`,
    date: row.updatedAt,
    inReplyTo: replied?.inReplyTo ?? null,
    references: replied?.references ?? [],
  });
}

function complete(recipients: ComposeFieldsFull['to']): ComposeFieldsFull['to'] {
  return recipients.filter((recipient) => parseAddress(recipient.address).kind === 'address').map((recipient) => ({ ...recipient, name: oneLine(recipient.name) }));
}

/** Uploads with their bytes; those that have been removed meanwhile are left out. */
async function presentParts(services: Services, accountId: string, ids: readonly string[]): Promise<MimePart[]> {
  const parts: MimePart[] = [];
  for (const row of await findUploads(services.pool, accountId, ids)) {
    const content = await services.blobs.get(row.blobKey);
    if (content) parts.push({ id: row.id, filename: row.filename, contentType: row.contentType, content });
  }
  return parts;
}
