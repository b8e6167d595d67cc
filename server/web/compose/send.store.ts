// Rows of web_send: one per message that the web has taken to send, so that a request repeated after a lost answer
// or a crash sends once and finishes what was begun.
import type { PoolClient, Queryable } from '../../infra/db/pool.ts';
import type { ComposeFieldsFull } from '../contract/compose.ts';

/** `held`: it can still be taken back. `accepted`: it is the queue's for good. */
export type SendState = 'prepared' | 'held' | 'accepted' | 'finished' | 'cancelled';

export interface SendRow {
  id: string;
  tenantId: string;
  accountId: string;
  bodyHash: string;
  messageId: string;
  state: SendState;
  queueId: string | null;
  blobKey: string | null;
  draftId: string | null;
  answers: { conversationId: string; messageKey: string; mode: 'reply' | 'replyAll' | 'forward' } | null;
  fields: ComposeFieldsFull | null;
  draftRevision: number | null;
  draftCopy: { mailbox: string; uid: number } | null;
  sendAt: Date | null;
  scheduled: boolean;
  failure: string | null;
  /** Seconds since the row was last changed. */
  ageSeconds: number;
}

export const SEND_COLUMNS = `id, tenant_id AS "tenantId", account_id AS "accountId", body_hash AS "bodyHash", message_id AS "messageId", state,
  queue_id AS "queueId", blob_key AS "blobKey", draft_id AS "draftId", answers, fields,
  draft_revision AS "draftRevision", draft_copy AS "draftCopy", send_at AS "sendAt", scheduled, failure,
  extract(epoch FROM now() - updated_at)::float8 AS "ageSeconds"`;

/** Makes the row, or finds that the account used the key before. */
export async function beginSend(
  db: Queryable,
  owner: { tenantId: string; accountId: string },
  send: { idempotencyKey: string; bodyHash: string; messageId: string },
): Promise<{ kind: 'new' | 'known'; row: SendRow }> {
  const inserted = await db.query<SendRow>(
    `INSERT INTO web_send (tenant_id, account_id, idempotency_key, body_hash, message_id, state)
     VALUES ($1, $2, $3, $4, $5, 'prepared') ON CONFLICT (account_id, idempotency_key) DO NOTHING RETURNING ${SEND_COLUMNS}`,
    [owner.tenantId, owner.accountId, send.idempotencyKey, send.bodyHash, send.messageId],
  );
  if (inserted.rows[0]) return { kind: 'new', row: inserted.rows[0] };
  const { rows } = await db.query<SendRow>(
    `SELECT ${SEND_COLUMNS} FROM web_send WHERE account_id = $1 AND idempotency_key = $2`,
    [owner.accountId, send.idempotencyKey],
  );
  // Removed in between: its first request was refused. This one is then the first.
  return rows[0] ? { kind: 'known', row: rows[0] } : beginSend(db, owner, send);
}

/** Takes over a request that died while preparing; one of several callers gets it. */
export async function takeOverSend(db: Queryable, id: string, afterSeconds: number): Promise<boolean> {
  const result = await db.query(
    `UPDATE web_send SET updated_at = now()
      WHERE id = $1 AND state = 'prepared' AND updated_at < now() - make_interval(secs => $2)`,
    [id, afterSeconds],
  );
  return result.rowCount === 1;
}

export async function setSendContent(
  db: Queryable,
  id: string,
  content: Pick<SendRow, 'draftId' | 'answers' | 'sendAt' | 'scheduled'> & { blobKey: string; fields: ComposeFieldsFull },
): Promise<void> {
  await db.query(
    `UPDATE web_send SET blob_key = $2, draft_id = $3, answers = $4, fields = $5, send_at = $6, scheduled = $7, updated_at = now()
      WHERE id = $1`,
    [
      id, content.blobKey, content.draftId, content.answers === null ? null : JSON.stringify(content.answers),
      JSON.stringify(content.fields), content.sendAt, content.scheduled,
    ],
  );
}

/** The Sent copy is stored. */
export async function clearSendContent(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE web_send SET blob_key = NULL, updated_at = now() WHERE id = $1', [id]);
}

export async function setSendFinished(db: Queryable, id: string): Promise<void> {
  await db.query(`UPDATE web_send SET state = 'finished', updated_at = now() WHERE id = $1`, [id]);
}

export async function findSend(db: Queryable, id: string): Promise<SendRow | null> {
  const { rows } = await db.query<SendRow>(`SELECT ${SEND_COLUMNS} FROM web_send WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** Waits until this transaction is the only one that stores the message's Sent copy. */
export async function lockSend(client: PoolClient, id: string): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('web-send:' || $1, 0))`, [id]);
}

/** The request was refused: the key is free again. */
export async function dropSend(db: Queryable, id: string): Promise<void> {
  await db.query(`DELETE FROM web_send WHERE id = $1 AND state = 'prepared'`, [id]);
}

/** Accepted messages whose Sent copy (or what follows it) is still to be done. Each is given to one caller a minute. */
export async function takeUnfinishedSends(db: Queryable, limit: number): Promise<SendRow[]> {
  const { rows } = await db.query<SendRow>(
    `UPDATE web_send SET updated_at = now() WHERE id IN (
       SELECT id FROM web_send WHERE state = 'accepted' AND updated_at < now() - interval '30 seconds'
        ORDER BY updated_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING ${SEND_COLUMNS}`,
    [limit],
  );
  return rows;
}

/** Forgets rows that have ended after 48 hours, and prepared ones that nobody came back for. @returns their blobs */
export async function deleteOldSends(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ blobKey: string | null }>(
    `DELETE FROM web_send WHERE state IN ('finished', 'prepared', 'cancelled') AND updated_at < now() - interval '48 hours'
     RETURNING blob_key AS "blobKey"`,
  );
  return rows.flatMap((row) => row.blobKey ?? []);
}
