// Delivery status notifications (RFC 3464, RFC 6533 for UTF-8 addresses), built from facts that the caller
// gives. Who gets one, and when, is server/delivery.
import { randomBytes } from 'node:crypto';
import { isAscii, isUtf8 } from 'node:buffer';
import { bodyOffset, foldField, rfc5322Date } from './header.ts';

export type DsnAction = 'failed' | 'delayed' | 'relayed';

export interface DsnRecipient {
  /** The address that it was about. */
  recipient: string;
  /** ORCPT as given, `rfc822;user@example.com`. */
  orcpt: string | null;
  action: DsnAction;
  /** Enhanced status code, e.g. `5.1.1`. */
  status: string;
  /** What the remote server said, or null when it never got that far. */
  smtpReply: string | null;
  /** The host that said it. */
  remoteMta: string | null;
  /** One sentence for people. */
  explanation: string;
  /** Null: it was never attempted. */
  lastAttemptAt: Date | null;
  /** Of a delay: when it is given up. */
  willRetryUntil?: Date | null;
}

export interface DsnInput {
  /** This host's name. */
  reportingMta: string;
  /** Who the report goes to: the reverse path of the original. */
  to: string;
  arrivedAt: Date;
  envid: string | null;
  recipients: DsnRecipient[];
  /** The original message. */
  original: Buffer;
  /** RET=FULL: the whole original comes back, otherwise its header. */
  returnFull: boolean;
  now: Date;
}

export interface DsnMessage {
  content: Buffer;
  headerFrom: string;
  messageIdHeader: string;
  subject: string;
}

/** A full return is cut back to the header beyond this: a bounce must not itself be too large. */
const MAX_RETURNED_OCTETS = 100 * 1024;

const SUBJECTS: Record<DsnAction, string> = {
  failed: 'Your message could not be delivered',
  delayed: 'Your message is delayed',
  relayed: 'Your message was relayed',
};

const LEADS: Record<DsnAction, string> = {
  failed: 'Your message could not be delivered to the recipients below. It will not be tried again.',
  delayed: 'Your message has not been delivered yet. It is being tried again; there is nothing that you need to do.',
  relayed: 'Your message was passed on to a server that sends no receipts of its own.',
};

