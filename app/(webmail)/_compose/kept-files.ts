'use client';
// Files kept in the browser (IndexedDB) until the server has them, so that a page that is loaded anew goes on with them.
import { ApiError, api } from '../../../server/web/contract/client.ts';
import { browserStore } from './browser-store.ts';
import { changeWindow, openCompose, windowStore } from './compose-windows.ts';
import { holdForPage, isOfThisPage } from './page-lock.ts';

export interface KeptFile {
  /** The upload's. */
  id: string;
  accountId: string;
  /** The draft that it belongs to. */
  draftId: string;
  filename: string;
  sizeBytes: number;
  /** Null for one that is too large to be kept twice: its owner has to choose it again. */
  content: Blob | null;
  lastModified: number;
  inline: boolean;
  /** Days for which it is shared by a link; null when it is attached. */
  linkDays: number | null;
}

/** What is held twice on the user's disk for a while. */
const KEPT_BYTES_MAX = 256 * 1024 * 1024;

const store = browserStore<KeptFile>('eider-uploads', 'id');
const lockOf = (id: string) => `eider-upload-${id}`;
const hold = (id: string) => holdForPage(lockOf(id));

export function keepFile(file: KeptFile): void {
  void hold(file.id);
  store.put({ ...file, content: file.sizeBytes > KEPT_BYTES_MAX ? null : file.content });
}

export const forgetFile = (id: string): void => store.delete(id);

/** Those of a draft that no other tab is sending. */
export async function keptFilesOf(accountId: string, draftId: string): Promise<KeptFile[]> {
  const found: KeptFile[] = [];
  for (const file of await store.all()) {
    if (file.accountId === accountId && file.draftId === draftId && (await hold(file.id))) found.push(file);
  }
  return found;
}

let reopened = false;

/** Opens the drafts that an earlier page was sending files for. Once per page. */
export async function reopenSending(accountId: string): Promise<void> {
  if (reopened) return;
  reopened = true;
  for (const file of await store.all()) {
    const { draftId } = file;
    if (isOfThisPage(lockOf(file.id))) continue;
    const reopenedAlready = windowStore.get().some(({ request }) => request.kind === 'kept' && (request.kept.draft?.id ?? request.kept.createId) === draftId);
    if (file.accountId !== accountId || reopenedAlready || !(await hold(file.id))) continue;
    try {
      await api('drafts.get', { params: { draftId } });
      changeWindow(openCompose({ kind: 'stored', draftId }), { minimised: false });
    } catch (error) {
      // Sent or thrown away in another tab.
      if (error instanceof ApiError && error.code === 'not_found') forgetFile(file.id);
    }
  }
}
