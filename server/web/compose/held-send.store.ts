// Rows of web_send that wait before they leave: holding, taking back, and what becomes due.
import type { PoolClient, Queryable } from '../../infra/db/pool.ts';
import { deleteDraft, type DraftRow } from './draft.store.ts';
import { SEND_COLUMNS, type SendRow } from './send.store.ts';
import { UUID } from '../../files/upload.store.ts';

/**
 * Notes that the message waits, or is the queue's, and takes its draft away with the same commit: it is in one place at
 * any moment.
 * @returns the row as it is now
 */
export async function setSendTaken(client: PoolClient, row: SendRow, state: 'held' | 'accepted', queueId: string | null): Promise<SendRow> {
  const draft: DraftRow | null = row.draftId === null ? null : await deleteDraft(client, row.accountId, row.draftId);
  const copy = draft && draft.mailbox !== null && draft.uid !== null ? { mailbox: draft.mailbox, uid: draft.uid } : null;
  const { rows } = await client.query<SendRow>(
    `UPDATE web_send SET state = $5, queue_id = $2, draft_revision = $3, draft_copy = $4, updated_at = now()
      WHERE id = $1 RETURNING ${SEND_COLUMNS}`,
    [row.id, queueId, draft?.revision ?? null, copy === null ? null : JSON.stringify(copy), state],
  );
  return rows[0]!;
}

export async function setHeldQueueId(client: PoolClient, id: string, queueId: string): Promise<void> {
  await client.query('UPDATE web_send SET queue_id = $2, updated_at = now() WHERE id = $1', [id, queueId]);
}

/** The queue refused it; it waits for its writer to decide. */
export async function setHeldFailure(client: PoolClient, id: string, failure: string): Promise<void> {
  await client.query('UPDATE web_send SET failure = $2, updated_at = now() WHERE id = $1', [id, failure]);
}

/** A send of the account, locked for this transaction. */
export async function lockOwnSend(client: PoolClient, accountId: string, id: string): Promise<SendRow | null> {
  if (!UUID.test(id)) return null;
  const { rows } = await client.query<SendRow>(`SELECT ${SEND_COLUMNS} FROM web_send WHERE id = $1 AND account_id = $2 FOR UPDATE`, [id, accountId]);
  return rows[0] ?? null;
}

/** Ends a held send and makes its draft again, with the id it had and the next revision. @returns the draft's id */
export async function restoreDraft(client: PoolClient, row: SendRow): Promise<string> {
  await client.query(`UPDATE web_send SET state = 'cancelled', updated_at = now() WHERE id = $1`, [row.id]);
  const draftId = row.draftId ?? row.id;
  await client.query(
    `INSERT INTO draft (id, tenant_id, account_id, fields, revision) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
    [draftId, row.tenantId, row.accountId, JSON.stringify(row.fields), (row.draftRevision ?? 0) + 1],
  );
  return draftId;
}

/** What the account has waiting, the next first. */
export async function listHeld(db: Queryable, accountId: string, limit: number): Promise<SendRow[]> {
  const { rows } = await db.query<SendRow>(
    `SELECT ${SEND_COLUMNS} FROM web_send WHERE account_id = $1 AND state = 'held' ORDER BY send_at LIMIT $2`,
    [accountId, limit],
  );
  return rows;
}

/** Held messages that are not in the queue yet and whose time comes within `seconds`. */
export async function listComing(db: Queryable, seconds: number, limit: number): Promise<SendRow[]> {
  const { rows } = await db.query<SendRow>(
    `SELECT ${SEND_COLUMNS} FROM web_send
      WHERE state = 'held' AND queue_id IS NULL AND failure IS NULL AND send_at < now() + make_interval(secs => $1) ORDER BY send_at LIMIT $2`,
    [seconds, limit],
  );
  return rows;
}

/**
 * Ends the hold of what is due: from here on nobody can take it back.
 * @returns the rows, each to one caller
 */
export async function releaseDue(db: Queryable, limit: number): Promise<SendRow[]> {
  const { rows } = await db.query<SendRow>(
    `UPDATE web_send SET state = 'accepted', updated_at = now() WHERE id IN (
       SELECT id FROM web_send WHERE state = 'held' AND queue_id IS NOT NULL AND send_at <= now()
        ORDER BY send_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING ${SEND_COLUMNS}`,
    [limit],
  );
  return rows;
}

/** Sends whose draft still has its copy in the Drafts folder, though a while has passed. */
export async function listDraftCopiesLeft(db: Queryable, seconds: number, limit: number): Promise<SendRow[]> {
  const { rows } = await db.query<SendRow>(
    `SELECT ${SEND_COLUMNS} FROM web_send WHERE draft_copy IS NOT NULL AND updated_at < now() - make_interval(secs => $1) LIMIT $2`,
    [seconds, limit],
  );
  return rows;
}

export async function clearDraftCopy(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE web_send SET draft_copy = NULL WHERE id = $1', [id]);
}

/** Requests that died after building their message, for the queue to be asked whether it has it. */
export async function listAbandoned(db: Queryable, seconds: number, limit: number): Promise<SendRow[]> {
  const { rows } = await db.query<SendRow>(
    `SELECT ${SEND_COLUMNS} FROM web_send
      WHERE state = 'prepared' AND blob_key IS NOT NULL AND updated_at < now() - make_interval(secs => $1)
        AND created_at > now() - interval '47 hours' ORDER BY updated_at LIMIT $2`,
    [seconds, limit],
  );
  return rows;
}
