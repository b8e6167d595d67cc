// Sends yesterday's reports on TLS to the domains that ask for them (RFC 8460): by mail through our own queue, or by
// HTTPS. One report per domain and day, however many processes run this; never about the delivery of reports.
import { hash } from 'node:crypto';
import type { Queryable } from '../../infra/db/pool.ts';
import type { DnsResolver } from '../../infra/dns/resolver.ts';
import { publicHttps, type PublicHttpsDeps } from '../../infra/dns/public-https.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { tlsReportBytes, tlsReportMessage, type TlsReportInput, tlsReportTargets } from '../../mail/tls-report.ts';
import type { EnqueueInput, EnqueueResult } from '../enqueue-types.ts';
import { type DueTlsReport, noteTlsReports, settleTlsReport, takeDueTlsReport } from './tls-report.store.ts';
import { selectTlsResults } from './tls-result.store.ts';

export interface TlsReportDeps {
  db: Queryable;
  dns: DnsResolver;
  log: Logger;
  enqueue(input: EnqueueInput): Promise<EnqueueResult>;
  /** This installation's name. */
  submitter: string;
  /** Who sends: an address of a hosted domain, whose keys sign (RFC 8460 5.3 demands it); null: reports by mail are not sent. */
  sender: { address: string; tenantId: string } | null;
  https?: PublicHttpsDeps['overrides'];
}

/** Over so long the day's reports are spread (RFC 8460 4.1 suggests four hours at most). */
const SPREAD_SECONDS = 3 * 3600;
/** RFC 8460 5.4: tried again for a day at most. */
const AGAIN_SECONDS = 2 * 3600;
const MAX_ATTEMPTS = 12;
const POST_MS = 60_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** In one run; the rest in the next. */
const MAX_REPORTS = 200;

/** @returns what was done */
export async function sendTlsReports(deps: TlsReportDeps, spreadSeconds = SPREAD_SECONDS): Promise<{ noted: number; sent: number; failed: number }> {
  const counts = { noted: await noteTlsReports(deps.db, deps.submitter, spreadSeconds), sent: 0, failed: 0 };
  for (let i = 0; i < MAX_REPORTS; i++) {
    const due = await takeDueTlsReport(deps.db, AGAIN_SECONDS);
    if (due === null) break;
    const { state, detail } = await send(deps, due);
    const final = state === 'pending' && due.attempts >= MAX_ATTEMPTS ? 'failed' : state;
    await settleTlsReport(deps.db, due, final, detail);
    if (final === 'sent') counts.sent++;
    if (final === 'failed' || state === 'pending') {
      counts.failed += final === 'failed' ? 1 : 0;
      deps.log.info({ domain: due.policyDomain, day: due.day, state: final, detail }, 'TLS report not sent');
    }
  }
  return counts;
}

interface Sent {
  state: 'sent' | 'none' | 'failed' | 'pending';
  detail: string;
}

async function send(deps: TlsReportDeps, due: DueTlsReport): Promise<Sent> {
  const record = await deps.dns.txt(`_smtp._tls.${due.policyDomain}`);
  if (record.kind === 'failed') return { state: 'pending', detail: record.reason };
  const targets = tlsReportTargets(record.kind === 'found' ? record.records : []);
  if (targets.mailto.length + targets.https.length === 0) return { state: 'none', detail: 'the domain asks for no reports' };
  const report: TlsReportInput = {
    reportId: due.reportId,
    organization: deps.submitter,
    submitter: deps.submitter,
    contact: deps.sender?.address ?? `postmaster@${deps.submitter}`,
    domain: due.policyDomain,
    day: due.day,
    sums: await selectTlsResults(deps.db, due.day, due.policyDomain),
  };
  if (report.sums.length === 0) return { state: 'none', detail: 'nothing to tell' };
  const results = [
    ...(await Promise.all(targets.mailto.map((to) => byMail(deps, report, to)))),
    ...(await Promise.all(targets.https.map((url) => byPost(deps, report, url)))),
  ];
  const detail = results.map((result) => result.detail).join('; ');
  // One that has it is enough: a repetition would be a second report to those.
  if (results.some((result) => result.state === 'sent')) return { state: 'sent', detail };
  return { state: results.some((result) => result.state === 'pending') ? 'pending' : 'failed', detail };
}

async function byMail(deps: TlsReportDeps, report: TlsReportInput, to: string): Promise<Sent> {
  const { sender } = deps;
  if (sender === null) return { state: 'failed', detail: `not mailed to ${to}: no hosted domain to send from (EIDER_REPORT_FROM)` };
  const unique = hash('sha256', `${report.reportId} ${to}`, 'hex').slice(0, 32);
  const messageId = `<tlsrpt.${unique}@${deps.submitter}>`;
  const result = await deps.enqueue({
    tenantId: sender.tenantId,
    accountId: null,
    source: 'tls-report',
    lane: 'transactional',
    // Whether it arrives is told to nobody: a report never causes another.
    reversePath: '',
    recipients: [{ address: to, notify: ['NEVER'] }],
    headerFrom: sender.address,
    messageIdHeader: messageId,
    subject: `TLS report for ${report.domain}`,
    content: tlsReportMessage(report, sender.address, to, messageId, new Date()),
    idempotencyKey: { key: `tlsrpt.${unique}`, bodyHash: unique },
  });
  return result.kind === 'accepted' ? { state: 'sent', detail: `mailto:${to} ${result.queueId}` } : { state: 'failed', detail: `mailto:${to}: ${result.rule}` };
}

/** RFC 8460 5.4. */
async function byPost(deps: TlsReportDeps, report: TlsReportInput, url: string): Promise<Sent> {
  const answer = await publicHttps(
    { dns: deps.dns, ...(deps.https && { overrides: deps.https }) },
    { url, method: 'POST', headers: { 'content-type': 'application/tlsrpt+gzip' }, body: tlsReportBytes(report), timeoutMs: POST_MS, maxBytes: MAX_ANSWER_BYTES },
  );
  if (answer.kind === 'failed') return { state: 'pending', detail: `${url}: ${answer.reason}` };
  if (answer.status >= 200 && answer.status < 300) return { state: 'sent', detail: `${url} ${answer.status}` };
  return { state: answer.status >= 500 ? 'pending' : 'failed', detail: `${url}: status ${answer.status}` };
}
