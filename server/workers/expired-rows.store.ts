// Rows that carry their own end and are nobody's any more after it, whichever part of the product made them.
import type { Queryable } from '../infra/db/pool.ts';

/** By name, the table; each has an indexed `expires_at`, null for never. */
export const EXPIRED_ROWS = {
  idempotency: 'idempotency_record',
  suppressions: 'suppression',
  sessions: 'web_session',
  'mailbox-jobs': 'mailbox_job',
  reports: 'feedback_report',
  'feedback-effects': 'feedback_effect',
} as const;

export type ExpiredRows = keyof typeof EXPIRED_ROWS;

/** Deletes what has expired; returns how many rows. */
export async function deleteExpired(db: Queryable, name: ExpiredRows): Promise<number> {
  const result = await db.query(`DELETE FROM ${EXPIRED_ROWS[name]} WHERE expires_at <= now()`);
  return result.rowCount ?? 0;
}
