// SQL of the reports that other servers send about hosted domains: DMARC aggregate and failure reports, TLS reports.
// Each is stored once by its reporter's own id; what is not about a hosted domain is not stored.
import { domainOf } from '../../mail/address.ts';
import type { Queryable } from '../../infra/db/pool.ts';
import type { ArfReport, DmarcReport, TlsReport } from '../../mail/reports/report-types.ts';

/** Who handed a report in. */
export interface ReportOrigin {
  reversePath: string;
  clientAddress: string;
}

export interface HostedOwner {
  tenantId: string;
  /** A-labels, lower case. */
  domain: string;
}

const json = (value: unknown): string => JSON.stringify(value, (_key, item: unknown) => (typeof item === 'string' ? storable(item, 1_000) : item));
const storable = (text: string, length: number): string => text.replaceAll('\0', '').toWellFormed().slice(0, length);
const origin = ({ reversePath, clientAddress }: ReportOrigin): string => `${storable(domainOf(reversePath), 255)} [${clientAddress}]`;

const INSERT_DMARC = `
WITH report AS (
  INSERT INTO dmarc_report (id, tenant_id, domain, organization, contact, report_id, begins_at, ends_at, policy, errors, received_from)
  VALUES (uuidv7(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (domain, organization, report_id) DO NOTHING RETURNING id
), kept AS (
  INSERT INTO dmarc_report_row (report_id, row_no, source_ip, messages, disposition, dkim, spf, header_from, envelope_from, dkim_results, spf_results, overrides)
  SELECT report.id, r.row_no, r.source_ip, r.messages, r.disposition, r.dkim, r.spf, r.header_from, r.envelope_from, r.dkim_results, r.spf_results, r.overrides
    FROM report CROSS JOIN unnest($11::text[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::jsonb[], $19::jsonb[], $20::jsonb[])
      WITH ORDINALITY AS r(source_ip, messages, disposition, dkim, spf, header_from, envelope_from, dkim_results, spf_results, overrides, row_no)
)
SELECT id FROM report`;

/** Stores an aggregate report (RFC 9990). @returns false when the reporter's id was stored before */
export async function insertDmarcReport(db: Queryable, owner: HostedOwner, report: DmarcReport, from: ReportOrigin): Promise<boolean> {
  const column = <T>(pick: (record: DmarcReport['records'][number]) => T): T[] => report.records.map(pick);
  const text = (value: string | null): string | null => (value === null ? null : storable(value, 300));
  const result = await db.query(INSERT_DMARC, [
    owner.tenantId, owner.domain, storable(report.organization, 300), text(report.email), storable(report.reportId, 300), report.beginsAt, report.endsAt,
    json(report.policy), report.errors.slice(0, 20).map((error) => storable(error, 500)), origin(from),
    column((r) => storable(r.sourceIp, 64)), column((r) => Math.max(0, Math.trunc(r.count))), column((r) => r.disposition), column((r) => r.dkim), column((r) => r.spf),
    column((r) => storable(r.headerFrom, 300)), column((r) => text(r.envelopeFrom)), column((r) => json(r.dkimResults)), column((r) => json(r.spfResults)), column((r) => json(r.overrides)),
  ]);
  return result.rowCount === 1;
}

/** Stores a failure report (RFC 9991, RFC 6591) without what it returns of the message. @returns false when it was stored before */
export async function insertDmarcFailure(db: Queryable, owner: HostedOwner, arf: ArfReport, facts: { headerFrom: string | null; contentHash: Buffer }): Promise<boolean> {
  const text = (value: string | null | undefined): string | null => (value === null || value === undefined ? null : storable(value, 300));
  const result = await db.query(
    `INSERT INTO dmarc_failure (id, tenant_id, domain, source_ip, reporter, auth_failure, delivery, alignment, dkim_domain, dkim_selector, message_id, header_from, content_hash)
     VALUES (uuidv7(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (content_hash) DO NOTHING`,
    [
      owner.tenantId, owner.domain, text(arf.sourceIp), text(arf.reportingMta ?? arf.userAgent), text(arf.authFailure?.kind), text(arf.authFailure?.deliveryResult),
      text(arf.authFailure?.identityAlignment), text(arf.authFailure?.dkimDomain), text(arf.authFailure?.dkimSelector), text(arf.original.messageId),
      text(facts.headerFrom), facts.contentHash,
    ],
  );
  return result.rowCount === 1;
}

