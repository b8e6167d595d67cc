// SQL that joins reports to what was sent: the message by its events, and an effect with its event and suppression.
import type { Queryable } from '../../infra/db/pool.ts';
import type { EnqueueSource, Lane } from '../enqueue-types.ts';

export interface KnownMessage {
  queueId: string;
  tenantId: string;
  source: EnqueueSource;
  lane: Lane;
  reversePath: string;
  recipientCount: number;
  recipients: { recipientNo: number; address: string }[];
}

/**
 * A message as far as its events tell, which outlive its content. Recipients are known once something has happened to
 * them, or while they wait.
 * @returns null when its events are gone
 */
export async function selectKnownMessage(db: Queryable, queueId: string): Promise<KnownMessage | null> {
  const accepted = await db.query<Omit<KnownMessage, 'queueId' | 'recipients'>>(
    `SELECT tenant_id AS "tenantId", data->>'source' AS source, data->>'lane' AS lane, data->>'reversePath' AS "reversePath",
            (data->>'recipients')::int AS "recipientCount"
       FROM delivery_event WHERE queue_id = $1 AND type = 'accepted' LIMIT 1`,
    [queueId],
  );
  const message = accepted.rows[0];
  if (!message) return null;
  const recipients = await db.query<KnownMessage['recipients'][number]>(
    `SELECT DISTINCT ON (recipient_no) recipient_no AS "recipientNo", recipient AS address FROM (
       SELECT recipient_no, recipient FROM delivery WHERE queue_id = $1
       UNION ALL SELECT recipient_no, recipient FROM delivery_event WHERE queue_id = $1 AND recipient_no IS NOT NULL AND recipient IS NOT NULL
     ) known ORDER BY recipient_no`,
    [queueId],
  );
  return { queueId, ...message, recipients: recipients.rows };
}

const EFFECT_DAYS = 90;

/** Notes that an effect happens to a recipient. @returns false when it had happened before: then nothing is to follow */
export async function insertEffect(db: Queryable, effect: { queueId: string; recipientNo: number; effect: string; reportId: string }): Promise<boolean> {
  const result = await db.query(
    `INSERT INTO feedback_effect (queue_id, recipient_no, effect, report_id, expires_at)
     VALUES ($1, $2, $3, $4, now() + interval '${EFFECT_DAYS} days') ON CONFLICT DO NOTHING`,
    [effect.queueId, effect.recipientNo, effect.effect, effect.reportId],
  );
  return result.rowCount === 1;
}

export async function insertFeedbackEvent(
  db: Queryable,
  event: { tenantId: string; queueId: string; recipientNo: number; type: string; recipient: string; data: object },
): Promise<void> {
  const data = JSON.stringify(event.data, (_key, value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value));
  await db.query('INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data) VALUES ($1, $2, $3, $4, $5, $6)', [
    event.tenantId, event.queueId, event.recipientNo, event.type, event.recipient, data,
  ]);
}
