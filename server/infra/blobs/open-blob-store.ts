// Which blob store this installation has: a bucket where S3_URL says so, else a folder under EIDER_HOME.
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { type BlobStore, folderBlobStore } from './blob-store.ts';
import { s3BlobStore } from './s3-blob-store.ts';
import { parseS3Url } from './s3-setting.ts';

/**
 * The store that every process of the installation shares. Nothing is contacted yet.
 * @throws ConfigError when S3_URL is malformed
 */
export function openBlobStore(config: Pick<Config, 'home' | 's3Url'>): BlobStore {
  return config.s3Url === undefined ? folderBlobStore(join(config.home, 'blobs')) : s3BlobStore(parseS3Url(config.s3Url));
}
