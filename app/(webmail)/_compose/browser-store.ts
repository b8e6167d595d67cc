'use client';
// One object store of IndexedDB each for drafts, files and actions that the server doesn't have yet. Signing out deletes
// them all.

/** By name; _offline/offline-files.ts deletes them all. */
export const BROWSER_DATABASES = ['eider-drafts', 'eider-uploads', 'eider-outbox'] as const;
export type BrowserDatabase = (typeof BROWSER_DATABASES)[number];

export interface BrowserStore<Row> {
  /** By key, once what was asked for before is done. */
  all(): Promise<Row[]>;
  /** In the order of the calls, and quietly: windows in private mode may have no such store, and then the page is all there is. */
  put(row: Row): void;
  /** The same, telling whether the row is kept. */
  keep(row: Row): Promise<boolean>;
  delete(key: string): void;
}

function open(database: BrowserDatabase, keyPath: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept', { keyPath });
    request.onsuccess = () => {
      // Signing out deletes the database, which waits for those who have it open.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

/** Rows have their key at `keyPath`. */
export function browserStore<Row>(database: BrowserDatabase, keyPath: keyof Row & string): BrowserStore<Row> {
  const run = async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const opened = await open(database, keyPath);
    try {
      return await new Promise<T>((resolve, reject) => {
        const transaction = opened.transaction('kept', mode);
        const request = work(transaction.objectStore('kept'));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB'));
        transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
      });
    } finally {
      opened.close();
    }
  };
  // One after another, so that forgetting never overtakes keeping.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>) => {
    last = last.then(work).catch(() => undefined);
  };
  return {
    all: () => last.then(() => run<Row[]>('readonly', (store) => store.getAll() as IDBRequest<Row[]>)).catch(() => []),
    keep(row) {
      const kept = last.then(() => run('readwrite', (store) => store.put(row))).then(() => true, () => false);
      last = kept;
      return kept;
    },
    put: (row) => inTurn(() => run('readwrite', (store) => store.put(row))),
    delete: (key) => inTurn(() => run('readwrite', (store) => store.delete(key))),
  };
}
