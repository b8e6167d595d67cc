// Rows of invitation_answer: what an account last answered to an event.
import type { Queryable } from '../../infra/db/pool.ts';
import type { InvitationResponse } from '../contract/calendar.ts';

export interface AnswerRow {
  response: InvitationResponse;
  sequence: number;
  revision: number;
  answeredAt: Date;
}

/** @param eventKey SHA-256 of what names the event */
export async function findAnswer(db: Queryable, accountId: string, eventKey: Buffer): Promise<AnswerRow | null> {
  const { rows } = await db.query<AnswerRow>(
    'SELECT response, sequence, revision, answered_at AS "answeredAt" FROM invitation_answer WHERE account_id = $1 AND event_key = $2',
    [accountId, eventKey],
  );
  return rows[0] ?? null;
}

/** An older revision than what stands there changes nothing. @returns what stands there now */
export async function storeAnswer(
  db: Queryable,
  owner: { tenantId: string; accountId: string },
  eventKey: Buffer,
  answer: Omit<AnswerRow, 'answeredAt'>,
): Promise<AnswerRow> {
  await db.query(
    `INSERT INTO invitation_answer (tenant_id, account_id, event_key, response, sequence, revision) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, event_key) DO UPDATE SET response = excluded.response, sequence = excluded.sequence, revision = excluded.revision, answered_at = now()
       WHERE invitation_answer.revision < excluded.revision`,
    [owner.tenantId, owner.accountId, eventKey, answer.response, answer.sequence, answer.revision],
  );
  return (await findAnswer(db, owner.accountId, eventKey))!;
}
