// Large message contents outside the database. Owns the interface, what a key may be, and the folder driver;
// the S3 driver is s3-blob-store.ts. What a key means, and when it is deleted, is the caller's.
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';

export interface BlobStore {
  /** Keeps `content` under `key`; returns only when it would survive a power cut. Writing the same key again replaces it. */
  put(key: string, content: Uint8Array): Promise<void>;
  /** The content, or null when there is none. */
  get(key: string): Promise<Buffer | null>;
  /** The content as a stream; an absent key is an error event with code ENOENT. */
  stream(key: string): Readable;
  /** Deletes one key, or with a trailing slash everything below it; absent ones are no error. */
  delete(key: string): Promise<void>;
}

/** Letters, digits, dash, underscore and dot in segments; no segment starts with a dot. */
const KEY = /^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*\/?$/;

/** @throws Error on a key that could lead elsewhere; keys are made by us, so that is a bug */
export function assertBlobKey(key: string): void {
  if (!KEY.test(key)) throw new Error(`blob key refused: ${JSON.stringify(key)}`);
}

/**
 * Blobs as files below `root`. A blob is written beside its place, flushed, renamed, and the folder flushed:
 * at any moment there is the whole content or none.
 */
export function folderBlobStore(root: string): BlobStore {
  const base = resolve(root);
  const pathOf = (key: string): string => {
    assertBlobKey(key);
    const path = resolve(join(base, key));
    if (!path.startsWith(base + sep)) throw new Error(`blob key refused: ${JSON.stringify(key)}`);
    return path;
  };
  return {
    async put(key, content) {
      const path = pathOf(key);
      const folder = dirname(path);
      await makeFolderDurable(folder);
      const temporary = join(folder, `.${randomUUID()}.tmp`);
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncFolder(folder);
    },
    async get(key) {
      try {
        return await readFile(pathOf(key));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    stream: (key) => createReadStream(pathOf(key)),
    async delete(key) {
      await rm(pathOf(key), { recursive: key.endsWith('/'), force: true });
    },
  };
}

/** Makes a folder and flushes each parent that gained an entry, so that the path itself survives a power cut. */
async function makeFolderDurable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === dirname(first) || parent === dirname(parent)) return;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
