// Bounces: reports of delivery in the standard form (RFC 3464), in words only, or both. Whether a message is one at
// all is delivery-notice.ts.
import { headerValue } from '../header.ts';
import { classifyBounce } from './classify-bounce.ts';
import { isDeliveryNotice, ownsStatusPart, speaksForNested } from './delivery-notice.ts';
import { type DeliveryStatus, parseDeliveryStatus, type StatusRecipient } from './delivery-status.ts';
import { failedAddresses, type NamedAddress } from './failed-addresses.ts';
import { REPORT_LIMITS } from './limits.ts';
import { type MimeMessage, type MimePart, readMime } from './mime-parts.ts';
import { reportText } from './report-text.ts';
import type { DsnReport, ReportAction, ReportRecipient } from './report-types.ts';
import { EXCHANGE_ONLINE, REPORTED_CATEGORIES } from './reporter-sentences.ts';
import { returnedMessage } from './returned-message.ts';

/** OpenSMTPD fills the status field with 5.0.0, 4.0.0 or 4.4.7 by the kind of notice, not by what happened. */
const STATUS_IS_FILLER = /this is the MAILER-DAEMON, please DO NOT REPLY to this e-?mail/i;
const EXCHANGE_ONLINE_NOTICE = /generating server: \S{0,200}outlook\.com|office ?365/i;
const EMBEDDED_STATUS = /(?:^|\n)[ \t]*(?:Reporting-MTA|Final-Recipient|Original-Recipient):[ \t]*\S/i;

export interface Bounce {
  recipients: ReportRecipient[];
  dsn: DsnReport;
}

/** @returns null when the message is no report of delivery */
export function parseBounce(message: MimeMessage, depth = 0): Bounce | null {
  const { text, returned } = reportText(message);
  const words = wordsOnly(text);
  const own = partners(message);
  const named = failedAddresses(words, own);
  const original = returnedMessage(message, returned);
  const isNotice = isDeliveryNotice(message, { text, original, namesOthers: named.some(({ recipient }) => !own.some((address) => address.toLowerCase() === recipient.toLowerCase())) });
  const status = statusOf(message, isNotice ? text : '');
  const nested = nestedReport(message, returned);
  if (nested && status.recipients.length === 0 && !isReport(message) && speaksForNested(message)) {
    const inner = depth < 2 ? parseBounce(nested, depth + 1) : null;
    if (inner) return inner;
  }
  const recipients = status.recipients.length > 0
    ? status.recipients.map((entry) => fromStatus(entry, named, words, status.recipients.length === 1, status.reportingMta))
    : isNotice ? fromWords(message, named, text, original.headers.length > 0 ? recipientsOf(original) : []) : [];
  if (recipients.length === 0) return null;
  // What was to say it for sure is lost: the words that are left condemn nobody.
  const damaged = isReport(message) && message.cut && (status.recipients.length === 0 || (isStatusPart(message.parts.at(-1)!) && status.recipients.at(-1)!.diagnostic === ''));
  const { reportingMta, originalEnvelopeId, arrivalDate } = status;
  return { recipients: recipients.slice(0, REPORT_LIMITS.recipients).map((row) => (damaged ? { ...row, permanent: false } : row)), dsn: { reportingMta, originalEnvelopeId, arrivalDate, original } };
}

/** The text up to where status fields stand in it. */
function wordsOnly(text: string): string {
  const at = EMBEDDED_STATUS.exec(text)?.index ?? -1;
  return at > 0 ? text.slice(0, at) : text;
}

/** A report that was sent on, in a part of its own or in the text. */
function nestedReport(message: MimeMessage, returned: string): MimeMessage | null {
  const isOne = /(?:^|\n)Content-Type:\s{0,4}multipart\/report/i;
  if (isOne.test(returned)) return readMime(Buffer.from(returned, 'latin1'));
  const part = message.parts.find(({ type }) => type === 'message/rfc822');
  const inner = part ? part.bytes() : null;
  return inner && isOne.test(inner.toString('latin1', 0, 16_384)) ? readMime(inner) : null;
}

function isReport(message: MimeMessage): boolean {
  return message.type === 'multipart/report';
}

function isStatusPart({ type }: MimePart): boolean {
  return /^message\/(?:global-)?delivery-status$/.test(type);
}

