'use client';
// Drafts kept in the browser (IndexedDB) while the server cannot be reached, and brought back by the next page.
import { browserStore } from './browser-store.ts';
import type { DraftKeeper, KeptDraft } from './compose-model.ts';
import { changeWindow, openCompose } from './compose-windows.ts';
import { holdForPage, isOfThisPage } from './page-lock.ts';

interface Row extends KeptDraft {
  accountId: string;
}

const store = browserStore<Row>('eider-drafts', 'key');
const lockOf = (key: string) => `eider-draft-${key}`;
const hold = (key: string) => holdForPage(lockOf(key));

/** Keeps for one account. */
export function keeperFor(accountId: string): DraftKeeper {
  return {
    keep: (kept) => (void hold(kept.key), store.put({ ...kept, accountId })),
    forget: (key) => store.delete(key),
  };
}

let reopened = false;

/** Opens what an earlier page had to leave behind; each saves itself when the server is there. Once per page. */
export async function reopenKept(accountId: string): Promise<void> {
  if (reopened) return;
  reopened = true;
  for (const { accountId: owner, ...kept } of await store.all()) {
    if (owner !== accountId || isOfThisPage(lockOf(kept.key)) || !(await hold(kept.key))) continue;
    changeWindow(openCompose({ kind: 'kept', kept }), { minimised: false });
  }
}
