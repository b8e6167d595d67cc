// Files of mail that are being brought in: kept in pieces as they come, whatever their size, and read again as a stream.
import type { BlobStore } from '../../infra/blobs/blob-store.ts';
import { AppError } from '../api/app-error.ts';

/** As much of a file is in memory while it comes in. */
const CHUNK_BYTES = 8 * 1024 * 1024;

const folderOf = (accountId: string, transferId: string): string => `transfers/${accountId}/${transferId}/`;
const keyOf = (accountId: string, transferId: string, file: number, chunk: number): string => `${folderOf(accountId, transferId)}${file}-${chunk}`;

/** @returns how many pieces there are, and their bytes in all. @throws AppError too_large */
export async function keepFile(
  blobs: BlobStore, place: { accountId: string; transferId: string; file: number }, body: AsyncIterable<Uint8Array>, mostBytes: number,
): Promise<{ chunks: number; bytes: number }> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let chunks = 0;
  let bytes = 0;
  const flush = async () => {
    const all = Buffer.concat(pending);
    for (let start = 0; start < all.length; start += CHUNK_BYTES) {
      const piece = all.subarray(start, start + CHUNK_BYTES);
      // Pieces are of one size but for the last: where an offset lies follows from it.
      if (piece.length < CHUNK_BYTES && !ended) {
        pending = [piece];
        pendingBytes = piece.length;
        return;
      }
      await blobs.put(keyOf(place.accountId, place.transferId, place.file, chunks), piece);
      chunks += 1;
    }
    pending = [];
    pendingBytes = 0;
  };
  let ended = false;
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > mostBytes) throw new AppError('too_large', { text: 'This is more than can be brought in at once.' });
    pending.push(part);
    pendingBytes += part.byteLength;
    if (pendingBytes >= CHUNK_BYTES) await flush();
  }
  ended = true;
  await flush();
  return { chunks, bytes };
}

/** The file's bytes from `offset` on. */
export async function* readFile(blobs: BlobStore, place: { accountId: string; transferId: string; file: number }, chunks: number, offset: number): AsyncGenerator<Buffer> {
  let skip = offset % CHUNK_BYTES;
  for (let chunk = Math.floor(offset / CHUNK_BYTES); chunk < chunks; chunk += 1) {
    const piece = await blobs.get(keyOf(place.accountId, place.transferId, place.file, chunk));
    if (!piece) throw new Error(`a piece of an import is gone: ${place.transferId}, file ${place.file}, piece ${chunk}`);
    yield piece.subarray(skip);
    skip = 0;
  }
}

export const dropFiles = (blobs: BlobStore, accountId: string, transferId: string): Promise<void> => blobs.delete(folderOf(accountId, transferId));
