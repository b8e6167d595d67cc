// Takes away files that nobody needs: uploads that were abandoned, and shared files whose time is over.
import type { BlobStore } from '../infra/blobs/blob-store.ts';
import type { Pool, PoolClient } from '../infra/db/pool.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import { deleteShareRows, lockEndedShares } from './share.store.ts';
import { eraseStoredFile, type StoredFile } from './stored-file.ts';
import { deleteUploadRows, lockAbandonedUploads } from './upload.store.ts';

const BATCH = 100;

export interface SweepDeps {
  pool: Pool;
  blobs: BlobStore;
}

/** Begun and never finished, or of drafts that are gone. @returns how many went */
export const sweepUploads = (deps: SweepDeps): Promise<number> => sweep(deps, lockAbandonedUploads, deleteUploadRows);

/** Expired or revoked. @returns how many went */
export const sweepShares = (deps: SweepDeps): Promise<number> => sweep(deps, lockEndedShares, deleteShareRows);

/** Bytes go before the row that knows where they are. Any number of processes may sweep at once. */
async function sweep(
  { pool, blobs }: SweepDeps,
  lock: (client: PoolClient, limit: number) => Promise<(StoredFile & { id: string })[]>,
  drop: (client: PoolClient, ids: string[]) => Promise<void>,
): Promise<number> {
  for (let swept = 0; ; ) {
    const batch = await withTransaction(pool, async (client) => {
      const files = await lock(client, BATCH);
      for (const file of files) await eraseStoredFile(blobs, file);
      await drop(client, files.map(({ id }) => id));
      return files.length;
    });
    swept += batch;
    if (batch < BATCH) return swept;
  }
}
