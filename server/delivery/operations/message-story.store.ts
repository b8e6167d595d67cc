// A message with everything that is known of it: what was accepted, each recipient as it stands, each event. Reads only.
import type { Queryable } from '../../infra/db/pool.ts';
import { traceMessage, type TraceEvent } from '../queue-view.store.ts';

export interface StoredHead {
  queueId: string;
  tenant: string | null;
  source: string;
  lane: string;
  reversePath: string;
  headerFrom: string;
  messageIdHeader: string;
  subject: string | null;
  size: number;
  acceptedAt: Date;
}

export interface StandingRecipient {
  recipientNo: number;
  recipient: string;
  state: string;
  attempts: number;
  dueAt: Date | null;
  expiresAt: Date;
  reason: string | null;
}

export interface MessageStory {
  queueId: string;
  /** Null when the message is past its retention; its events may be there all the same. */
  message: StoredHead | null;
  /** Those not finished. */
  waiting: StandingRecipient[];
  /** In order. */
  events: TraceEvent[];
}

/** @returns null when nothing is known of the id */
export async function readStory(db: Queryable, queueId: string): Promise<MessageStory | null> {
  const [messages, waiting, events] = await Promise.all([
    db.query<StoredHead>(
      `SELECT m.queue_id AS "queueId", t.slug AS tenant, m.source, m.lane, m.reverse_path AS "reversePath", m.header_from AS "headerFrom",
              m.message_id_header AS "messageIdHeader", m.subject, m.size, m.accepted_at AS "acceptedAt"
         FROM outgoing_message m LEFT JOIN tenant t ON t.id = m.tenant_id WHERE m.queue_id = $1`,
      [queueId],
    ),
    db.query<StandingRecipient>(
      `SELECT recipient_no AS "recipientNo", recipient, state, attempts, expires_at AS "expiresAt", reason,
              CASE WHEN state IN ('scheduled', 'deferred', 'attempting') THEN due_at END AS "dueAt"
         FROM delivery WHERE queue_id = $1 ORDER BY recipient_no`,
      [queueId],
    ),
    traceMessage(db, queueId),
  ]);
  const message = messages.rows[0] ?? null;
  if (message === null && events.length === 0) return null;
  return { queueId, message, waiting: waiting.rows, events };
}

/**
 * The ids of messages with a Message-ID header, the newest first, at most ten. Reads the log of acceptances, which no
 * index serves: for people, not for loops.
 */
export async function findByMessageId(db: Queryable, messageId: string): Promise<string[]> {
  const { rows } = await db.query<{ queueId: string }>(
    `SELECT queue_id AS "queueId" FROM outgoing_message WHERE message_id_header = $1
      UNION SELECT queue_id FROM delivery_event WHERE type = 'accepted' AND data->>'messageId' = $1
      ORDER BY 1 DESC LIMIT 10`,
    [messageId],
  );
  return rows.map((row) => row.queueId);
}
