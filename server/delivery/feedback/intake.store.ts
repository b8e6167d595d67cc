// SQL of the reports that came in: storing them before the sender's 250, handing them to a worker, writing down what
// became of them.
import type { Queryable } from '../../infra/db/pool.ts';
import type { IntakeRole } from '../../mail/feedback-address.ts';

export interface NewReport {
  intake: IntakeRole;
  recipient: string;
  /** '' for the null reverse-path. */
  reversePath: string;
  clientAddress: string;
  content: Buffer;
}

/** The row outlives the content, so that the same bytes sent again are recognised. */
const KEEP_DAYS = 30;

/**
 * Stores a report; on disk when this returns. The same bytes to the same address are stored once.
 * @returns false when it was there already
 */
export async function insertReport(db: Queryable, report: NewReport): Promise<boolean> {
  const result = await db.query(
    `INSERT INTO feedback_report (id, intake, recipient, reverse_path, client_address, size, content_hash, content, expires_at)
     VALUES (uuidv7(), $1, lower($2), $3, $4, $5, sha256($6), $6, now() + interval '${KEEP_DAYS} days')
     ON CONFLICT (content_hash, recipient) DO NOTHING`,
    [report.intake, report.recipient, report.reversePath, report.clientAddress, report.content.length, report.content],
  );
  return result.rowCount === 1;
}

/** True when so many reports wait that no more are to be taken. */
export async function isBacklogAbove(db: Queryable, count: number): Promise<boolean> {
  const result = await db.query(`SELECT FROM feedback_report WHERE state = 'waiting' OFFSET $1 LIMIT 1`, [count]);
  return result.rowCount === 1;
}

export interface WaitingReport {
  id: string;
  intake: IntakeRole;
  recipient: string;
  reversePath: string;
  clientAddress: string;
  receivedAt: Date;
  contentHash: Buffer;
  content: Buffer;
}

export const MAX_REPORT_ATTEMPTS = 5;
/** A worker that has not finished by then is taken for dead. */
const LEASE_SECONDS = 120;

/** Takes the oldest waiting reports for this worker; counted as an attempt before anything is read. */
export async function takeReports(db: Queryable, limit: number): Promise<WaitingReport[]> {
  const result = await db.query<WaitingReport>(
    `WITH picked AS (
       SELECT id FROM feedback_report WHERE state = 'waiting' AND due_at <= now() AND attempts < ${MAX_REPORT_ATTEMPTS}
        ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE feedback_report r SET attempts = attempts + 1, due_at = now() + interval '${LEASE_SECONDS} seconds'
       FROM picked WHERE r.id = picked.id
     RETURNING r.id, intake, recipient, reverse_path AS "reversePath", client_address AS "clientAddress", received_at AS "receivedAt",
       content_hash AS "contentHash", content`,
    [limit],
  );
  return result.rows;
}

export interface ReportOutcome {
  kind: string;
  /** joined: it changed something; neutral: nothing; duplicate: it had been told before; stored: a domain's report. */
  outcome: 'joined' | 'neutral' | 'duplicate' | 'stored';
  detail: string;
  tenantId?: string | null;
  queueId?: string | null;
  /** The content is worth a look by a person: it stays for as long as the row. */
  keepContent?: boolean;
}

/** Ends a report. @returns false when another worker had ended it: then nothing of this one's may be committed */
export async function finishReport(db: Queryable, id: string, result: ReportOutcome): Promise<boolean> {
  const done = await db.query(
    `UPDATE feedback_report SET state = 'done', kind = $2, outcome = $3, detail = $4, tenant_id = $5, queue_id = $6,
            content = CASE WHEN $7 AND size <= 65536 THEN content END
      WHERE id = $1 AND state = 'waiting'`,
    [id, result.kind, result.outcome, result.detail.slice(0, 1_000), result.tenantId ?? null, result.queueId ?? null, result.keepContent ?? false],
  );
  return done.rowCount === 1;
}

/** Writes down why it was not processed, and when to try again. */
export async function putOffReport(db: Queryable, id: string, reason: string): Promise<void> {
  await db.query(
    `UPDATE feedback_report SET detail = $2, due_at = now() + attempts * attempts * interval '30 seconds' WHERE id = $1 AND state = 'waiting'`,
    [id, reason.slice(0, 1_000)],
  );
}

/** Gives up those tried too often, also by workers that died of them; their content stays. @returns their ids */
export async function failReports(db: Queryable): Promise<string[]> {
  const result = await db.query<{ id: string }>(
    `UPDATE feedback_report SET state = 'failed', detail = coalesce(detail, 'the worker ended while reading it')
      WHERE state = 'waiting' AND attempts >= ${MAX_REPORT_ATTEMPTS} AND due_at <= now() RETURNING id`,
  );
  return result.rows.map((row) => row.id);
}

export interface ReportRow {
  id: string;
  intake: IntakeRole;
  recipient: string;
  reversePath: string;
  clientAddress: string;
  receivedAt: Date;
  size: number;
  state: 'waiting' | 'done' | 'failed';
  kind: string | null;
  outcome: string | null;
  detail: string | null;
  tenant: string | null;
  queueId: string | null;
}

/** The newest reports, for an operator. */
export async function selectReports(db: Queryable, filter: { tenantId?: string; outcome?: string; limit: number }): Promise<ReportRow[]> {
  const result = await db.query<ReportRow>(
    `SELECT r.id, r.intake, r.recipient, r.reverse_path AS "reversePath", r.client_address AS "clientAddress", r.received_at AS "receivedAt",
            r.size, r.state, r.kind, r.outcome, r.detail, t.slug AS tenant, r.queue_id AS "queueId"
       FROM feedback_report r LEFT JOIN tenant t ON t.id = r.tenant_id
      WHERE ($1::uuid IS NULL OR r.tenant_id = $1) AND ($2::text IS NULL OR r.outcome = $2)
      ORDER BY r.received_at DESC LIMIT $3`,
    [filter.tenantId ?? null, filter.outcome ?? null, filter.limit],
  );
  return result.rows;
}
