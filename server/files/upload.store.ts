// Rows of compose_upload: files waiting to be attached, and those of which parts are still to come. Their bytes are blobs.
import type { Pool, PoolClient, Queryable } from '../infra/db/pool.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import type { StoredFile } from './stored-file.ts';

export type UploadPurpose = 'attach' | 'link';
/** `clean`, or why nobody looked: no clamd here, clamd does not answer, more than clamd takes. */
export type UploadScan = 'clean' | 'absent' | 'down' | 'too large';

export interface UploadRow extends StoredFile {
  id: string;
  filename: string;
  /** As declared until it is complete, then by its bytes. */
  contentType: string;
  sizeBytes: number;
  scan: UploadScan;
}

export interface IncomingRow extends UploadRow {
  purpose: UploadPurpose;
  complete: boolean;
}

export interface Owner {
  tenantId: string;
  accountId: string;
}

const COLUMNS = `id, filename, content_type AS "contentType", size_bytes AS "sizeBytes", blob_key AS "blobKey", part_bytes AS "partBytes", scan`;
const INCOMING_COLUMNS = `${COLUMNS}, purpose, completed_at IS NOT NULL AS complete`;

/** How many bytes have come. */
export const receivedBytes = (row: Pick<UploadRow, 'partBytes' | 'sizeBytes'>): number =>
  row.partBytes === null ? row.sizeBytes : row.partBytes.reduce((sum, bytes) => sum + bytes, 0);

/** A file that is there as a whole. */
export async function insertUpload(db: Queryable, owner: Owner, upload: Omit<UploadRow, 'partBytes'>): Promise<void> {
  await db.query(
    `INSERT INTO compose_upload (id, tenant_id, account_id, filename, content_type, size_bytes, blob_key, scan, completed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())`,
    [upload.id, owner.tenantId, owner.accountId, upload.filename, upload.contentType, upload.sizeBytes, upload.blobKey, upload.scan],
  );
}

/**
 * Begins a file that comes in parts. Begun already under this id by the same account, it is the one that is there.
 * @param limitBytes all of the account's files, this one with its whole size
 * @returns `full` beyond that limit, `taken` when the id is another account's
 */
export function beginUpload(
  pool: Pool,
  owner: Owner,
  file: Pick<IncomingRow, 'id' | 'filename' | 'contentType' | 'sizeBytes' | 'purpose' | 'blobKey'>,
  limitBytes: number,
): Promise<IncomingRow | 'full' | 'taken'> {
  return withTransaction(pool, async (client) => {
    // Several that begin at once share what is left.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('uploads:' || $1::text, 0))`, [owner.accountId]);
    const known = await findIncoming(client, owner.accountId, file.id);
    if (known) return known;
    if ((await heldBytes(client, owner.accountId)) + file.sizeBytes > limitBytes) return 'full';
    const { rows } = await client.query<IncomingRow>(
      `INSERT INTO compose_upload (id, tenant_id, account_id, filename, content_type, size_bytes, blob_key, part_bytes, purpose)
       VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', $8) ON CONFLICT (id) DO NOTHING RETURNING ${INCOMING_COLUMNS}`,
      [file.id, owner.tenantId, owner.accountId, file.filename, file.contentType, file.sizeBytes, file.blobKey, file.purpose],
    );
    return rows[0] ?? 'taken';
  });
}

export async function findIncoming(db: Queryable, accountId: string, id: string, lock = false): Promise<IncomingRow | null> {
  if (!UUID.test(id)) return null;
  const { rows } = await db.query<IncomingRow>(
    `SELECT ${INCOMING_COLUMNS} FROM compose_upload WHERE account_id = $1 AND id = $2 ${lock ? 'FOR UPDATE' : ''}`,
    [accountId, id],
  );
  return rows[0] ?? null;
}

/** One more part is there. The row is locked by the caller. */
export async function addPart(client: PoolClient, id: string, bytes: number): Promise<void> {
  await client.query('UPDATE compose_upload SET part_bytes = part_bytes || $2::integer, touched_at = now() WHERE id = $1', [id, bytes]);
}

