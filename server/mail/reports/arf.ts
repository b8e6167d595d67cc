// Complaints: abuse feedback reports (RFC 5965), authentication failure reports (RFC 6591, RFC 9991 for DMARC), and
// the two kinds of complaint that come in a form of their own.
import { type HeaderField, headerValue, parseHeaderText } from '../header.ts';
import type { MimeMessage } from './mime-parts.ts';
import type { ArfReport, ReportRecipient } from './report-types.ts';
import { returnedMessage } from './returned-message.ts';
import { decodeWords } from './text-decoding.ts';

export interface Complaint {
  recipients: ReportRecipient[];
  arf: ArfReport;
}

/** A complaint that says nothing beyond being one. */
export const EMPTY_COMPLAINT: ArfReport = {
  feedbackType: 'abuse', userAgent: null, version: null, arrivalDate: null, incidents: 1, originalEnvelopeId: null, originalMailFrom: null,
  originalRecipients: [], reportedDomains: [], reportedUris: [], reportingMta: null, sourceIp: null, sourcePort: null,
  authenticationResults: [], authFailure: null, original: { messageId: null, headers: [] },
};

/** @returns null when the message is no complaint */
export function parseComplaint(message: MimeMessage): Complaint | null {
  const fields = reportFields(message) ?? ownForm(message);
  if (fields === null) return null;
  const arf = reportOf(fields, message);
  const addresses = arf.originalRecipients.length > 0 ? arf.originalRecipients : removalRecipients(fields);
  const recipients = (addresses.length > 0 ? addresses : ['']).map((recipient) => complaintRow(recipient, arf.feedbackType));
  return { recipients, arf };
}

function reportFields(message: MimeMessage): HeaderField[] | null {
  const part = message.parts.find(({ type }) => type === 'message/feedback-report')
    ?? (/feedback-report/i.test(message.parameters.get('report-type') ?? '') ? message.parts.find((candidate) => /^feedback-type:/im.test(candidate.text())) : undefined);
  if (part === undefined) return null;
  // One reporter writes a second header before its fields, and an empty line between.
  const fields = parseHeaderText(part.text().replace(/\n\n+/g, '\n').trimStart().replaceAll('\n', '\r\n'));
  return headerValue(fields, 'feedback-type') === undefined && headerValue(fields, 'user-agent') === undefined ? null : fields;
}

/** Apple's unsubscribe mails, and Microsoft's junk reports, which carry the message alone. */
function ownForm(message: MimeMessage): HeaderField[] | null {
  const field = (name: string, value: string): HeaderField => ({ name, value, raw: `${name}: ${value}\r\n` });
  if (/^true$/i.test(headerValue(message.headers, 'x-apple-unsubscribe') ?? '')) {
    return [field('Feedback-Type', 'opt-out'), field('User-Agent', 'Apple Mail')];
  }
  const from = decodeWords(headerValue(message.headers, 'from') ?? '');
  const subject = decodeWords(headerValue(message.headers, 'subject') ?? '');
  const returned = message.parts.some(({ type }) => type === 'message/rfc822');
  if (!returned || !/(?:staff|fbl|feedback\w*)@(?:[a-z0-9.-]{1,60}\.)?(?:hotmail|outlook|live|microsoft)\.com/i.test(from) || !/^complaint about message/i.test(subject)) return null;
  const original = returnedMessage(message, '').headers;
  const recipient = headerValue(original, 'x-hmxmroriginalrecipient');
  const sourceIp = /\[?(\d{1,3}(?:\.\d{1,3}){3})\]?/.exec(subject)?.[1];
  return [
    field('Feedback-Type', 'abuse'),
    field('User-Agent', 'Microsoft JMRP'),
    ...(recipient ? [field('Original-Rcpt-To', recipient)] : []),
    ...(sourceIp ? [field('Source-IP', sourceIp)] : []),
  ];
}

function reportOf(fields: HeaderField[], message: MimeMessage): ArfReport {
  const one = (name: string): string | null => headerValue(fields, name)?.replace(/\s+/g, ' ').trim() || null;
  const all = (name: string): string[] => fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value.replace(/\s+/g, ' ').trim()).slice(0, 100);
  const feedbackType = (one('feedback-type') ?? 'abuse').toLowerCase();
  const incidents = Number(one('incidents') ?? 1);
  const sourcePort = Number(one('source-port') ?? Number.NaN);
  return {
    feedbackType,
    userAgent: one('user-agent'),
    version: one('version'),
    arrivalDate: one('arrival-date') ?? one('received-date'),
    incidents: Number.isSafeInteger(incidents) && incidents > 0 ? incidents : 1,
    originalEnvelopeId: one('original-envelope-id'),
    originalMailFrom: bare(one('original-mail-from')),
    originalRecipients: [...new Set(all('original-rcpt-to').map((value) => bare(value)!))],
    reportedDomains: all('reported-domain'),
    reportedUris: all('reported-uri'),
    reportingMta: one('reporting-mta')?.replace(/^[^;]{0,30};/, '').trim() || null,
    // Some add the host's name in a comment.
    sourceIp: one('source-ip')?.split(/[\s(]/, 1)[0] || null,
    sourcePort: Number.isSafeInteger(sourcePort) ? sourcePort : null,
    authenticationResults: all('authentication-results'),
    authFailure: feedbackType === 'auth-failure' ? authFailureOf(one) : null,
    original: returnedMessage(message, ''),
  };
}

function authFailureOf(one: (name: string) => string | null): NonNullable<ArfReport['authFailure']> {
  const unspaced = (name: string): string | null => one(name)?.replace(/\s+/g, '') ?? null;
  return {
    kind: one('auth-failure')?.toLowerCase() ?? null,
    deliveryResult: one('delivery-result')?.toLowerCase() ?? null,
    identityAlignment: one('identity-alignment')?.toLowerCase() ?? null,
    dkimDomain: one('dkim-domain'),
    dkimIdentity: one('dkim-identity'),
    dkimSelector: one('dkim-selector'),
    dkimCanonicalizedHeader: unspaced('dkim-canonicalized-header'),
    dkimCanonicalizedBody: unspaced('dkim-canonicalized-body'),
    dkimSelectorDns: one('dkim-selector-dns'),
    spfDns: one('spf-dns'),
  };
}

function removalRecipients(fields: HeaderField[]): string[] {
  return fields.filter(({ name }) => name.toLowerCase() === 'removal-recipient').map(({ value }) => bare(value)!);
}

function bare(value: string | null): string | null {
  return value === null ? null : (/<([^<>]*)>/.exec(value)?.[1] ?? value).trim();
}

function complaintRow(recipient: string, feedbackType: string): ReportRecipient {
  return { recipient, originalRecipient: null, action: 'complained', status: '', replyCode: '', reason: 'feedback', permanent: false, diagnostic: '', remoteMta: null, feedbackType };
}
