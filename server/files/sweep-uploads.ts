// Takes away uploads that were abandoned: begun and never finished, or of drafts that are gone.
import type { BlobStore } from '../infra/blobs/blob-store.ts';
import type { Pool } from '../infra/db/pool.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import { eraseStoredFile } from './stored-file.ts';
import { deleteUploadRows, lockAbandonedUploads } from './upload.store.ts';

const BATCH = 100;

/** Bytes go before the row that knows where they are. Any number of processes may sweep at once. @returns how many files went */
export async function sweepUploads({ pool, blobs }: { pool: Pool; blobs: BlobStore }): Promise<number> {
  for (let swept = 0; ; ) {
    const batch = await withTransaction(pool, async (client) => {
      const abandoned = await lockAbandonedUploads(client, BATCH);
      for (const file of abandoned) await eraseStoredFile(blobs, file);
      await deleteUploadRows(client, abandoned.map(({ id }) => id));
      return abandoned.length;
    });
    swept += batch;
    if (batch < BATCH) return swept;
  }
}
