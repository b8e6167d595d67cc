// Reports on TLS to be sent: one per destination and day, whoever makes it.
import type { Queryable } from '../../infra/db/pool.ts';

export interface DueTlsReport {
  /** YYYY-MM-DD, UTC. */
  day: string;
  policyDomain: string;
  reportId: string;
  attempts: number;
}

/** Days further back are not told of any more. */
const MAX_DAYS_BACK = 2;

/**
 * Notes a report for each destination of the days that are over and not noted yet. RFC 8460 4.1: not all at the same
 * moment, so each gets a time of its own within the next hours.
 * @returns how many
 */
export async function noteTlsReports(db: Queryable, submitter: string, spreadSeconds: number): Promise<number> {
  const result = await db.query(
    `INSERT INTO tls_report (day, policy_domain, report_id, state, next_at)
     SELECT DISTINCT r.day, r.policy_domain, r.day || '_' || r.policy_domain || '@' || $1, 'pending', now() + random() * $2 * interval '1 second'
       FROM tls_result r
      WHERE r.day < (now() AT TIME ZONE 'UTC' - interval '10 minutes')::date AND r.day >= (now() AT TIME ZONE 'UTC')::date - $3::int
     ON CONFLICT DO NOTHING`,
    [submitter, spreadSeconds, MAX_DAYS_BACK],
  );
  return result.rowCount ?? 0;
}

/** Takes one report whose time has come; unless it is settled, it comes again after `againSeconds`. */
export async function takeDueTlsReport(db: Queryable, againSeconds: number): Promise<DueTlsReport | null> {
  const result = await db.query<DueTlsReport>(
    `UPDATE tls_report t SET attempts = attempts + 1, next_at = now() + $1 * interval '1 second'
       FROM (SELECT day, policy_domain FROM tls_report WHERE state = 'pending' AND next_at <= now()
              ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED) due
      WHERE t.day = due.day AND t.policy_domain = due.policy_domain
     RETURNING t.day::text AS day, t.policy_domain AS "policyDomain", t.report_id AS "reportId", t.attempts`,
    [againSeconds],
  );
  return result.rows[0] ?? null;
}

/** What became of a report; `pending` leaves it to its next time. */
export async function settleTlsReport(db: Queryable, report: DueTlsReport, state: 'sent' | 'none' | 'failed' | 'pending', detail: string): Promise<void> {
  await db.query('UPDATE tls_report SET state = $3, detail = $4 WHERE day = $1 AND policy_domain = $2', [report.day, report.policyDomain, state, detail.slice(0, 500)]);
}
