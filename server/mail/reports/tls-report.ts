// SMTP TLS reports (RFC 8460 4.4): the JSON document into the report. Unknown policy and result types are kept as
// they are written, since the registry grows.
import { REPORT_LIMITS } from './limits.ts';
import type { TlsReport } from './report-types.ts';

export type TlsOutcome = { kind: 'report'; report: TlsReport } | { kind: 'refused'; rule: string };

type Json = Record<string, unknown>;

/** @param source the JSON text */
export function parseTlsReport(source: string): TlsOutcome {
  const document = parseJson(source);
  if (!isObject(document)) return { kind: 'refused', rule: 'not a JSON object' };
  const range = objectOf(document['date-range']);
  const startsAt = dateOf(range['start-datetime']);
  const endsAt = dateOf(range['end-datetime']);
  if (!startsAt || !endsAt) return { kind: 'refused', rule: 'date-range with start-datetime and end-datetime expected' };
  const policies = document.policies;
  if (!Array.isArray(policies)) return { kind: 'refused', rule: 'policies expected to be a list' };
  if (policies.length > REPORT_LIMITS.tlsPolicies) return { kind: 'refused', rule: `more than ${REPORT_LIMITS.tlsPolicies} policies` };
  const failures = policies.reduce((total: number, policy) => total + listOf(objectOf(policy)['failure-details']).length, 0);
  if (failures > REPORT_LIMITS.tlsFailures) return { kind: 'refused', rule: `more than ${REPORT_LIMITS.tlsFailures} failure details` };
  return {
    kind: 'report',
    report: {
      organization: textOf(document['organization-name']) ?? '',
      contact: textOf(document['contact-info']),
      reportId: textOf(document['report-id']) ?? '',
      startsAt,
      endsAt,
      policies: policies.map((entry) => policyOf(objectOf(entry))),
    },
  };
}

function policyOf(entry: Json): TlsReport['policies'][number] {
  const policy = objectOf(entry.policy);
  const summary = objectOf(entry.summary);
  return {
    type: textOf(policy['policy-type']) ?? '',
    strings: textsOf(policy['policy-string']),
    domain: textOf(policy['policy-domain']),
    mxHosts: textsOf(policy['mx-host'] ?? policy['mx-host-pattern']),
    successfulSessions: countOf(summary['total-successful-session-count']),
    failedSessions: countOf(summary['total-failure-session-count']),
    failures: listOf(entry['failure-details']).map((detail) => {
      const failure = objectOf(detail);
      return {
        resultType: textOf(failure['result-type']) ?? '',
        sendingMtaIp: textOf(failure['sending-mta-ip']),
        receivingMxHostname: textOf(failure['receiving-mx-hostname']),
        receivingMxHelo: textOf(failure['receiving-mx-helo']),
        receivingIp: textOf(failure['receiving-ip']),
        failedSessions: countOf(failure['failed-session-count']),
        additionalInformation: textOf(failure['additional-information'] ?? failure['additional-info-uri']),
        reasonCode: textOf(failure['failure-reason-code'] ?? failure['failure-error-code']),
      };
    }),
  };
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source.replace(/^\ufeff/, ''));
  } catch {
    // Broken, or nested so deeply that the parser gave up: no report either way, and the caller says so.
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, REPORT_LIMITS.xmlTextLength) : null;
}

/** A list of texts; some reporters write one text where the list has one entry. */
function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value.slice(0, 1_000) : [value]).map(textOf).filter((text) => text !== null);
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

function dateOf(value: unknown): Date | null {
  const date = typeof value === 'string' ? new Date(value) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
