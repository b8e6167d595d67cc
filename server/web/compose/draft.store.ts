// Rows of draft: what the user has written so far, and where its copy in the Drafts folder stands.
import type { PoolClient, Queryable } from '../../infra/db/pool.ts';
import type { ComposeFieldsFull } from '../contract/compose.ts';
import { UUID } from '../../files/upload.store.ts';

export interface DraftRow {
  id: string;
  revision: number;
  fields: ComposeFieldsFull;
  mailbox: string | null;
  uid: number | null;
  mirroredRevision: number;
  mirroredAt: Date | null;
  updatedAt: Date;
}

const COLUMNS = `id, revision, fields, mailbox, uid, mirrored_revision AS "mirroredRevision", mirrored_at AS "mirroredAt", updated_at AS "updatedAt"`;

export interface Owner {
  tenantId: string;
  accountId: string;
}

export async function insertDraft(
  db: Queryable,
  owner: Owner,
  fields: ComposeFieldsFull,
  copy: { mailbox: string; uid: number } | null = null,
): Promise<DraftRow> {
  const { rows } = await db.query<DraftRow>(
    `INSERT INTO draft (tenant_id, account_id, fields, mailbox, uid, mirrored_revision, mirrored_at)
     VALUES ($1, $2, $3, $4, $5, CASE WHEN $5::bigint IS NULL THEN 0 ELSE 1 END, CASE WHEN $5::bigint IS NULL THEN NULL ELSE now() END)
     RETURNING ${COLUMNS}`,
    [owner.tenantId, owner.accountId, JSON.stringify(fields), copy?.mailbox ?? null, copy?.uid ?? null],
  );
  return rows[0]!;
}

/**
 * Makes a draft under the client's id. Made already by the same window, and not changed since, it takes these fields;
 * null when somebody else has been there.
 */
export async function insertOwnDraft(db: Queryable, owner: Owner, id: string, writer: string | null, fields: ComposeFieldsFull): Promise<DraftRow | null> {
  const { rows } = await db.query<DraftRow>(
    `INSERT INTO draft (id, tenant_id, account_id, fields, writer) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, revision = draft.revision + 1, updated_at = now()
       WHERE draft.account_id = excluded.account_id AND draft.revision = 1 AND draft.writer = excluded.writer
     RETURNING ${COLUMNS}`,
    [id, owner.tenantId, owner.accountId, JSON.stringify(fields), writer],
  );
  return rows[0] ?? null;
}

export async function findDraft(db: Queryable, accountId: string, id: string): Promise<DraftRow | null> {
  if (!UUID.test(id)) return null;
  const { rows } = await db.query<DraftRow>(`SELECT ${COLUMNS} FROM draft WHERE id = $1 AND account_id = $2`, [id, accountId]);
  return rows[0] ?? null;
}

/** The draft whose copy is that message, or null. */
export async function findDraftByCopy(db: Queryable, accountId: string, mailbox: string, uid: number): Promise<DraftRow | null> {
  const { rows } = await db.query<DraftRow>(
    `SELECT ${COLUMNS} FROM draft WHERE account_id = $1 AND mailbox = $2 AND uid = $3`,
    [accountId, mailbox, uid],
  );
  return rows[0] ?? null;
}

/**
 * Stores the next revision if `revision` is still the current one, or the next was written by the same window: its answer
 * was lost then. Null when another save came first, or it is gone.
 */
export async function updateDraft(
  db: Queryable,
  accountId: string,
  id: string,
  revision: number,
  fields: ComposeFieldsFull,
  writer: string | null,
): Promise<DraftRow | null> {
  if (!UUID.test(id)) return null;
  const { rows } = await db.query<DraftRow>(
    `UPDATE draft SET fields = $4, revision = revision + 1, updated_at = now(), writer = $5
      WHERE id = $1 AND account_id = $2 AND (revision = $3 OR (revision = $3 + 1 AND writer = $5)) RETURNING ${COLUMNS}`,
    [id, accountId, revision, JSON.stringify(fields), writer],
  );
  return rows[0] ?? null;
}

/** Notes that `revision` now stands in the Drafts folder. @returns false when the draft is gone meanwhile */
export async function setDraftCopy(db: Queryable, id: string, revision: number, mailbox: string, uid: number): Promise<boolean> {
  const result = await db.query(
    'UPDATE draft SET mailbox = $3, uid = $4, mirrored_revision = $2, mirrored_at = now() WHERE id = $1',
    [id, revision, mailbox, uid],
  );
  return result.rowCount === 1;
}

/** Deletes a draft, only at `revision` when that is given. @returns the row as it was, or null */
export async function deleteDraft(db: Queryable, accountId: string, id: string, revision?: number): Promise<DraftRow | null> {
  if (!UUID.test(id)) return null;
  const { rows } = await db.query<DraftRow>(
    `DELETE FROM draft WHERE id = $1 AND account_id = $2 AND ($3::int IS NULL OR revision = $3) RETURNING ${COLUMNS}`,
    [id, accountId, revision ?? null],
  );
  return rows[0] ?? null;
}

/** Waits until this transaction is the only one that writes the draft's copy. */
export async function lockDraft(client: PoolClient, id: string): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('draft-copy:' || $1, 0))`, [id]);
}

export interface DraftBehind extends Owner {
  id: string;
}

/** Drafts whose copy has been behind for `seconds`. */
export async function listDraftsBehind(db: Queryable, seconds: number, limit: number): Promise<DraftBehind[]> {
  const { rows } = await db.query<DraftBehind>(
    `SELECT id, tenant_id AS "tenantId", account_id AS "accountId" FROM draft
      WHERE mirrored_revision < revision AND updated_at < now() - make_interval(secs => $1) ORDER BY updated_at LIMIT $2`,
    [seconds, limit],
  );
  return rows;
}