/** Builds the report: text for people, the machine-readable part, and the original's header or whole. */
export function buildDsn(input: DsnInput): DsnMessage {
  const action = input.recipients[0]!.action;
  const utf8 = input.recipients.some(({ recipient, orcpt }) => !isAsciiText(recipient) || isUtf8Type(orcpt)) || !isAsciiText(input.to);
  const boundary = `dsn-${randomBytes(12).toString('hex')}`;
  const headerFrom = `mailer-daemon@${input.reportingMta}`;
  const messageIdHeader = `<${randomBytes(16).toString('hex')}@${input.reportingMta}>`;
  const subject = SUBJECTS[action];
  const header =
    foldField('From', `Mail Delivery System <${headerFrom}>`) +
    foldField('To', `<${input.to}>`) +
    foldField('Subject', subject) +
    foldField('Date', rfc5322Date(input.now)) +
    foldField('Message-ID', messageIdHeader) +
    foldField('Auto-Submitted', 'auto-replied') +
    foldField('MIME-Version', '1.0') +
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"\r\n\r\n`;
  const returned = returnedPart(input, utf8);
  const parts = [
    `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${explanation(input, action)}`,
    `Content-Type: message/${utf8 ? 'global-delivery-status' : 'delivery-status'}\r\n` +
      `${utf8 ? 'Content-Transfer-Encoding: 8bit\r\n' : ''}\r\n${statusFields(input, utf8)}`,
  ];
  const head = Buffer.from(`${header}${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}\r\n${returned.header}\r\n`);
  return {
    content: Buffer.concat([head, returned.body, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headerFrom,
    messageIdHeader,
    subject,
  };
}

function explanation(input: DsnInput, action: DsnAction): string {
  const blocks = input.recipients.map((entry) => {
    const until = entry.willRetryUntil ? `\r\n    It is tried until ${rfc5322Date(entry.willRetryUntil)}.` : '';
    const said = entry.smtpReply === null ? '' : `\r\n    ${entry.remoteMta ?? 'The other server'} said: ${oneLine(entry.smtpReply)}`;
    return `  ${entry.recipient}\r\n    ${oneLine(entry.explanation)}${said}${until}\r\n`;
  });
  return `${LEADS[action]}\r\n\r\n${blocks.join('\r\n')}`;
}

/** RFC 3464 2.2 and 2.3; an empty line between the groups. Only the form of RFC 6533 may hold more than ASCII. */
function statusFields(input: DsnInput, utf8: boolean): string {
  const text = utf8 ? oneLine : asciiLine;
  const perMessage =
    `Reporting-MTA: dns; ${input.reportingMta}\r\n` +
    (input.envid === null ? '' : `Original-Envelope-Id: ${text(input.envid)}\r\n`) +
    `Arrival-Date: ${rfc5322Date(input.arrivedAt)}\r\n`;
  const perRecipient = input.recipients.map(
    (entry) =>
      (entry.orcpt === null ? '' : `Original-Recipient: ${text(originalRecipient(entry.orcpt))}\r\n`) +
      `Final-Recipient: ${isAsciiText(entry.recipient) ? 'rfc822' : 'utf-8'}; ${text(entry.recipient)}\r\n` +
      `Action: ${entry.action}\r\n` +
      `Status: ${entry.status}\r\n` +
      (entry.remoteMta === null ? '' : `Remote-MTA: dns; ${text(entry.remoteMta)}\r\n`) +
      (entry.smtpReply === null ? '' : `Diagnostic-Code: smtp; ${text(entry.smtpReply)}\r\n`) +
      (entry.lastAttemptAt === null ? '' : `Last-Attempt-Date: ${rfc5322Date(entry.lastAttemptAt)}\r\n`) +
      (entry.willRetryUntil ? `Will-Retry-Until: ${rfc5322Date(entry.willRetryUntil)}\r\n` : ''),
  );
  return [perMessage, ...perRecipient].join('\r\n');
}

const isAsciiText = (text: string): boolean => isAscii(Buffer.from(text));

/** ORCPT of the type that RFC 6533 adds. */
const isUtf8Type = (orcpt: string | null): boolean => orcpt !== null && /^utf-8;/i.test(orcpt);

/**
 * ORCPT as the field wants it: xtext decoded (RFC 3461 5.2.7), of the type utf-8 the characters themselves in place of
 * `\x{…}` (RFC 6533 3: utf-8-address in the global form).
 */
function originalRecipient(orcpt: string): string {
  const at = orcpt.indexOf(';');
  if (at < 0) return orcpt;
  const value = isUtf8Type(orcpt)
    ? orcpt.slice(at + 1).replace(/\\x\{([0-9A-F]{2,6})\}/gi, (whole, digits: string) => character(Number.parseInt(digits, 16)) ?? whole)
    : orcpt.slice(at + 1).replace(/\+([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return `${orcpt.slice(0, at)};${value}`;
}

/** Null for what is no character. */
const character = (code: number): string | null => (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? null : String.fromCodePoint(code));

function returnedPart(input: DsnInput, utf8: boolean): { header: string; body: Buffer } {
  const whole = input.returnFull && input.original.length <= MAX_RETURNED_OCTETS;
  const body = whole ? input.original : input.original.subarray(0, Math.min(bodyOffset(input.original), MAX_RETURNED_OCTETS));
  // A header in UTF-8 is one of RFC 6532, whatever the addresses are.
  const global = utf8 || (!isAscii(body.subarray(0, bodyOffset(body))) && isUtf8(body.subarray(0, bodyOffset(body))));
  const type = whole ? (global ? 'message/global' : 'message/rfc822') : global ? 'message/global-headers' : 'text/rfc822-headers';
  const encoding = isAscii(body) ? '' : 'Content-Transfer-Encoding: 8bit\r\n';
  return { header: `Content-Type: ${type}\r\n${encoding}`, body };
}

/** Text of others in a field of ours: no line breaks, bounded. */
function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]+/g, ' ').trim().slice(0, 900);
}

const asciiLine = (text: string): string => oneLine(text).replace(/[^\x20-\x7e]/gu, '?');