const INSERT_TLS = `
WITH report AS (
  INSERT INTO received_tls_report (id, tenant_id, domain, organization, contact, report_id, begins_at, ends_at, received_from)
  VALUES (uuidv7(), $1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (domain, organization, report_id) DO NOTHING RETURNING id
), kept AS (
  INSERT INTO received_tls_report_policy (report_id, policy_no, policy_type, mx_hosts, sessions_ok, sessions_failed, failures)
  SELECT report.id, p.policy_no, p.policy_type, ARRAY(SELECT jsonb_array_elements_text(p.mx_hosts)), p.sessions_ok, p.sessions_failed, p.failures
    FROM report CROSS JOIN unnest($9::text[], $10::jsonb[], $11::bigint[], $12::bigint[], $13::jsonb[])
      WITH ORDINALITY AS p(policy_type, mx_hosts, sessions_ok, sessions_failed, failures, policy_no)
)
SELECT id FROM report`;

/** Stores what a TLS report (RFC 8460) says of one domain: a report may speak of several. @returns false when it was stored before */
export async function insertTlsReport(db: Queryable, owner: HostedOwner, report: TlsReport, from: ReportOrigin): Promise<boolean> {
  const policies = report.policies.filter((policy) => policy.domain?.toLowerCase() === owner.domain);
  const result = await db.query(INSERT_TLS, [
    owner.tenantId, owner.domain, storable(report.organization, 300), report.contact === null ? null : storable(report.contact, 300),
    storable(report.reportId, 300), report.startsAt, report.endsAt, origin(from),
    policies.map((policy) => storable(policy.type, 100)), policies.map((policy) => json(policy.mxHosts)),
    policies.map((policy) => Math.max(0, Math.trunc(policy.successfulSessions))), policies.map((policy) => Math.max(0, Math.trunc(policy.failedSessions))),
    policies.map((policy) => json(policy.failures.slice(0, 1_000))),
  ]);
  return result.rowCount === 1;
}

export interface DmarcSummary {
  organization: string;
  reportId: string;
  beginsAt: Date;
  endsAt: Date;
  messages: number;
  /** Passed by DKIM or SPF, aligned. */
  aligned: number;
  quarantined: number;
  rejected: number;
  sources: number;
}

/** Aggregate reports of a domain by period, newest first. */
export async function selectDmarcReports(db: Queryable, domain: string, limit: number): Promise<DmarcSummary[]> {
  const result = await db.query<DmarcSummary>(
    `SELECT d.organization, d.report_id AS "reportId", d.begins_at AS "beginsAt", d.ends_at AS "endsAt",
            coalesce(sum(r.messages), 0)::bigint AS messages,
            coalesce(sum(r.messages) FILTER (WHERE r.dkim = 'pass' OR r.spf = 'pass'), 0)::bigint AS aligned,
            coalesce(sum(r.messages) FILTER (WHERE r.disposition = 'quarantine'), 0)::bigint AS quarantined,
            coalesce(sum(r.messages) FILTER (WHERE r.disposition = 'reject'), 0)::bigint AS rejected,
            count(DISTINCT r.source_ip)::int AS sources
       FROM dmarc_report d LEFT JOIN dmarc_report_row r ON r.report_id = d.id
      WHERE d.domain = $1 GROUP BY d.id ORDER BY d.begins_at DESC, d.organization LIMIT $2`,
    [domain, limit],
  );
  return result.rows;
}

