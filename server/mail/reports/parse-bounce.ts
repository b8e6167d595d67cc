// Bounces: reports of delivery in the standard form (RFC 3464), in words only, or both. Decides whether a message
// is one at all, so that a letter from a person never counts as a bounce.
import { headerValue } from '../header.ts';
import { parseAutoreply } from './autoreply.ts';
import { classifyBounce } from './classify-bounce.ts';
import { type DeliveryStatus, parseDeliveryStatus, type StatusRecipient } from './delivery-status.ts';
import { failedAddresses, type NamedAddress } from './failed-addresses.ts';
import { REPORT_LIMITS } from './limits.ts';
import { type MimeMessage, readMime } from './mime-parts.ts';
import { quotedReply } from './quoted-reply.ts';
import { reportText } from './report-text.ts';
import type { DsnReport, ReportAction, ReportRecipient } from './report-types.ts';
import { EXCHANGE_ONLINE, REPORTED_CATEGORIES } from './reporter-sentences.ts';
import { returnedMessage } from './returned-message.ts';
import { decodeWords } from './text-decoding.ts';

const DAEMON = /mailer[-_. ]?daemon|post[-_]?master|mail[-_. ]?(?:delivery|er|system|administrator|router|deamon)|delivery (?:sub)?system|maildelivery|mmdf|mta\b|bounce|smtp(?:d| gateway)|no-?reply@sns\.amazonaws|interscan|(?:^|[\s<"'])(?:daemon|uucp|root|\S{1,40}-admin)@/i;
const SUBJECT = /undeliver|not deliver|deliver(?:y|ed)?.{0,30}(?:fail|error|problem|status|notif|delay|report|impossible)|fail.{0,20}(?:deliver|mail|notice)|(?:mail|message|nachricht).{0,30}(?:fail|error|return|delay|reject|not sent|problem|undeliver|unzustellbar|could not)|return(?:ed|ing)? (?:mail|message|to sender)|non.?(?:remis|deliv)|unzustellbar|zustell|failure notice|bounce|rejected (?:mail|message|posting)|could not send|nondeliverable|warning: (?:message|could not)|loop alert|error (?:sending|in your) |error delivering|mail error|undelivered|unable to deliver|devuel|no entregado|échec|echec|mancata|não entregue|\u9001\u4fe1(?:\u30a8\u30e9\u30fc|\u3067\u304d)|\u914d\u4fe1|\u914d\u9001|\u30a8\u30e9\u30fc\u30e1\u30fc\u30eb|\u9000\u4fe1|\u9001\u9054|не доставлен/i;
const FAILURE = /(?:could|can|was|were|has|have|is|did|does)\s?(?:not|n't|nnot)\s+(?:be|been|able|yet|get)?\s?(?:\w{1,12}\s){0,3}(?:deliver|send|sent|reach|process|complet|forward)|unable to (?:deliver|send|relay|forward|complete)|undeliver|not (?:been )?delivered|deliver\w* .{0,80}(?:fail|abort|delay|reject|imposs|error|not possible)|fail\w* .{0,60}(?:deliver|send|recipient)|(?:following|these) (?:address|recipient)\w*(?:\(es\))? .{0,60}(?:fail|error|reject|problem)|transcript of session|permanent (?:fatal )?error|was(?: automatically)? (?:rejected|refused|returned|bounced)|trouble delivering|error (?:occurred )?while|failure reasons?|mailbox .{0,40}(?:exceed|full|unknown)|user(?:s|\(s\))? .{0,30}(?:unknown|disabled)|unknown (?:user|host)|delivery status notification|duplicated message-id|returned (?:mail|message|to sender)|may not exist, or you|(?:mail|message) .{0,60}(?:rejected|refused|blocked|bounced)/i;
/** Google Groups writes its notices in the reader's language, always from the same sender. */
const GROUPS = /groups\.google\.com\/support/;
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
  const status = statusOf(message, text);
  const nested = nestedReport(message, returned);
  if (nested && status.recipients.length === 0 && !isReport(message)) {
    const inner = depth < 2 ? parseBounce(nested, depth + 1) : null;
    if (inner) return inner;
  }
  const named = failedAddresses(wordsOnly(text), partners(message));
  const original = returnedMessage(message, returned);
  const recipients = status.recipients.length > 0
    ? status.recipients.map((entry) => fromStatus(entry, named, wordsOnly(text), status.recipients.length === 1, status.reportingMta))
    : isBounce(message, text) ? fromWords(message, named, text, original.headers.length > 0 ? recipientsOf(original) : []) : [];
  if (recipients.length === 0) return null;
  const { reportingMta, originalEnvelopeId, arrivalDate } = status;
  return { recipients: recipients.slice(0, REPORT_LIMITS.recipients), dsn: { reportingMta, originalEnvelopeId, arrivalDate, original } };
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

function statusOf(message: MimeMessage, text: string): DeliveryStatus {
  const parts = message.parts.filter(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type));
  const parsed = parts.map((part) => parseDeliveryStatus(part.text())).find(({ recipients }) => recipients.length > 0);
  if (parsed) return parsed;
  const at = EMBEDDED_STATUS.exec(text)?.index ?? -1;
  if (at < 0) return { reportingMta: null, originalEnvelopeId: null, arrivalDate: null, recipients: [] };
  // Fields in the running text come with whatever indentation the text has, in which order they like.
  const lines = text.slice(Math.max(0, text.lastIndexOf('\n\n', at))).split('\n').map((line) => line.replace(/^[ \t]+(?=(?:Final-Recipient|Original-Recipient|Action|Status|Remote-MTA|Diagnostic-Code|Reporting-MTA|Arrival-Date|Last-Attempt-Date):)/i, ''));
  return parseDeliveryStatus(lines.join('\n'));
}

function isBounce(message: MimeMessage, text: string): boolean {
  const from = `${decodeWords(headerValue(message.headers, 'from') ?? '')}`;
  const subject = decodeWords(headerValue(message.headers, 'subject') ?? '');
  const failedHeader = headerValue(message.headers, 'x-failed-recipients') !== undefined;
  // A null reverse-path is a daemon's, or a vacation program's (RFC 3834 3.3).
  const nullPath = headerValue(message.headers, 'return-path')?.trim() === '<>' && parseAutoreply(message) === null;
  const fromDaemon = DAEMON.test(from) || nullPath;
  const aboutDelivery = SUBJECT.test(subject);
  if (!fromDaemon && !aboutDelivery && !failedHeader) return false;
  if (failedHeader && (fromDaemon || aboutDelivery)) return true;
  return FAILURE.test(text) || GROUPS.test(text) || quotedReply(text) !== null || (fromDaemon && aboutDelivery);
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
