import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderBlobStore, type BlobStore } from '../../infra/blobs/blob-store.ts';
import { dropFiles, keepFile, readFile } from './uploaded-files.ts';

const MB = 1024 * 1024;
const PLACE = { accountId: 'a', transferId: 't', file: 0 };
let folder: string;
let blobs: BlobStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eider-pieces-'));
  blobs = folderBlobStore(folder);
});
afterAll(() => rm(folder, { recursive: true }));

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function read(chunks: number, offset: number) {
  const parts = [];
  for await (const part of readFile(blobs, PLACE, chunks, offset)) parts.push(part);
  return Buffer.concat(parts);
}

test.each([
  ['nothing', 0, 1000],
  ['a little', 10, 3],
  ['one piece to the byte', 8 * MB, 100_000],
  ['several, coming in large parts', 20 * MB + 5, 19 * MB],
  ['several, coming in small parts', 17 * MB + 5, 64_000],
])('%s is read as it came, from any place', async (_name, size, part) => {
  const bytes = randomBytes(size);
  const kept = await keepFile(blobs, PLACE, pieces(bytes, part), 64 * MB);
  expect(kept).toEqual({ chunks: Math.ceil(size / (8 * MB)), bytes: size });
  for (const offset of [0, 1, 8 * MB - 1, 8 * MB, 8 * MB + 1].filter((at) => at <= size)) expect((await read(kept.chunks, offset)).equals(bytes.subarray(offset))).toBe(true);
});

test('too much is refused while it comes in; what is dropped is gone', async () => {
  await expect(keepFile(blobs, PLACE, pieces(randomBytes(2 * MB), 1000), MB)).rejects.toMatchObject({ code: 'too_large' });
  const { chunks } = await keepFile(blobs, PLACE, pieces(Buffer.from('x'), 1), MB);
  await dropFiles(blobs, 'a', 't');
  await expect(read(chunks, 0)).rejects.toThrow('is gone');
});
