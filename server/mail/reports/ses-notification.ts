// Amazon SES tells bounces, complaints and deliveries as JSON, sent through SNS as a mail in plain text. Read into
// the same evidence that other reports give.
import { classifyBounce } from './classify-bounce.ts';
import { REPORT_LIMITS } from './limits.ts';
import type { ReplyCategory } from '../reply-rules.ts';
import type { ReportAction, ReportRecipient } from './report-types.ts';

export interface SesNotification {
  kind: 'dsn' | 'arf';
  recipients: ReportRecipient[];
  reportingMta: string | null;
  feedbackType: string | null;
  messageId: string | null;
}

type Json = Record<string, unknown>;

/** @returns null when the text is no such notification */
export function parseSesNotification(text: string): SesNotification | null {
  const start = text.indexOf('{');
  if (start < 0 || start > 1_000 || !/notificationType|eventType/.test(text.slice(0, 20_000))) return null;
  const outer = parseJson(text.slice(start, text.lastIndexOf('}') + 1));
  const event = typeof outer?.Message === 'string' ? parseJson(outer.Message) : outer;
  const type = event?.notificationType ?? event?.eventType;
  if (event === null || typeof type !== 'string') return null;
  const mail = objectOf(event.mail);
  const common = objectOf(mail.commonHeaders);
  const messageId = textOf(common.messageId) || headerIn(mail.headers, 'message-id') || null;
  if (type === 'Bounce') return { kind: 'dsn', recipients: bounced(objectOf(event.bounce)), reportingMta: mta(objectOf(event.bounce).reportingMTA), feedbackType: null, messageId };
  if (type === 'Complaint') {
    const complaint = objectOf(event.complaint);
    const feedbackType = textOf(complaint.complaintFeedbackType) || 'abuse';
    const recipients = listOf(complaint.complainedRecipients).map((entry) => complained(textOf(objectOf(entry).emailAddress), feedbackType));
    return { kind: 'arf', recipients, reportingMta: null, feedbackType, messageId };
  }
  if (type === 'Delivery') return { kind: 'dsn', recipients: delivered(objectOf(event.delivery)), reportingMta: mta(objectOf(event.delivery).reportingMTA), feedbackType: null, messageId };
  return null;
}

/** SES's own words for the cause, where they say one. */
const SUBTYPES: Record<string, ReplyCategory> = { MailboxFull: 'mailboxfull', MessageTooLarge: 'mesgtoobig', Suppressed: 'suppressed', OnAccountSuppressionList: 'suppressed' };

function bounced(bounce: Json): ReportRecipient[] {
  return listOf(bounce.bouncedRecipients).map((entry) => {
    const recipient = objectOf(entry);
    const diagnostic = textOf(recipient.diagnosticCode);
    const given = textOf(recipient.status);
    const transient = textOf(bounce.bounceType) === 'Transient';
    return classifyBounce({
      recipient: textOf(recipient.emailAddress), originalRecipient: null,
      action: (textOf(recipient.action) === 'delayed' ? 'delayed' : 'failed') satisfies ReportAction,
      status: given, statusIfSilent: transient ? '4.0.0' : '5.0.0',
      diagnostic: diagnostic.replace(/^\s*[a-z-]{1,20};\s*/i, ''), diagnosticType: 'smtp',
      told: SUBTYPES[textOf(bounce.bounceSubType)] ?? null, exchangeOnline: false, block: '', text: '', alone: true, remoteMta: null,
    });
  });
}

function delivered(delivery: Json): ReportRecipient[] {
  const reply = textOf(delivery.smtpResponse);
  return listOf(delivery.recipients).map((entry) => classifyBounce({
    recipient: textOf(entry), originalRecipient: null, action: 'delivered', status: '', statusIfSilent: '2.0.0',
    diagnostic: reply, diagnosticType: 'smtp', told: null, exchangeOnline: false, block: '', text: '', alone: true, remoteMta: null,
  }));
}

function complained(recipient: string, feedbackType: string): ReportRecipient {
  return { recipient, originalRecipient: null, action: 'complained', status: '', replyCode: '', reason: 'feedback', permanent: false, diagnostic: '', remoteMta: null, feedbackType };
}

/** Null for what is no JSON object: an ordinary notice that happens to hold braces, or one cut short; it is then read as text. */
function parseJson(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : null;
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, REPORT_LIMITS.recipients) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, REPORT_LIMITS.diagnosticLength) : '';
}

function headerIn(headers: unknown, name: string): string {
  const found = listOf(headers).map(objectOf).find((header) => textOf(header.name).toLowerCase() === name);
  return textOf(found?.value);
}

function mta(value: unknown): string | null {
  return textOf(value).replace(/^[^;]{0,30};\s*/, '') || null;
}
