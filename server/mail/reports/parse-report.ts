// The one entry for received reports: what kind a message is, and what it says. Pure; never throws for any
// input, bounded in time and memory. Who is suppressed for it is up to others.
import { headerValue } from '../header.ts';
import { classifyReply } from '../classify-reply.ts';
import { parseReplyText } from '../smtp-reply.ts';
import { type DeliveryStatus, parseDeliveryStatus, type StatusRecipient } from './delivery-status.ts';
import { type MimeMessage, readMime, splitEntity } from './mime-parts.ts';
import type { ParsedReport, ReportAction, ReportRecipient, ReturnedMessage } from './report-types.ts';

export type { ParsedReport, ReportRecipient } from './report-types.ts';

/**
 * Reads a message that came to a report address.
 * @param raw the message, any line ends
 */
export function parseReport(raw: Uint8Array): ParsedReport {
  const message = readMime(raw);
  const part = message.parts.find(({ type }) => type === 'message/delivery-status' || type === 'message/global-delivery-status');
  if (part === undefined) return { kind: 'none', recipients: [], refused: null };
  const status = parseDeliveryStatus(part.text());
  return { kind: 'dsn', recipients: status.recipients.map(recipientOf), dsn: { ...facts(status), original: returned(message) } };
}

function facts({ reportingMta, originalEnvelopeId, arrivalDate }: DeliveryStatus) {
  return { reportingMta, originalEnvelopeId, arrivalDate };
}

const ACTIONS: ReadonlySet<string> = new Set<ReportAction>(['failed', 'delayed', 'delivered', 'relayed', 'expanded']);

function recipientOf(entry: StatusRecipient): ReportRecipient {
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(entry.status)?.[0] ?? '';
  const action = (ACTIONS.has(entry.action) ? entry.action : 'failed') as ReportAction;
  const reply = parseReplyText(entry.diagnostic) ?? { code: status.startsWith('4') ? 450 : 550, enhancedCode: status || null, text: entry.diagnostic };
  const meaning = classifyReply({ ...reply, enhancedCode: reply.enhancedCode ?? (status || null) }, entry.remoteMta ?? '');
  const reason = meaning.category === 'greylisted' ? 'onhold' : meaning.category === 'ratelimited' ? 'speeding' : meaning.category;
  return {
    recipient: entry.finalRecipient,
    originalRecipient: entry.originalRecipient,
    action,
    status,
    replyCode: parseReplyText(entry.diagnostic) ? String(reply.code) : '',
    reason: action === 'failed' || action === 'delayed' ? reason : 'delivered',
    permanent: action === 'failed' && meaning.addressDead,
    diagnostic: entry.diagnostic.slice(0, 2_000),
    remoteMta: entry.remoteMta,
  };
}

function returned(message: MimeMessage): ReturnedMessage {
  const part = message.parts.find(({ type }) => /^(?:message\/(?:rfc822|global)|text\/rfc822-headers|message\/global-headers)$/.test(type));
  const headers = part ? splitEntity(part.bytes().toString('latin1').replace(/\r\n?/g, '\n').trimStart()).headers : [];
  return { messageId: headerValue(headers, 'message-id') ?? null, headers };
}
