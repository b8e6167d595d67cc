import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderBlobStore, type BlobStore } from './blob-store.ts';

describe('folder blob store', () => {
  let root: string;
  let blobs: BlobStore;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'eider-blobs-'));
    blobs = folderBlobStore(join(root, 'made', 'on-demand'));
  });
  afterAll(() => rm(root, { recursive: true }));

  test('gives back what it was given, replaced when put again, and leaves no temporary file', async () => {
    await blobs.put('outgoing/2026-11-22/a', Buffer.from([0, 255, 13, 10]));
    expect(await blobs.get('outgoing/2026-11-22/a')).toEqual(Buffer.from([0, 255, 13, 10]));
    await blobs.put('outgoing/2026-11-22/a', Buffer.from('two'));
    expect((await blobs.get('outgoing/2026-11-22/a'))?.toString()).toBe('two');
    expect(await readdir(join(root, 'made', 'on-demand', 'outgoing', '2026-11-22'))).toEqual(['a']);
  });

  test('streams', async () => {
    await blobs.put('s', Buffer.alloc(300_000, 7));
    let bytes = 0;
    for await (const chunk of blobs.stream('s')) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(300_000);
  });

  test('an absent key is null, and deleting it is no error', async () => {
    expect(await blobs.get('nothing/here')).toBeNull();
    await blobs.delete('nothing/here');
  });

  test('deletes one, or all below a folder', async () => {
    await blobs.put('d/1/a', Buffer.from('a'));
    await blobs.put('d/1/b', Buffer.from('b'));
    await blobs.put('d/2/c', Buffer.from('c'));
    await blobs.delete('d/1/');
    expect(await blobs.get('d/1/a')).toBeNull();
    expect(await blobs.get('d/2/c')).not.toBeNull();
    await blobs.delete('d/2/c');
    expect(await blobs.get('d/2/c')).toBeNull();
  });

  test.each(['', '/', '../x', 'a/../../x', '/etc/passwd', 'a//b', '.hidden', 'a/.tmp', 'a\0b', 'a\\..\\b'])(
    'refuses the key %j',
    async (key) => {
      await expect(blobs.put(key, Buffer.from('x'))).rejects.toThrow(/blob key refused|null bytes/);
    },
  );
});
