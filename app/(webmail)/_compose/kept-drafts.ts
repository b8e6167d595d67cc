'use client';
// Drafts kept in the browser (IndexedDB) while the server cannot be reached, and brought back by the next page.
import type { DraftKeeper, KeptDraft } from './compose-model.ts';
import { changeWindow, openCompose } from './compose-windows.ts';

const DATABASE = 'eider-drafts';
const STORE = 'kept';

interface Row extends KeptDraft {
  accountId: string;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
    request.onsuccess = () => {
      // Signing out deletes the database, which waits for those who have it open.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB'));
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
    });
  } finally {
    database.close();
  }
}

/** Windows in private mode may have no such store: then the page itself is all that keeps the text. */
const unkept = () => undefined;
/** One after another, so that forgetting never overtakes keeping. */
let last: Promise<unknown> = Promise.resolve();
const inTurn = (work: () => Promise<unknown>) => {
  last = last.then(work).catch(unkept);
};

const held = new Set<string>();

/**
 * Marks a kept draft as this page's for as long as the page lives, so that no other tab opens it too.
 * @returns false when another tab has it
 */
async function hold(key: string): Promise<boolean> {
  // Without a secure context there are no locks, and hardly ever a second tab either.
  if (held.has(key) || !('locks' in navigator)) return true;
  return new Promise((resolve) => {
    void navigator.locks.request(`eider-draft-${key}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      if (!lock) return undefined;
      held.add(key);
      return new Promise(() => undefined);
    });
  });
}

/** Keeps for one account. */
export function keeperFor(accountId: string): DraftKeeper {
  return {
    keep: (kept) => (void hold(kept.key), inTurn(() => run('readwrite', (store) => store.put({ ...kept, accountId } satisfies Row)))),
    forget: (key) => inTurn(() => run('readwrite', (store) => store.delete(key))),
  };
}

let reopened = false;

/** Opens what an earlier page had to leave behind; each saves itself when the server is there. Once per page. */
export async function reopenKept(accountId: string): Promise<void> {
  if (reopened) return;
  reopened = true;
  const rows = await run<Row[]>('readonly', (store) => store.getAll()).catch((): Row[] => []);
  for (const { accountId: owner, ...kept } of rows) {
    if (owner !== accountId || !(await hold(kept.key))) continue;
    changeWindow(openCompose({ kind: 'kept', kept }), { minimised: false });
  }
}
