// The S3 driver of blob stores: AWS or anything that speaks its protocol. Retries and signing are the AWS client's.
import { PassThrough, type Readable } from 'node:stream';
import { assertBlobKey, type BlobStore } from './blob-store.ts';
import type { S3Setting } from './s3-setting.ts';

/** What one DeleteObjects request takes. */
const DELETE_BATCH = 1_000;

/** The AWS client takes 20 MB and a tenth of a second, which processes that never touch a large message need not spend. */
async function load(setting: S3Setting) {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    endpoint: setting.endpoint,
    region: setting.region,
    forcePathStyle: setting.pathStyle,
    // Servers other than AWS often refuse the newer checksum trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(setting.credentials ? { credentials: setting.credentials } : {}),
  });
  return { sdk, client };
}

/** Blobs as objects of a bucket. S3 answers a put only when the object is stored durably and can be read by everyone. */
export function s3BlobStore(setting: S3Setting): BlobStore {
  let loaded: ReturnType<typeof load> | null = null;
  const s3 = () => (loaded ??= load(setting));
  const objectOf = (key: string) => {
    assertBlobKey(key);
    return { Bucket: setting.bucket, Key: setting.prefix + key };
  };

  async function read(key: string): Promise<Readable | null> {
    const object = objectOf(key);
    const { sdk, client } = await s3();
    try {
      return (await client.send(new sdk.GetObjectCommand(object))).Body as Readable;
    } catch (error) {
      if (error instanceof sdk.NoSuchKey || (error as Error).name === 'NoSuchKey') return null;
      throw error;
    }
  }

  async function deleteBelow(prefix: string): Promise<void> {
    const { sdk, client } = await s3();
    for (let more = true; more; ) {
      // Always the first page: what it lists is gone afterwards.
      const page = await client.send(new sdk.ListObjectsV2Command({ Bucket: setting.bucket, Prefix: prefix, MaxKeys: DELETE_BATCH }));
      const keys = (page.Contents ?? []).map(({ Key }) => ({ Key }));
      if (keys.length === 0) return;
      const { Errors: errors = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket: setting.bucket, Delete: { Objects: keys, Quiet: true } }));
      if (errors[0]) throw new Error(`${errors.length} objects below ${prefix} were not deleted: ${errors[0].Code}`);
      more = page.IsTruncated === true;
    }
  }

  return {
    async put(key, content) {
      const object = objectOf(key);
      const { sdk, client } = await s3();
      await client.send(new sdk.PutObjectCommand({ ...object, Body: content, ContentLength: content.length }));
    },
    async get(key) {
      const body = await read(key);
      return body && Buffer.concat(await body.toArray());
    },
    stream(key) {
      const out = new PassThrough();
      read(key).then(
        (body) => {
          if (!body) return out.destroy(Object.assign(new Error(`no blob ${key}`), { code: 'ENOENT' }));
          body.on('error', (error) => out.destroy(error));
          out.on('close', () => body.destroy());
          body.pipe(out);
        },
        (error: Error) => out.destroy(error),
      );
      return out;
    },
    async delete(key) {
      const object = objectOf(key);
      if (key.endsWith('/')) return deleteBelow(object.Key);
      const { sdk, client } = await s3();
      await client.send(new sdk.DeleteObjectCommand(object));
    },
  };
}
