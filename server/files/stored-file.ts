// The bytes of a file of ours: one blob, or parts in the order in which they came.
import { Readable } from 'node:stream';
import type { BlobStore } from '../infra/blobs/blob-store.ts';

export interface StoredFile {
  blobKey: string;
  /** Sizes of its parts; null when it is one blob. */
  partBytes: number[] | null;
}

export const partKey = (file: Pick<StoredFile, 'blobKey'>, index: number): string => `${file.blobKey}/${index}`;

/** The whole content, or null when any of it is no longer there. */
export async function readStoredFile(blobs: BlobStore, file: StoredFile): Promise<Buffer | null> {
  if (file.partBytes === null) return blobs.get(file.blobKey);
  const parts: Buffer[] = [];
  for (const index of file.partBytes.keys()) {
    const part = await blobs.get(partKey(file, index));
    if (!part) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The content piece by piece. @throws (ENOENT) where a part is no longer there */
export async function* piecesOf(blobs: BlobStore, file: StoredFile): AsyncGenerator<Buffer> {
  const keys = file.partBytes === null ? [file.blobKey] : [...file.partBytes.keys()].map((index) => partKey(file, index));
  for (const key of keys) yield* blobs.stream(key) as AsyncIterable<Buffer>;
}

export const streamStoredFile = (blobs: BlobStore, file: StoredFile): Readable => Readable.from(piecesOf(blobs, file), { objectMode: false });

/** Takes the bytes away. Again is no error. */
export async function eraseStoredFile(blobs: BlobStore, file: StoredFile): Promise<void> {
  await blobs.delete(file.partBytes === null ? file.blobKey : `${file.blobKey}/`);
}