/** All parts are there, and what they are is known. */
export async function completeUpload(db: Queryable, id: string, facts: Pick<UploadRow, 'contentType' | 'scan'>): Promise<void> {
  await db.query(
    'UPDATE compose_upload SET content_type = $2, scan = $3, completed_at = now(), touched_at = now() WHERE id = $1 AND completed_at IS NULL',
    [id, facts.contentType, facts.scan],
  );
}

/** The account's complete uploads among `ids`, in the order of `ids`; others are simply missing. */
export async function findUploads(db: Queryable, accountId: string, ids: readonly string[]): Promise<UploadRow[]> {
  const wanted = ids.filter((id) => UUID.test(id)).map((id) => id.toLowerCase());
  if (wanted.length === 0) return [];
  const { rows } = await db.query<UploadRow>(
    `SELECT ${COLUMNS} FROM compose_upload WHERE account_id = $1 AND id = ANY($2::uuid[]) AND completed_at IS NOT NULL`,
    [accountId, wanted],
  );
  return wanted.flatMap((id) => rows.find((row) => row.id === id) ?? []);
}

/** Bytes that the account's files hold, those behind links too, or will when they are complete. */
export async function heldBytes(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ bytes: number }>(
    `SELECT coalesce(sum(size_bytes), 0)::bigint AS bytes FROM (
       SELECT size_bytes FROM compose_upload WHERE account_id = $1 UNION ALL SELECT size_bytes FROM shared_file WHERE account_id = $1) AS held`,
    [accountId],
  );
  return rows[0]!.bytes;
}

/** @returns the files of the rows that were deleted */
export async function deleteUploads(db: Queryable, accountId: string, ids: readonly string[]): Promise<StoredFile[]> {
  const { rows } = await db.query<StoredFile>(
    `DELETE FROM compose_upload WHERE account_id = $1 AND id = ANY($2::uuid[]) RETURNING blob_key AS "blobKey", part_bytes AS "partBytes"`,
    [accountId, ids.filter((id) => UUID.test(id))],
  );
  return rows;
}

/** SQL: something that is still to be sent names the upload `u`. */
const NAMED = `(
  EXISTS (SELECT 1 FROM draft d WHERE d.account_id = u.account_id
             AND (d.fields->'attachments' ? u.id::text OR position(u.id::text in coalesce(d.fields->>'html', '')) > 0))
  OR EXISTS (SELECT 1 FROM web_send s WHERE s.account_id = u.account_id AND s.state IN ('prepared', 'held')
             AND (s.fields->'attachments' ? u.id::text OR position(u.id::text in coalesce(s.fields->>'html', '')) > 0)))`;

/** Deletes those of the account's uploads that nothing else names. @returns their files */
export async function deleteUnusedUploads(db: Queryable, accountId: string, ids: readonly string[]): Promise<StoredFile[]> {
  const { rows } = await db.query<StoredFile>(
    `DELETE FROM compose_upload u WHERE account_id = $1 AND id = ANY($2::uuid[]) AND NOT ${NAMED} RETURNING blob_key AS "blobKey", part_bytes AS "partBytes"`,
    [accountId, ids.filter((id) => UUID.test(id))],
  );
  return rows;
}

const ABANDONED_DAYS = 7;

/** Locks uploads that nobody has touched for a week and nothing names. */
export async function lockAbandonedUploads(client: PoolClient, limit: number): Promise<(StoredFile & { id: string })[]> {
  const { rows } = await client.query<StoredFile & { id: string }>(
    `SELECT id, blob_key AS "blobKey", part_bytes AS "partBytes" FROM compose_upload u
      WHERE u.touched_at < now() - make_interval(days => ${ABANDONED_DAYS}) AND NOT ${NAMED}
      LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
  return rows;
}

export async function deleteUploadRows(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query('DELETE FROM compose_upload WHERE id = ANY($1::uuid[])', [ids]);
}

export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
