// Decides whether a message is a notice of delivery that a mail system wrote. Strict: a letter from a person, a
// parcel service, a list or a swindler, however much it talks of failed delivery, is none.
import { headerValue } from '../header.ts';
import { parseAutoreply } from './autoreply.ts';
import { isForward, isReply, senderRank } from './notice-sender.ts';
import type { MimeMessage } from './mime-parts.ts';
import { quotedReply } from './quoted-reply.ts';
import type { ReturnedMessage } from './report-types.ts';
import { REPORTER_SENTENCES } from './reporter-sentences.ts';
import { decodeWords } from './text-decoding.ts';

const SUBJECT = /undeliver|not deliver|deliver(?:y|ed)?.{0,30}(?:fail|error|problem|status|notif|delay|report|impossible)|fail.{0,20}(?:deliver|mail|notice)|(?:mail|message|nachricht).{0,30}(?:fail|error|return|delay|reject|not sent|problem|undeliver|unzustellbar|could not)|return(?:ed|ing)? (?:mail|message|to sender)|non.?(?:remis|deliv)|unzustellbar|zustell|failure notice|bounce|rejected (?:mail|message|posting)|could not send|nondeliverable|warning: (?:message|could not)|loop (?:alert|back warning)|unix from loop|not (?:a )?member|error (?:sending|in your) |error delivering|mail error|undelivered|unable to deliver|devuel|no entregado|no se puede entregar|échec|echec|mancata|não entregue|não é possível entregar|onbestelbaar|\u9001\u4fe1(?:\u30a8\u30e9\u30fc|\u3067\u304d)|\u914d\u4fe1|\u914d\u9001|\u30a8\u30e9\u30fc\u30e1\u30fc\u30eb|\u9000\u4fe1|\u9001\u9054|\u65e0\u6cd5\u9001\u8fbe|\u7121\u6cd5\u50b3\u9001|не доставлен|не удается доставить/i;
const FAILURE = /(?:could|can|was|were|has|have|is|did|does)\s?(?:not|n't|nnot)\s+(?:be|been|able|yet|get)?\s?(?:\w{1,12}\s){0,3}(?:deliver|send|sent|reach|process|complet|forward)|unable to (?:deliver|send|relay|forward|complete)|undeliver|not (?:been )?delivered|deliver\w* .{0,80}(?:fail|abort|delay|reject|imposs|error|not possible)|fail\w* .{0,60}(?:deliver|send|recipient)|(?:following|these) (?:address|recipient)\w*(?:\(es\))? .{0,60}(?:fail|error|reject|problem)|transcript of session|permanent (?:fatal )?error|was(?: automatically)? (?:rejected|refused|returned|bounced)|trouble delivering|error (?:occurred )?while|failure reasons?|mailbox .{0,40}(?:exceed|full|unknown)|user(?:s|\(s\))? .{0,30}(?:unknown|disabled)|unknown (?:user|host)|delivery status notification|duplicated message-id|not (?:a )?member of|returned (?:mail|message|to sender)|may not exist, or you|(?:mail|message) .{0,60}(?:rejected|refused|blocked|bounced)/i;
/** Google Groups writes its notices in the reader's language, always from the same sender. */
const GROUPS = /groups\.google\.com\/support/;
/** Fields that only a message which was under way has, not the few lines that people quote. */
const TRANSIT_FIELD = /^(?:received|message-id|return-path)$/i;

export interface NoticeEvidence {
  /** What the message says, without what it returns. */
  text: string;
  original: ReturnedMessage;
  /** It names an address that is neither its sender's nor its reader's. */
  namesOthers: boolean;
}

/** @returns true when the words, and what stands around them, are a mail system's report of delivery */
export function isDeliveryNotice(message: MimeMessage, evidence: NoticeEvidence): boolean {
  const rank = senderRank(message);
  if (isForward(message) && rank !== 'daemon') return isWholeForward(message, evidence.text);
  if (rank === 'other' || toMany(message)) return false;
  const subject = decodeWords(headerValue(message.headers, 'subject') ?? '');
  const aboutDelivery = SUBJECT.test(subject) && !isReply(message);
  const saysFailure = FAILURE.test(evidence.text) || GROUPS.test(evidence.text);
  const failedHeader = headerValue(message.headers, 'x-failed-recipients') !== undefined;
  const returned = evidence.original.headers.length > 0;
  const reply = quotedReply(evidence.text) !== null;
  // A machine that is no mail system by name: only the whole form will do.
  if (rank === 'machine') return aboutDelivery && (saysFailure || reply) && evidence.original.headers.some(({ name }) => TRANSIT_FIELD.test(name));
  if (failedHeader) return true;
  if (!aboutDelivery && !saysFailure && !reply) return false;
  const proven = returned || reply || GROUPS.test(evidence.text) || REPORTER_SENTENCES.some(({ pattern }) => pattern.test(evidence.text));
  return proven || (aboutDelivery && evidence.namesOthers);
}

/** @returns true when status fields in a part of their own are this message's, not those of one that was passed on */
export function ownsStatusPart(message: MimeMessage): boolean {
  return message.type === 'multipart/report' || senderRank(message) === 'daemon' || (senderRank(message) === 'machine' && !isForward(message));
}

/** @returns true when a report inside the message counts as this one: a mail system passed it on, no person or list */
export function speaksForNested(message: MimeMessage): boolean {
  return senderRank(message) === 'daemon' && !toMany(message);
}

/** A report that somebody passed on as it was, status fields and all, is still that report. */
function isWholeForward(message: MimeMessage, text: string): boolean {
  return message.type === 'text/plain' && /(?:^|\n)Reporting-MTA:[ \t]*\S/i.test(text) && /(?:^|\n)Final-Recipient:[ \t]*\S[^]{0,2000}\nStatus:[ \t]*[245]\.\d/i.test(text) && SUBJECT.test(decodeWords(headerValue(message.headers, 'subject') ?? ''));
}

/** What comes through a list is a list's, also from a postmaster; a report never has a way to unsubscribe. */
function toMany(message: MimeMessage): boolean {
  return ['list-id', 'list-post', 'list-unsubscribe'].some((name) => headerValue(message.headers, name) !== undefined) && parseAutoreply(message) === null;
}
