// Messages that have just arrived and that a filter may label. Which filters there are is read here only to know whether there is one.
import type { PoolClient, Queryable } from '../infra/db/pool.ts';

const TRY_LIMIT = 50;

/** Notes new messages of an account whose filters label. What a filter was made after is left to “apply to what is here”. */
export async function noteForLabels(client: PoolClient, accountId: string, messageKeys: readonly string[]): Promise<void> {
  if (messageKeys.length === 0) return;
  await client.query({
    name: 'mailbox-note-for-labels',
    text: `INSERT INTO mailbox_label_due (account_id, message_key)
           SELECT m.account_id, m.message_key FROM mailbox_message m
            WHERE m.account_id = $1 AND m.message_key = ANY($2::text[]) AND m.received_at > now() - interval '1 day'
              AND EXISTS (SELECT FROM mail_filter f WHERE f.account_id = $1 AND f.enabled AND f.actions ? 'label' AND f.created_at < m.received_at)
           ON CONFLICT DO NOTHING`,
    values: [accountId, messageKeys],
  });
}

export interface LabelDue {
  accountId: string;
  wildduckUserId: string;
  messageKey: string;
}

/** Noted messages, up to `limit`, those least tried first; what fails always is forgotten. */
export async function takeLabelDue(db: Queryable, limit: number): Promise<LabelDue[]> {
  await db.query(`DELETE FROM mailbox_label_due WHERE tries >= ${TRY_LIMIT}`);
  const { rows } = await db.query<LabelDue>(
    `UPDATE mailbox_label_due d SET tries = d.tries + 1 FROM account a
      WHERE a.id = d.account_id AND (d.account_id, d.message_key) IN (
        SELECT account_id, message_key FROM mailbox_label_due ORDER BY tries, noted_at LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING d.account_id AS "accountId", a.wildduck_user_id AS "wildduckUserId", d.message_key AS "messageKey"`,
    [limit],
  );
  return rows;
}

export async function dropLabelDue(db: Queryable, accountId: string, messageKeys: readonly string[]): Promise<void> {
  await db.query('DELETE FROM mailbox_label_due WHERE account_id = $1 AND message_key = ANY($2::text[])', [accountId, messageKeys]);
}