function statusOf(message: MimeMessage, text: string): DeliveryStatus {
  const parts = !ownsStatusPart(message) ? [] : message.parts.filter(isStatusPart);
  const parsed = parts.map((part) => parseDeliveryStatus(part.text())).find(({ recipients }) => recipients.length > 0);
  if (parsed) return parsed;
  const at = EMBEDDED_STATUS.exec(text)?.index ?? -1;
  if (at < 0) return { reportingMta: null, originalEnvelopeId: null, arrivalDate: null, recipients: [] };
  // Fields in the running text come with whatever indentation the text has, in which order they like.
  const lines = text.slice(Math.max(0, text.lastIndexOf('\n\n', at))).split('\n').map((line) => line.replace(/^[ \t]+(?=(?:Final-Recipient|Original-Recipient|Action|Status|Remote-MTA|Diagnostic-Code|Reporting-MTA|Arrival-Date|Last-Attempt-Date):)/i, ''));
  return parseDeliveryStatus(lines.join('\n'));
}

const ACTIONS: ReadonlySet<string> = new Set<ReportAction>(['failed', 'delayed', 'delivered', 'relayed', 'expanded']);

function fromStatus(entry: StatusRecipient, named: NamedAddress[], text: string, single: boolean, reporter: string | null): ReportRecipient {
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(entry.status)?.[0] ?? '';
  const own = [entry.finalRecipient, entry.originalRecipient ?? ''].map((address) => address.toLowerCase());
  const block = named.find(({ recipient }) => own.includes(recipient.toLowerCase()))?.block ?? (named.length === 1 ? named[0]!.block : '');
  const comment = /\(([^()]{3,200})\)/.exec(entry.status)?.[1] ?? '';
  const action = ACTIONS.has(entry.action) ? (entry.action as ReportAction) : status.startsWith('2') ? 'delivered' : 'failed';
  return classifyBounce({
    recipient: entry.finalRecipient,
    originalRecipient: entry.originalRecipient,
    action,
    status: STATUS_IS_FILLER.test(text) ? '' : status,
    statusIfSilent: null,
    told: REPORTED_CATEGORIES[entry.category] ?? null,
    exchangeOnline: reporter !== null && EXCHANGE_ONLINE.test(reporter),
    diagnostic: entry.diagnostic === '' && block === '' ? comment : /\bdisabled\b/.test(comment) ? `${entry.diagnostic} (${comment})` : entry.diagnostic,
    diagnosticType: entry.diagnosticType,
    block: block || comment,
    alone: single && named.length < 2,
    text,
    remoteMta: entry.remoteMta,
  });
}

function fromWords(message: MimeMessage, named: NamedAddress[], text: string, originalTo: string[]): ReportRecipient[] {
  const listed = addressesIn(headerValue(message.headers, 'x-failed-recipients') ?? '');
  const known = new Set(listed.map((address) => address.toLowerCase()));
  const chosen = listed.length > 0 && named.some(({ recipient }) => known.has(recipient.toLowerCase()))
    ? named.filter(({ recipient }) => known.has(recipient.toLowerCase()))
    : listed.length > 0 ? listed.map((recipient) => ({ recipient, block: text })) : named;
  const entries = chosen.length > 0 ? chosen : (originalTo.length > 0 ? originalTo.slice(0, 1) : ['']).map((recipient) => ({ recipient, block: text }));
  const delayed = /delayed|not yet been delivered|will (?:be retried|keep trying|continue)|still being retried|warning only/i.test(text) && !/giv(?:ing|en) up|permanent(?:ly)? (?:fail|error)|failed permanently/i.test(text);
  return entries.map(({ recipient, block }) =>
    classifyBounce({ recipient, originalRecipient: null, action: delayed ? 'delayed' : 'failed', status: '', statusIfSilent: delayed && !STATUS_IS_FILLER.test(text) ? '4.0.0' : null, diagnostic: '', diagnosticType: '', block, alone: entries.length < 2, text, told: null, exchangeOnline: EXCHANGE_ONLINE_NOTICE.test(text), remoteMta: remoteIn(block) }));
}

/** Who wrote and who was written to: not the failed address, as long as there is another. */
function partners(message: MimeMessage): string[] {
  return ['to', 'from', 'x-original-to', 'delivered-to', 'envelope-to'].flatMap((name) => addressesIn(headerValue(message.headers, name) ?? ''));
}

function recipientsOf(original: { headers: { name: string; value: string }[] }): string[] {
  const to = original.headers.filter(({ name }) => /^to$/i.test(name)).flatMap(({ value }) => addressesIn(value));
  const received = original.headers.filter(({ name }) => /^received$/i.test(name)).flatMap(({ value }) => /\bfor <?([^\s<>;]{1,64}@[^\s<>;]{1,250})>?/.exec(value)?.[1] ?? []);
  return to.length > 0 ? to : received;
}

function addressesIn(value: string): string[] {
  return value.slice(0, 20_000).match(/[^\s<>,;:"'()[\]]{1,64}@[A-Za-z0-9.-]{1,250}/g) ?? [];
}

function remoteIn(block: string): string | null {
  return /(?:host:?|while talking to|by|from|server|said by) ([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})\.?[\s:[(]/.exec(block)?.[1] ?? null;
}
