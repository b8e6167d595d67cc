// Drafts as the API has them: create, read, save with a revision, delete. The copy in the mail store follows.
import { findAccountById } from '../session/session.store.ts';
import { AppError } from '../api/app-error.ts';
import type { ComposeFieldsFull, Draft, DraftSaved } from '../contract/compose.ts';
import { emailIdOf } from '../message/email-id.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { inlineUploadIds } from './build-mime.ts';
import { isCopyDue, removeDraftCopy, writeDraftCopy, type DraftOwner } from './draft-copy.ts';
import * as store from './draft.store.ts';
import { findUploads } from '../../files/upload.store.ts';
import { toUpload } from './uploads.ts';

/** @throws AppError draft_conflict when the id is taken by another draft, or this one was changed elsewhere */
export async function createDraft(services: Services, session: Session, made: ComposeFieldsFull & { id?: string | undefined; writer?: string | undefined }): Promise<DraftSaved> {
  const { id, writer, ...fields } = made;
  const row = id === undefined ? await store.insertDraft(services.pool, session, fields) : await store.insertOwnDraft(services.pool, session, id, writer ?? null, fields);
  if (!row) throw new AppError('draft_conflict');
  copySoon(services, session, row.id);
  return saved(row);
}

/** @throws AppError not_found */
export async function readDraft(services: Services, session: Session, id: string): Promise<Draft> {
  const row = await store.findDraft(services.pool, session.accountId, id);
  if (!row) throw new AppError('not_found');
  return toDraft(services, session.accountId, row);
}

/**
 * Stores the next revision.
 * @throws AppError draft_conflict when another save came first, gone when the draft was deleted or sent
 */
export async function saveDraft(
  services: Services,
  session: Session,
  id: string,
  save: { revision: number; fields: ComposeFieldsFull; final: boolean; writer?: string | undefined },
): Promise<DraftSaved> {
  const row = await store.updateDraft(services.pool, session.accountId, id, save.revision, save.fields, save.writer ?? null);
  if (!row) {
    const present = await store.findDraft(services.pool, session.accountId, id);
    throw new AppError(present ? 'draft_conflict' : 'gone', present ? {} : { text: 'This draft was sent or deleted.' });
  }
  if (await isCopyDue(services, session.accountId, row, save.final)) copySoon(services, session, row.id);
  return saved(row);
}

/** Deletes a draft with its copy; its files go with the next clean-up. Deleting one that is gone is fine. */
export async function discardDraft(services: Services, session: Session, id: string, revision?: number): Promise<void> {
  const row = await store.deleteDraft(services.pool, session.accountId, id, revision);
  if (row) return removeDraftCopy(services, session, row);
  if (await store.findDraft(services.pool, session.accountId, id)) throw new AppError('draft_conflict');
}

/** The copies of drafts were moved or deleted as messages: their rows go too. */
export async function forgetDraftCopies(services: Services, session: Pick<Session, 'accountId'>, places: { folderId: string; uid: number }[]): Promise<void> {
  for (const place of places) {
    const row = await store.findDraftByCopy(services.pool, session.accountId, place.folderId, place.uid);
    if (row) await store.deleteDraft(services.pool, session.accountId, row.id);
  }
}

export async function toDraft(services: Services, accountId: string, row: store.DraftRow): Promise<Draft> {
  const uploads = await findUploads(services.pool, accountId, [...row.fields.attachments, ...inlineUploadIds(row.fields.html)]);
  return {
    id: row.id,
    revision: row.revision,
    updatedAt: row.updatedAt.toISOString(),
    fields: row.fields,
    uploads: uploads.map(toUpload),
    emailId: row.mailbox !== null && row.uid !== null ? emailIdOf({ folderId: row.mailbox, uid: row.uid }) : null,
  };
}

function saved(row: store.DraftRow): DraftSaved {
  return { id: row.id, revision: row.revision, updatedAt: row.updatedAt.toISOString() };
}

/** Drafts whose copy is being written in this process, and those that changed again meanwhile. */
const writing = new Map<string, { again: boolean }>();

/** Writes the copy after the answer has gone out. A failure is left to the chores. */
export function copySoon(services: Services, owner: DraftOwner, id: string): void {
  const busy = writing.get(id);
  if (busy) {
    busy.again = true;
    return;
  }
  const state = { again: false };
  writing.set(id, state);
  void (async () => {
    try {
      do {
        state.again = false;
        await writeDraftCopy(services, owner, id);
      } while (state.again);
    } catch (error) {
      services.log.warn({ draft: id, err: (error as Error).message }, 'the copy of a draft is put off');
    } finally {
      writing.delete(id);
    }
  })();
}

const BEHIND_SECONDS = 60;

/** Writes copies that are behind: after a failure, a crash, or because the draft is large. */
export async function mirrorDraftsBehind(services: Services): Promise<void> {
  for (const draft of await store.listDraftsBehind(services.pool, BEHIND_SECONDS, 50)) {
    const owner = await findAccountById(services.pool, draft.accountId);
    if (owner) await writeDraftCopy(services, { ...owner, accountId: owner.id }, draft.id);
  }
}
