// Rows of shared_file: files that messages link to, until they expire.
import type { PoolClient, Queryable } from '../infra/db/pool.ts';
import type { StoredFile } from './stored-file.ts';
import { UUID, type Owner, type UploadScan } from './upload.store.ts';

export interface SharedFileRow extends StoredFile {
  id: string;
  linkId: Buffer;
  filename: string;
  contentType: string;
  sizeBytes: number;
  scan: UploadScan;
  downloads: number;
  lastDownloadAt: Date | null;
  createdAt: Date;
  expiresAt: Date;
}

const COLUMNS = `s.id, s.link_id AS "linkId", s.filename, s.content_type AS "contentType", s.size_bytes AS "sizeBytes", s.blob_key AS "blobKey",
  s.part_bytes AS "partBytes", s.scan, s.downloads, s.last_download_at AS "lastDownloadAt", s.created_at AS "createdAt", s.expires_at AS "expiresAt"`;

/**
 * Makes a complete upload a shared file, in one statement; again, the one that it became. Null when there is neither.
 * @param linkId used only when it is made now
 */
export async function shareUpload(db: Queryable, owner: Owner, uploadId: string, linkId: Buffer, days: number): Promise<SharedFileRow | null> {
  if (!UUID.test(uploadId)) return null;
  const { rows } = await db.query<SharedFileRow>(
    `WITH taken AS (
       DELETE FROM compose_upload WHERE id = $1 AND account_id = $2 AND completed_at IS NOT NULL
       RETURNING id, tenant_id, account_id, filename, content_type, size_bytes, blob_key, part_bytes, scan)
     INSERT INTO shared_file AS s (id, tenant_id, account_id, link_id, filename, content_type, size_bytes, blob_key, part_bytes, scan, expires_at)
     SELECT id, tenant_id, account_id, $3, filename, content_type, size_bytes, blob_key, part_bytes, scan, now() + make_interval(days => $4) FROM taken
     RETURNING ${COLUMNS}`,
    [uploadId, owner.accountId, linkId, days],
  );
  if (rows[0]) return rows[0];
  const known = await db.query<SharedFileRow>(`SELECT ${COLUMNS} FROM shared_file s WHERE id = $1 AND account_id = $2 AND expires_at > now()`, [uploadId, owner.accountId]);
  return known.rows[0] ?? null;
}

/** Those that can still be fetched, newest first. */
export async function listShares(db: Queryable, accountId: string, limit: number): Promise<SharedFileRow[]> {
  const { rows } = await db.query<SharedFileRow>(
    `SELECT ${COLUMNS} FROM shared_file s WHERE account_id = $1 AND expires_at > now() ORDER BY created_at DESC LIMIT $2`,
    [accountId, limit],
  );
  return rows;
}

export interface OfferedFile extends SharedFileRow {
  ownerName: string;
  ownerAddress: string;
}

/** What a link leads to, with who shared it; null when it has ended. */
export async function findOffered(db: Queryable, linkId: Buffer): Promise<OfferedFile | null> {
  const { rows } = await db.query<OfferedFile>(
    `SELECT ${COLUMNS}, a.display_name AS "ownerName", a.address AS "ownerAddress"
       FROM shared_file s JOIN account a ON a.id = s.account_id WHERE s.link_id = $1 AND s.expires_at > now()`,
    [linkId],
  );
  return rows[0] ?? null;
}

export async function countDownload(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE shared_file SET downloads = downloads + 1, last_download_at = now() WHERE id = $1', [id]);
}

/** Ends a share at once. @returns whether there was one */
export async function endShare(db: Queryable, accountId: string, id: string): Promise<boolean> {
  if (!UUID.test(id)) return false;
  const result = await db.query('UPDATE shared_file SET expires_at = now() WHERE id = $1 AND account_id = $2 AND expires_at > now()', [id, accountId]);
  return result.rowCount === 1;
}

/** Locks shares that have ended. */
export async function lockEndedShares(client: PoolClient, limit: number): Promise<(StoredFile & { id: string })[]> {
  const { rows } = await client.query<StoredFile & { id: string }>(
    `SELECT id, blob_key AS "blobKey", part_bytes AS "partBytes" FROM shared_file WHERE expires_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
  return rows;
}

export async function deleteShareRows(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query('DELETE FROM shared_file WHERE id = ANY($1::uuid[])', [ids]);
}
