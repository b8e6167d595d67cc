// The one entry for received reports: what kind a message is, and what it says. Pure; never throws for any
// input, bounded in time and memory. Who is suppressed for it is up to others.
import { EMPTY_COMPLAINT, parseComplaint } from './arf.ts';
import { parseAutoreply } from './autoreply.ts';
import { parseDmarcReport } from './dmarc-report.ts';
import { headerValue } from '../header.ts';
import { REPORT_LIMITS } from './limits.ts';
import { type MimeMessage, type MimePart, readMime } from './mime-parts.ts';
import { parseBounce } from './parse-bounce.ts';
import type { ParsedReport } from './report-types.ts';
import { returnedMessage } from './returned-message.ts';
import { parseSesNotification, type SesNotification } from './ses-notification.ts';
import { decodeBytes } from './text-decoding.ts';
import { parseTlsReport } from './tls-report.ts';
import { unpack } from './unpack.ts';

export type { ParsedReport, ReportRecipient } from './report-types.ts';

/**
 * Reads a message that came to a report address, or a report document as it stands (XML, JSON, gzip or zip).
 * @param raw any line ends
 */
export function parseReport(raw: Uint8Array): ParsedReport {
  if (raw.byteLength > REPORT_LIMITS.messageOctets) return none(`message larger than ${REPORT_LIMITS.messageOctets} octets`);
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (looksLikeDocument(bytes)) return documentReport(bytes) ?? none(null);
  return mailbox(bytes) ?? messageReport(bytes);
}

/** Several reports in one file (RFC 4155): those of the first one's kind, taken together. */
function mailbox(bytes: Buffer): ParsedReport | null {
  if (!/^From \S/.test(bytes.toString('latin1', 0, 10))) return null;
  const messages = bytes.toString('latin1').split(/\r?\n(?=From \S{1,300} {1,4}[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d])/, MAX_IN_MAILBOX);
  if (messages.length < 2) return null;
  const reports = messages.map((message) => messageReport(Buffer.from(message, 'latin1')));
  const [first] = reports;
  return { ...first!, recipients: reports.filter(({ kind }) => kind === first!.kind).flatMap(({ recipients }) => recipients) };
}

const MAX_IN_MAILBOX = 100;

function messageReport(bytes: Buffer): ParsedReport {
  const message = readMime(bytes);
  const complaint = parseComplaint(message);
  if (complaint) return { kind: 'arf', ...complaint };
  const notification = fromSns(message) ? parseSesNotification(message.parts[0]!.text()) : null;
  if (notification) return sesReport(notification);
  const packed = attachedReport(message);
  if (packed && packed.kind !== 'none') return packed;
  const bounce = parseBounce(message);
  if (bounce) return { kind: 'dsn', ...bounce };
  const reply = packed ? null : parseAutoreply(message);
  if (reply) return { kind: 'autoreply', recipients: reply.recipients, autoreply: { inReplyTo: reply.inReplyTo, original: returnedMessage(message, '') } };
  return packed ?? none(null);
}

/** Amazon's notification service writes in plain text; a payload that somebody quotes in a letter is none of its own. */
function fromSns(message: MimeMessage): boolean {
  return message.parts[0]?.type === 'text/plain' && (/\bsns\b.*\bamazonaws\.com/i.test(headerValue(message.headers, 'from') ?? '') || headerValue(message.headers, 'x-amz-sns-message-id') !== undefined || /^\s*\{/.test(message.parts[0].text()));
}

function sesReport({ kind, recipients, reportingMta, feedbackType, messageId }: SesNotification): ParsedReport {
  const original = { messageId, headers: [] };
  if (kind === 'dsn') return { kind, recipients, dsn: { reportingMta, originalEnvelopeId: null, arrivalDate: null, original } };
  return { kind, recipients, arf: { ...EMPTY_COMPLAINT, feedbackType: feedbackType ?? 'abuse', userAgent: 'Amazon SES', originalRecipients: recipients.map(({ recipient }) => recipient), original } };
}

function none(refused: string | null): ParsedReport {
  return { kind: 'none', recipients: [], refused };
}

/** By its first bytes: packed, XML, or JSON. A mail begins with a field. */
function looksLikeDocument(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 200).replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  return /^(?:\x1f\x8b|PK\x03\x04|<\?xml|<(?:\w{1,20}:)?feedback|<!DOCTYPE|\{)/i.test(start);
}

/** What names or types a part that may be a DMARC or TLS report. */
const PACKED_TYPES = /^(?:application\/(?:g?zip|x-zip(?:-compressed)?|x-gzip|octet-stream|xml|tlsrpt\+(?:gzip|json)|json)|text\/xml)$/;
const PACKED_NAMES = /\.(?:xml|json|gz|zip)$/i;
const MAX_CANDIDATES = 5;

function attachedReport(message: MimeMessage): ParsedReport | null {
  let refused: ParsedReport | null = null;
  for (const part of message.parts.filter(mayBePacked).slice(0, MAX_CANDIDATES)) {
    const found = documentReport(part.bytes());
    if (found && found.kind !== 'none') return found;
    refused ??= found;
  }
  return refused;
}

function mayBePacked(part: MimePart): boolean {
  return PACKED_TYPES.test(part.type) || (part.fileName !== null && PACKED_NAMES.test(part.fileName) && !part.type.startsWith('message/'));
}

/** @returns null when the bytes are no report at all; kind none when they look like one and are refused */
function documentReport(bytes: Buffer): ParsedReport | null {
  const unpacked = unpack(bytes);
  if (unpacked.kind === 'refused') return none(unpacked.rule);
  let refused: ParsedReport | null = null;
  for (const document of unpacked.documents) {
    const source = decodeBytes(document, undefined);
    const start = source.slice(0, 5_000).replace(/^\ufeff/, '').trimStart();
    if (start.startsWith('{') && /"(?:policies|report-id|organization-name)"/.test(source.slice(0, 100_000))) {
      const outcome = parseTlsReport(source);
      if (outcome.kind === 'report') return { kind: 'tlsrpt', recipients: [], tlsrpt: outcome.report };
      refused ??= none(outcome.rule);
    } else if (start.startsWith('<')) {
      const outcome = parseDmarcReport(source);
      if (outcome.kind === 'report') return { kind: 'dmarc', recipients: [], dmarc: outcome.report };
      refused ??= none(outcome.rule);
    }
  }
  return refused;
}
