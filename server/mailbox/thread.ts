// What makes messages one conversation: ids they share and a common base subject (RFC 8621, section 3).
// Pure; which conversation a message joins is decided in thread.store.ts.
import { createHash } from 'node:crypto';

/** A message in a thread of thousands may list them all; the first and the latest decide. */
const REFERENCE_LIMIT = 50;
const SUBJECT_LIMIT = 500;

/** Reply and forward marks of the mail programs of many languages, also numbered (`Re[2]:`) and full width. */
const PREFIX = new RegExp(
  '^(?:re|r|aw|antw|antwort|sv|vs|svar|vl|odp|pd|ynt|ilt|ha|rif|rv|res|enc|tr|fw|fwd|wg|wtr|vb|doorst|i|fs|bls|trs|' +
    '回复|回覆|答复|答覆|转发|轉發|転送|返信|회신|전달|תגובה|הועבר|رد|إعادة توجيه|отв|ответ|пересл|απ|σχετ|πρθ|ref)' +
    '\\s*(?:\\[\\d+\\]|\\(\\d+\\))?\\s*[:：]\\s*',
  'iu',
);
const LIST_TAG = /^\[[^\]]{1,60}\]\s*(?=\S)/u;
const TRAILING_FORWARD = /\s*\((?:fwd|fw)\)\s*$/iu;

export interface BaseSubject {
  /** Lower case, without marks, tags and repeated white space. */
  text: string;
  /** Whether a reply or forward mark was taken off. */
  isReply: boolean;
}

/** A subject without `Re:`, `Fwd:`, `[list]` and `(fwd)`, as often as they are nested. */
export function baseSubject(subject: string): BaseSubject {
  let text = subject.slice(0, SUBJECT_LIMIT).replace(/\s+/gu, ' ').trim();
  let isReply = false;
  for (let previous = ''; previous !== text; ) {
    previous = text;
    const unmarked = text.replace(PREFIX, '');
    if (unmarked !== text) isReply = true;
    text = unmarked.replace(LIST_TAG, '').replace(TRAILING_FORWARD, '').trim();
  }
  return { text: text.toLowerCase(), isReply };
}

/** 63 bits of a hash, as PostgreSQL's bigint takes them. Text, since they do not fit a number. */
export function hashKey(...parts: string[]): string {
  const digest = createHash('sha256').update(parts.join('\0')).digest();
  return BigInt.asIntN(64, digest.readBigUInt64BE(0)).toString();
}

export interface ThreadKeys {
  subjectKey: string;
  isReply: boolean;
  /** Whether the message says which ones it answers. */
  hasReferences: boolean;
  /** Its own id first, then those it refers to, newest first; each hashed with the base subject. */
  refs: string[];
}

/**
 * The keys by which a message finds its conversation. Two messages belong together when they share a ref.
 * The subject is part of each, so that someone who answers an old message with a new subject, to save looking
 * up an address, starts a conversation of its own (as RFC 8621 advises and Gmail does).
 */
export function threadKeys(message: { internetId: string; references: readonly string[]; subject: string }): ThreadKeys {
  const subject = baseSubject(message.subject);
  const references = message.references.filter((id) => id !== message.internetId);
  const kept = references.length > REFERENCE_LIMIT ? [references[0]!, ...references.slice(1 - REFERENCE_LIMIT)] : references;
  const ids = [...(message.internetId === '' ? [] : [message.internetId]), ...kept.reverse()];
  return {
    subjectKey: hashKey('subject', subject.text),
    isReply: subject.isReply,
    hasReferences: references.length > 0,
    refs: [...new Set(ids.map((id) => hashKey('ref', id, subject.text)))],
  };
}

/**
 * A conversation's id, made from the message that starts it, so that an index built again from nothing gives
 * the same conversations the same ids (and links to them go on working).
 */
export function conversationIdFor(accountId: string, messageKey: string): string {
  const hex = createHash('sha256').update(`conversation\0${accountId}\0${messageKey}`).digest('hex');
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