export interface DmarcSource {
  sourceIp: string;
  messages: number;
  dkimPass: number;
  spfPass: number;
  /** Neither: what a policy of `reject` would stop. */
  failed: number;
  /** As the receivers did. */
  refused: number;
  lastSeen: Date;
}

/** Who sends as a domain, by source address over the last days, most messages first. */
export async function selectDmarcSources(db: Queryable, domain: string, days: number, limit: number): Promise<DmarcSource[]> {
  const result = await db.query<DmarcSource>(
    `SELECT r.source_ip AS "sourceIp", sum(r.messages)::bigint AS messages,
            coalesce(sum(r.messages) FILTER (WHERE r.dkim = 'pass'), 0)::bigint AS "dkimPass",
            coalesce(sum(r.messages) FILTER (WHERE r.spf = 'pass'), 0)::bigint AS "spfPass",
            coalesce(sum(r.messages) FILTER (WHERE r.dkim IS DISTINCT FROM 'pass' AND r.spf IS DISTINCT FROM 'pass'), 0)::bigint AS failed,
            coalesce(sum(r.messages) FILTER (WHERE r.disposition IN ('quarantine', 'reject')), 0)::bigint AS refused,
            max(d.ends_at) AS "lastSeen"
       FROM dmarc_report d JOIN dmarc_report_row r ON r.report_id = d.id
      WHERE d.domain = $1 AND d.begins_at > now() - $2 * interval '1 day'
      GROUP BY r.source_ip ORDER BY messages DESC LIMIT $3`,
    [domain, days, limit],
  );
  return result.rows;
}

export interface DmarcFailureRow {
  at: Date;
  sourceIp: string | null;
  reporter: string | null;
  authFailure: string | null;
  delivery: string | null;
  headerFrom: string | null;
  messageId: string | null;
}

export async function selectDmarcFailures(db: Queryable, domain: string, limit: number): Promise<DmarcFailureRow[]> {
  const result = await db.query<DmarcFailureRow>(
    `SELECT at, source_ip AS "sourceIp", reporter, auth_failure AS "authFailure", delivery, header_from AS "headerFrom", message_id AS "messageId"
       FROM dmarc_failure WHERE domain = $1 ORDER BY at DESC LIMIT $2`,
    [domain, limit],
  );
  return result.rows;
}

export interface TlsSummary {
  organization: string;
  reportId: string;
  beginsAt: Date;
  endsAt: Date;
  policies: string[];
  sessionsOk: number;
  sessionsFailed: number;
  /** `certificate-expired ×3`, most first. */
  failures: string[];
}

/** TLS reports of a domain by period, newest first. */
export async function selectTlsReports(db: Queryable, domain: string, limit: number): Promise<TlsSummary[]> {
  const result = await db.query<TlsSummary>(
    `SELECT t.organization, t.report_id AS "reportId", t.begins_at AS "beginsAt", t.ends_at AS "endsAt",
            array_agg(DISTINCT p.policy_type) FILTER (WHERE p.policy_type IS NOT NULL) AS policies,
            coalesce(sum(p.sessions_ok), 0)::bigint AS "sessionsOk", coalesce(sum(p.sessions_failed), 0)::bigint AS "sessionsFailed",
            ARRAY(SELECT f->>'resultType' || ' ×' || sum((f->>'failedSessions')::bigint)
                    FROM received_tls_report_policy q CROSS JOIN LATERAL jsonb_array_elements(q.failures) f
                   WHERE q.report_id = t.id GROUP BY f->>'resultType' ORDER BY sum((f->>'failedSessions')::bigint) DESC) AS failures
       FROM received_tls_report t LEFT JOIN received_tls_report_policy p ON p.report_id = t.id
      WHERE t.domain = $1 GROUP BY t.id ORDER BY t.begins_at DESC, t.organization LIMIT $2`,
    [domain, limit],
  );
  return result.rows.map((row) => ({ ...row, policies: row.policies ?? [] }));
}
