// From a stored message to what the index keeps: snippet, words, facts. Pure.
import type { StoredMessage, StoredState } from '../infra/wildduck/store.ts';
import { htmlToText } from './html-text.ts';
import { messageTerms, TEXT_LIMIT } from './search-terms.ts';
import type { ItemState, MessageContent } from './types.ts';

const SNIPPET_LENGTH = 180;
/** Lists longer than this are kept in part: a row is for showing; the reader has them all. */
const PERSON_LIMIT = 50;

/** Keywords that mail programs keep for themselves; people never chose them as labels. */
const CLIENT_KEYWORDS = new Set([
  '$forwarded', 'forwarded', '$mdnsent', 'mdnsent', '$submitted', '$submitpending', '$junk', 'junk', '$notjunk', 'notjunk',
  'nonjunk', '$nonjunk', '$phishing', '$hasattachment', '$hasnoattachment', '$seen', '$deleted', '$x-me-annot-2',
  '$ismailinglist', '$istrusted', '$ismaskedemail', '$new', '$memo', '$hasmemo', '$autosent', '$unsubscribed',
  '$canunsubscribe', '$imported', '$notify', '$muted', '$followed', 'receipthandled', '$ready', 'redirected', '$completed',
]);

/** The labels among a message's IMAP flags, in a stable order, without repeats in other letter case. */
export function labelsOf(flags: readonly string[]): string[] {
  const labels = new Map<string, string>();
  for (const flag of flags) {
    const name = flag.trim();
    const key = name.toLowerCase();
    if (name === '' || name.startsWith('\\') || name.length > 100 || CLIENT_KEYWORDS.has(key)) continue;
    if (!labels.has(key)) labels.set(key, name);
  }
  return [...labels.values()].sort();
}

/** What the index keeps of a message's state in a mailbox. */
export function toItemState(folderId: string, state: StoredState): ItemState {
  const flags = new Set(state.flags.map((flag) => flag.toLowerCase()));
  return {
    folderId,
    uid: state.uid,
    messageKey: state.messageKey,
    receivedAt: state.receivedAt,
    modseq: state.modseq,
    unread: !flags.has('\\seen'),
    starred: flags.has('\\flagged'),
    draft: flags.has('\\draft'),
    answered: flags.has('\\answered'),
    forwarded: flags.has('$forwarded'),
    deleted: flags.has('\\deleted'),
    labels: labelsOf(state.flags),
  };
}

/**
 * What the index keeps of a message's content. Words come from the plain text and from the HTML: newsletters
 * have a plain part that says no more than "see it in your browser".
 */
export function toContent(message: StoredMessage): MessageContent {
  const fromHtml = message.html.length > 0 ? htmlToText(message.html.join('\n'), TEXT_LIMIT) : '';
  const hasAttachment = message.attachments.some((file) => !file.related);
  const from = message.from[0] ?? { name: '', address: '' };
  return {
    messageKey: message.messageKey,
    internetId: message.internetId.slice(0, 1000),
    references: message.references,
    subject: message.subject.slice(0, 1000),
    from,
    replyTo: message.replyTo.slice(0, PERSON_LIMIT),
    to: message.to.slice(0, PERSON_LIMIT),
    cc: message.cc.slice(0, PERSON_LIMIT),
    bcc: message.bcc.slice(0, PERSON_LIMIT),
    listId: message.listId,
    snippet: chooseSnippet(message.text, fromHtml),
    sizeBytes: message.sizeBytes,
    hasAttachment,
    sentAt: message.sentAt,
    receivedAt: message.receivedAt,
    terms: messageTerms({
      subject: message.subject,
      from: message.from,
      to: message.to,
      cc: message.cc,
      bcc: message.bcc,
      filenames: message.attachments.filter((file) => !file.related).map((file) => file.filename),
      listId: message.listId,
      hasAttachment,
      sizeBytes: message.sizeBytes,
      bodies: sameWords(message.text, fromHtml) ? [message.text] : [message.text, fromHtml],
    }),
  };
}

/** The start of a text for a list row: quotes, rules and links out, white space to single spaces. */
export function makeSnippet(text: string): string {
  const start = text
    .slice(0, 2000)
    .replace(/^[^\S\n]*>.*$/gm, ' ')
    .replace(/^[^\S\n]*([-_=*#~])\1{2,}[^\S\n]*$/gm, ' ')
    .replace(/\[(?:cid|image|attachment):[^\]]*\]/gi, ' ')
    .replace(/<?https?:\/\/[^\s>]+>?/g, ' ')
    .replace(/[\u00ad\u034f\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (start.length <= SNIPPET_LENGTH) return start;
  const cut = start.slice(0, SNIPPET_LENGTH);
  const space = cut.lastIndexOf(' ');
  // Never ends within a surrogate pair: scripts without spaces are cut between characters.
  return space > SNIPPET_LENGTH / 2 ? cut.slice(0, space) : [...cut].slice(0, -1).join('');
}

/** From the plain text, unless that only says that the reader's program shows no HTML. */
function chooseSnippet(text: string, fromHtml: string): string {
  const fromText = makeSnippet(text);
  return fromHtml === '' || fromText.length >= 40 ? fromText : makeSnippet(fromHtml);
}

/** Whether the HTML is the text in other clothes, so that its words need not be indexed again. */
function sameWords(text: string, fromHtml: string): boolean {
  if (fromHtml === '') return true;
  if (text.length < fromHtml.length * 0.6) return false;
  const squash = (value: string) => value.slice(0, 1000).replace(/[^\p{L}\p{N}]+/gu, '').slice(0, 300);
  return squash(text) === squash(fromHtml);
}
