// SMTP TLS reports (RFC 8460): who wants them, the JSON, and the message that carries it. Pure; sums come from
// server/delivery/tls.
import { gzipSync } from 'node:zlib';
import { parseAddress } from './address.ts';
import type { TlsPolicyType } from './tls-result.ts';

/** Where a domain wants its reports; empty: nowhere. */
export interface TlsReportTargets {
  mailto: string[];
  https: string[];
}

const MAX_TARGETS = 10;

/** Reads the TXT records at `_smtp._tls.<domain>` (RFC 8460 3): exactly one must be of this kind. */
export function tlsReportTargets(records: readonly string[]): TlsReportTargets {
  const targets: TlsReportTargets = { mailto: [], https: [] };
  const own = records.filter((record) => /^v=TLSRPTv1[ \t]*;/.test(record));
  if (own.length !== 1) return targets;
  const rua = /;[ \t]*rua[ \t]*=[ \t]*([^;]+)/.exec(own[0]!)?.[1] ?? '';
  for (const uri of rua.split(',').map((part) => part.trim()).slice(0, MAX_TARGETS)) {
    if (/^mailto:/i.test(uri)) {
      const address = parseAddress(decoded(uri.slice('mailto:'.length).split('?')[0]!));
      if (address.kind === 'address') targets.mailto.push(address.value.address);
    } else if (/^https:/i.test(uri) && URL.canParse(uri)) targets.https.push(uri);
  }
  return targets;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Sessions of one destination with the same policy and result. */
export interface TlsReportSum {
  policyType: TlsPolicyType;
  policyStrings: readonly string[];
  mxPatterns: readonly string[];
  /** `success` or a result type. */
  result: string;
  mxHost: string;
  receivingIp: string;
  sendingIp: string;
  reason: string;
  sessions: number;
}

export interface TlsReportInput {
  reportId: string;
  /** Who reports: a name, its domain, and an address for questions. */
  organization: string;
  submitter: string;
  contact: string;
  /** Who is told. */
  domain: string;
  /** YYYY-MM-DD, UTC: the day that is told of. */
  day: string;
  sums: readonly TlsReportSum[];
}

/** The report as RFC 8460 4.4 has it. */
export function tlsReportJson(input: TlsReportInput): object {
  const groups = Map.groupBy(input.sums, (sum) => JSON.stringify([sum.policyType, sum.policyStrings, sum.mxPatterns, sum.policyType === 'tlsa' ? sum.mxHost : '']));
  return {
    'organization-name': input.organization,
    'date-range': { 'start-datetime': `${input.day}T00:00:00Z`, 'end-datetime': `${input.day}T23:59:59Z` },
    'contact-info': input.contact,
    'report-id': input.reportId,
    policies: [...groups.values()].map((sums) => policyOf(input.domain, sums)),
  };
}

function policyOf(domain: string, sums: readonly TlsReportSum[]): object {
  const { policyType, policyStrings, mxPatterns, mxHost } = sums[0]!;
  const count = (wanted: boolean): number => sums.filter((sum) => (sum.result === 'success') === wanted).reduce((total, sum) => total + sum.sessions, 0);
  return {
    policy: {
      'policy-type': policyType,
      ...(policyStrings.length > 0 && { 'policy-string': policyStrings }),
      // TLSA records belong to a host (RFC 8460 1.1), the other policies to the domain.
      'policy-domain': policyType === 'tlsa' ? mxHost : domain,
      ...(mxPatterns.length > 0 && { 'mx-host': mxPatterns }),
    },
    summary: { 'total-successful-session-count': count(true), 'total-failure-session-count': count(false) },
    ...(count(false) > 0 && {
      'failure-details': sums
        .filter((sum) => sum.result !== 'success')
        .map((sum) => ({
          'result-type': sum.result,
          ...(sum.sendingIp !== '' && { 'sending-mta-ip': sum.sendingIp }),
          ...(sum.mxHost !== '' && { 'receiving-mx-hostname': sum.mxHost }),
          ...(sum.receivingIp !== '' && { 'receiving-ip': sum.receivingIp }),
          'failed-session-count': sum.sessions,
          ...(sum.reason !== '' && { 'failure-reason-code': sum.reason }),
        })),
    }),
  };
}

/** The report compressed, as it travels both ways. */
export const tlsReportBytes = (input: TlsReportInput): Buffer => gzipSync(JSON.stringify(tlsReportJson(input)));

/** RFC 8460 5.1. */
export function tlsReportFileName({ submitter, domain, day, reportId }: TlsReportInput): string {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const unique = reportId.replace(/[^A-Za-z0-9]/g, '').slice(0, 32);
  return `${submitter}!${domain}!${begin}!${begin + 86_399}!${unique}.json.gz`;
}

/**
 * The message of RFC 8460 5.3, with CRLF line ends.
 * @param to one address
 */
export function tlsReportMessage(input: TlsReportInput, from: string, to: string, messageId: string, date: Date): Buffer {
  const boundary = `=_tlsrpt_${input.reportId.replace(/[^A-Za-z0-9]/g, '').slice(0, 40)}`;
  const lines = [
    `From: ${input.organization.replace(/[^\w .-]/g, '')} <${from}>`,
    `To: <${to}>`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageId}`,
    `Subject: Report Domain: ${input.domain}`,
    ` Submitter: ${input.submitter}`,
    ` Report-ID: <${input.reportId}>`,
    `TLS-Report-Domain: ${input.domain}`,
    `TLS-Report-Submitter: ${input.submitter}`,
    // RFC 8689 5, for relays on the way: a report on failing TLS must not fail for it.
    'TLS-Required: No',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type="tlsrpt";',
    ` boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset="us-ascii"',
    'Content-Transfer-Encoding: 7bit',
    '',
    `This is an aggregate report on TLS connections to the mail servers of`,
    `${input.domain} on ${input.day} (UTC), from ${input.submitter}.`,
    '',
    `--${boundary}`,
    'Content-Type: application/tlsrpt+gzip',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment;',
    ` filename="${tlsReportFileName(input)}"`,
    '',
    ...tlsReportBytes(input).toString('base64').match(/.{1,76}/g)!,
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}
