// The accuracy of the report reader on messages that real servers wrote, where the shared corpora are at hand.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseReport, type ParsedReport, type ReportRecipient } from './parse-report.ts';

const corpora = new URL('../../../../shared/corpora/', import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, corpora));
const list = (folder: string, ending: string): string[] =>
  existsSync(new URL(folder, corpora)) ? readdirSync(new URL(folder, corpora)).filter((name) => name.endsWith(ending)).map((name) => `${folder}${name}`) : [];

interface Row {
  status: string;
  replyCode: string;
  reason: string;
  hardBounce: boolean;
  feedbackType?: string;
}

describe.skipIf(!existsSync(new URL('bounces/expected.json', corpora)))('bounces', () => {
  /** Of all rows, those in which each field is right; a row too many or too few is wrong in all. */
  function score(): { rows: number; right: Record<'status' | 'permanent' | 'reason' | 'replyCode', number>; wrong: string[]; falseBounces: string[] } {
    const expected = JSON.parse(read('bounces/expected.json').toString()) as Record<string, Row[]>;
    const result = { rows: 0, right: { status: 0, permanent: 0, reason: 0, replyCode: 0 }, wrong: [] as string[], falseBounces: [] as string[] };
    for (const [file, rows] of Object.entries(expected)) {
      const { recipients, kind } = parseReport(read(`bounces/${file}`));
      if (rows.length === 0 && kind !== 'none') result.falseBounces.push(file);
      for (let index = 0; index < Math.max(rows.length, recipients.length); index++) {
        result.rows++;
        const fields = compare(rows[index], recipients[index]);
        for (const field of Object.keys(result.right) as (keyof typeof fields)[]) if (fields[field]) result.right[field]++;
        const missed = (['status', 'permanent', 'reason'] as const).filter((field) => !fields[field]);
        if (missed.length > 0) result.wrong.push(`${file}: ${missed.join(', ')}: ${JSON.stringify(recipients[index] ?? null)} for ${JSON.stringify(rows[index] ?? null)}`);
      }
    }
    return result;
  }

  function compare(row: Row | undefined, found: ReportRecipient | undefined): Record<'status' | 'permanent' | 'reason' | 'replyCode', boolean> {
    return {
      status: row !== undefined && found !== undefined && row.status.slice(0, 1) === found.status.slice(0, 1),
      permanent: row?.hardBounce === found?.permanent,
      reason: row?.reason === found?.reason,
      replyCode: row?.replyCode === found?.replyCode,
    };
  }

  test('at least 97 % right in status class, permanence and reason, and no bounce where there is none', () => {
    const { rows, right, wrong, falseBounces } = score();
    if (wrong.length > 0) process.stdout.write(`${wrong.join('\n')}\n`);
    expect(falseBounces).toEqual([]);
    expect(rows).toBeGreaterThanOrEqual(300);
    for (const field of ['status', 'permanent', 'reason'] as const) expect(right[field] / rows, field).toBeGreaterThanOrEqual(0.97);
    expect(right.replyCode / rows, 'replyCode').toBeGreaterThanOrEqual(0.95);
  });
});

type Loose = Record<string, string | number | string[] | null>;

test.each(list('arf/stalwart/', '.eml'))('%s', (file) => {
  const expected = JSON.parse(read(file.replace('.eml', '.json')).toString()) as Loose;
  const report = parseReport(read(file)) as ParsedReport & { kind: 'arf' };
  expect(report.kind).toBe('arf');
  const bare = (value: string | null): string | null => value?.replace(/[<>]/g, '') ?? null;
  expect(report.arf).toMatchObject({
    feedbackType: String(expected.feedback_type) === 'AuthFailure' ? 'auth-failure' : String(expected.feedback_type).toLowerCase(),
    userAgent: expected.user_agent, incidents: expected.incidents, originalEnvelopeId: expected.original_envelope_id,
    originalMailFrom: bare(expected.original_mail_from as string | null), reportedDomains: expected.reported_domain, reportedUris: expected.reported_uri,
    reportingMta: expected.reporting_mta, sourceIp: expected.source_ip,
  });
  expect(report.arf.authFailure?.dkimDomain ?? null).toBe(expected.dkim_domain ?? null);
  expect(report.arf.authFailure?.dkimSelector ?? null).toBe(expected.dkim_selector ?? null);
});

test.each(list('arf/flanker/', '.eml'))('%s', (file) => {
  const expected = JSON.parse(read(file.replace('.eml', '.json')).toString()) as Loose;
  expect(parseReport(read(file))).toMatchObject({
    kind: 'arf',
    arf: { feedbackType: expected.feedback_type, arrivalDate: expected.received_date, reportedDomains: [expected.reported_domain], sourceIp: expected.source_ip, userAgent: expected.user_agent, version: expected.version },
  });
});

test.each(list('dmarc-reports/', '.eml'))('%s', (file) => {
  const expected = JSON.parse(read(file.replace('.eml', '.json')).toString()) as {
    report_metadata: { org_name: string; email: string; report_id: string; date_range: { begin: number; end: number } };
    policy_published: { domain: string; p: string; sp: string };
    record: { row: { source_ip: string; count: number; policy_evaluated: { disposition: string; dkim: string; spf: string } }; identifiers: { header_from: string } }[];
  };
  const { report_metadata: metadata, policy_published: policy, record } = expected;
  expect(parseReport(read(file))).toMatchObject({
    kind: 'dmarc',
    dmarc: {
      organization: metadata.org_name, email: metadata.email, reportId: metadata.report_id,
      beginsAt: new Date(metadata.date_range.begin * 1000), endsAt: new Date(metadata.date_range.end * 1000),
      policy: { domain: policy.domain, p: policy.p.toLowerCase(), sp: policy.sp.toLowerCase() },
      records: record.map(({ row, identifiers }) => ({
        sourceIp: row.source_ip, count: row.count, headerFrom: identifiers.header_from,
        disposition: row.policy_evaluated.disposition.toLowerCase(), dkim: row.policy_evaluated.dkim.toLowerCase(), spf: row.policy_evaluated.spf.toLowerCase(),
      })),
    },
  });
});

test.each(list('tlsrpt/', '.json'))('%s', (file) => {
  const expected = JSON.parse(read(file).toString()) as { 'organization-name': string; 'report-id': string; policies: { policy: { 'policy-type': string }; summary: Record<string, number> }[] };
  const message = new URL(file.replace('.json', '.eml'), corpora);
  expect(parseReport(existsSync(message) ? readFileSync(message) : read(file))).toMatchObject({
    kind: 'tlsrpt',
    tlsrpt: {
      organization: expected['organization-name'], reportId: expected['report-id'],
      policies: expected.policies.map(({ policy, summary }) => ({ type: policy['policy-type'], successfulSessions: summary['total-successful-session-count'], failedSessions: summary['total-failure-session-count'] ?? 0 })),
    },
  });
});
