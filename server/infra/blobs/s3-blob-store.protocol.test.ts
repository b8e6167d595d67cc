// The S3 driver against a real S3 server over HTTP.
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBlobStore } from './open-blob-store.ts';
import type { BlobStore } from './blob-store.ts';

describe('S3 blob store', () => {
  let folder: string;
  let server: S3rver;
  let url: string;
  let blobs: BlobStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eider-s3-'));
    server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: folder, configureBuckets: [{ name: 'mail', configs: [] }] });
    const { port } = (await server.run()) as AddressInfo;
    url = `s3://S3RVER:S3RVER@127.0.0.1:${port}/mail`;
    blobs = openBlobStore({ home: folder, s3Url: `${url}/eider/one?tls=0` });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test('gives back what it was given, replaced when put again', async () => {
    await blobs.put('outgoing/2026-11-22/a', Buffer.from([0, 255, 13, 10]));
    expect(await blobs.get('outgoing/2026-11-22/a')).toEqual(Buffer.from([0, 255, 13, 10]));
    await blobs.put('outgoing/2026-11-22/a', Buffer.from('two'));
    expect((await blobs.get('outgoing/2026-11-22/a'))?.toString()).toBe('two');
  });

  test('streams; a stream of nothing fails as a file would', async () => {
    await blobs.put('s', Buffer.alloc(300_000, 7));
    let bytes = 0;
    for await (const chunk of blobs.stream('s')) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(300_000);
    await expect(blobs.stream('absent').toArray()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('an absent key is null, and deleting it is no error', async () => {
    expect(await blobs.get('nothing/here')).toBeNull();
    await blobs.delete('nothing/here');
    await blobs.delete('nothing/');
  });

  test('deletes one, or all below a folder, and nothing of another prefix', async () => {
    const other = openBlobStore({ home: folder, s3Url: `${url}?tls=0` });
    await other.put('d/1/a', Buffer.from('other'));
    for (const key of ['d/1/a', 'd/1/b', 'd/2/c', 'd/10/e']) await blobs.put(key, Buffer.from(key));
    await blobs.delete('d/1/');
    expect(await Promise.all(['d/1/a', 'd/1/b', 'd/2/c', 'd/10/e'].map(async (key) => (await blobs.get(key))?.toString() ?? null))).toEqual([null, null, 'd/2/c', 'd/10/e']);
    expect((await other.get('d/1/a'))?.toString()).toBe('other');
    await blobs.delete('d/2/c');
    expect(await blobs.get('d/2/c')).toBeNull();
  });

  test('a missing bucket and a dead server are errors, not absence', async () => {
    await expect(openBlobStore({ home: folder, s3Url: `${url.replace('/mail', '/none')}?tls=0` }).put('s', Buffer.from('x'))).rejects.toThrow(/bucket/i);
    await expect(openBlobStore({ home: folder, s3Url: 's3://a:b@127.0.0.1:9/mail?tls=0' }).get('s')).rejects.toThrow(/ECONNREFUSED/);
  });

  test.each(['', '/', '../x', 'a/../../x', '/etc/passwd', 'a//b', '.hidden'])('refuses the key %j', async (key) => {
    await expect(blobs.put(key, Buffer.from('x'))).rejects.toThrow('blob key refused');
  });
});
