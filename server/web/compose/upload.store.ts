// Rows of compose_upload: files waiting to be attached. Their bytes are blobs.
import type { Queryable } from '../../infra/db/pool.ts';

export interface UploadRow {
  id: string;
  filename: string;
  contentType: string;
  sizeBytes: number;
  blobKey: string;
}

const COLUMNS = `id, filename, content_type AS "contentType", size_bytes AS "sizeBytes", blob_key AS "blobKey"`;

export async function insertUpload(
  db: Queryable,
  owner: { tenantId: string; accountId: string },
  upload: UploadRow,
): Promise<void> {
  await db.query(
    `INSERT INTO compose_upload (id, tenant_id, account_id, filename, content_type, size_bytes, blob_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [upload.id, owner.tenantId, owner.accountId, upload.filename, upload.contentType, upload.sizeBytes, upload.blobKey],
  );
}

/** The account's uploads among `ids`, in the order of `ids`; others are simply missing. */
export async function findUploads(db: Queryable, accountId: string, ids: readonly string[]): Promise<UploadRow[]> {
  const wanted = ids.filter((id) => UUID.test(id));
  if (wanted.length === 0) return [];
  const { rows } = await db.query<UploadRow>(
    `SELECT ${COLUMNS} FROM compose_upload WHERE account_id = $1 AND id = ANY($2::uuid[])`,
    [accountId, wanted],
  );
  return wanted.flatMap((id) => rows.find((row) => row.id === id) ?? []);
}

/** Bytes that the account's uploads hold in all. */
export async function uploadedBytes(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ bytes: string | null }>(
    'SELECT sum(size_bytes)::text AS bytes FROM compose_upload WHERE account_id = $1',
    [accountId],
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** @returns the blob keys of the rows that were deleted */
export async function deleteUploads(db: Queryable, accountId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ blobKey: string }>(
    'DELETE FROM compose_upload WHERE account_id = $1 AND id = ANY($2::uuid[]) RETURNING blob_key AS "blobKey"',
    [accountId, ids.filter((id) => UUID.test(id))],
  );
  return rows.map((row) => row.blobKey);
}

/** SQL: something that is still to be sent names the upload `u`. */
const NAMED = `(
  EXISTS (SELECT 1 FROM draft d WHERE d.account_id = u.account_id
             AND (d.fields->'attachments' ? u.id::text OR position(u.id::text in coalesce(d.fields->>'html', '')) > 0))
  OR EXISTS (SELECT 1 FROM web_send s WHERE s.account_id = u.account_id AND s.state IN ('prepared', 'held')
             AND (s.fields->'attachments' ? u.id::text OR position(u.id::text in coalesce(s.fields->>'html', '')) > 0)))`;

/** Deletes those of the account's uploads that nothing else names. @returns their blob keys */
export async function deleteUnusedUploads(db: Queryable, accountId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ blobKey: string }>(
    `DELETE FROM compose_upload u WHERE account_id = $1 AND id = ANY($2::uuid[]) AND NOT ${NAMED} RETURNING blob_key AS "blobKey"`,
    [accountId, ids.filter((id) => UUID.test(id))],
  );
  return rows.map((row) => row.blobKey);
}

/** Deletes uploads older than a week that nothing names. @returns their blob keys */
export async function deleteOrphanedUploads(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ blobKey: string }>(
    `DELETE FROM compose_upload u
      WHERE u.created_at < now() - interval '7 days'
        AND NOT ${NAMED}
      RETURNING blob_key AS "blobKey"`,
  );
  return rows.map((row) => row.blobKey);
}

export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
