// The words of a report for people: its text parts without the message that it returns. Where the returned
// message begins is a table, since reporters without MIME just append it.
import { REPORT_LIMITS } from './limits.ts';
import type { MimeMessage, MimePart } from './mime-parts.ts';
import { isReply } from './notice-sender.ts';

/** A line that one of these matches is the first of the returned message, or announces it. */
const RETURNED_BEGINS: readonly RegExp[] = [
  /^-{2,}\s?(?:this is a copy of|the following is|here is|below this line|enclosed|the header|original|returned|undelivered|unsent|start of|message (?:header|text|body))/i,
  /^-{3,} ?.{0,60}(?:original|returned|copy of (?:the|your)|unsent|message header|header of|message text|undelivered)[^-]{0,60}-*$/i,
  /^\s{0,8}-{3,}\s+(?:unsent message follows|original message follows|returned message follows|message header follows|original message)/i,
  /^\s*(?:below is a copy of|a copy of the|included is a copy of|the (?:first|following) \d* ?(?:lines|text|is).{0,30}(?:original|header|message)|original (?:message|mail) (?:follows|as follows|attached)|original message (?:headers?|text)|message hops|(?:cabe[^ ]{1,6}alhos originais da mensagem|oorspronkelijke berichtkoppen)|message headers? follow|your (?:original )?message (?:reads|text|begins|headers?|follows)|the message headers?|copy of your message|returned message|headers? of the (?:original|message)|received headers|unsent message|content of the original|here (?:is|are) (?:the|your).{0,40}(?:message|header))\b.{0,60}[:.]?\s*$/i,
  /^\*{3,} ?.{0,40}(?:original|message text|header|returned).{0,40}$/i,
  /^={3,}.{0,40}(?:original|message|header|returned).{0,40}$/i,
  /^\s*(?:Return-Path|X-Envelope-From|DKIM-Signature|Received|Delivered-To)\s?: ?\S/i,
];

const RETURNED_TYPES = /^(?:message\/|text\/rfc822-?headers?$)/;

export interface ReportText {
  /** What the reporter wrote, LF line ends, bounded. */
  text: string;
  /** The returned message or its header where the text itself carries it, or empty. */
  returned: string;
}

/** Reads what a report says in words. Attachments, and parts that are messages, are left out. */
export function reportText(message: MimeMessage): ReportText {
  const wordy = message.parts.filter((part) => part.type.startsWith('text/') && !RETURNED_TYPES.test(part.type) && !isAttachment(part));
  const plain = wordy.filter(({ type }) => type === 'text/plain');
  const chosen = plain.some((part) => part.text().trim() !== '') ? plain : wordy;
  const whole = chosen.map((part) => (part.type === 'text/html' ? withoutMarkup(part.text()) : part.text())).join('\n');
  const text = whole.slice(0, REPORT_LIMITS.textOctets);
  return cutReturned(isReply(message) ? withoutQuotes(text) : unquote(text));
}

function isAttachment(part: MimePart): boolean {
  const disposition = part.headers.find(({ name }) => name.toLowerCase() === 'content-disposition')?.value ?? '';
  return /^\s*attachment/i.test(disposition) && part.fileName !== null;
}

function cutReturned(text: string): ReportText {
  const lines = text.split('\n');
  let spoken = false;
  for (const [index, line] of lines.entries()) {
    if (spoken && line.length < 400 && RETURNED_BEGINS.some((pattern) => pattern.test(line))) {
      const header = lines.findIndex((candidate, at) => at >= index && /^\s*[A-Za-z][A-Za-z0-9-]{1,40}\s?:/.test(candidate));
      return { text: lines.slice(0, index).join('\n'), returned: header < 0 ? '' : withoutIndent(lines.slice(header)) };
    }
    if (/\S/.test(line)) spoken = true;
  }
  return { text, returned: '' };
}

/** Some set the returned message in; its own folded lines stay folded. */
function withoutIndent(lines: string[]): string {
  const indent = /^[ \t]*/.exec(lines[0]!)![0];
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n');
}

/** A report that somebody forwarded: its lines stand behind `>`. */
function unquote(text: string): string {
  const lines = text.split('\n');
  const quoted = lines.filter((line) => /^> ?/.test(line)).length;
  if (quoted < 5 || quoted < lines.length / 3) return text;
  return lines.map((line) => line.replace(/^> ?/, '')).join('\n');
}

/** What an answer quotes is not its writer's; a transcript, which has its own marks, stays. */
function withoutQuotes(text: string): string {
  return text.replace(/^>(?!>>).*$/gm, '');
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: ' ', apos: "'" };

function withoutMarkup(html: string): string {
  return html
    .replace(/<(style|script)\b[^>]{0,500}>[^]{0,50000}?<\/\1>/gi, ' ')
    .replace(/<(?:br|\/p|\/div|\/tr|\/h\d|\/li)\b[^>]{0,200}>/gi, '\n')
    .replace(/<[a-z/!][^<>]{0,2000}>/gi, ' ')
    .replace(/[ \t]{2,}/g, ' ')
    .replace(/&(lt|gt|amp|quot|nbsp|apos);/g, (_, name: string) => ENTITIES[name]!)
    .replace(/&#(\d{2,6});/g, (_, code: string) => (Number(code) < 0x110000 ? String.fromCodePoint(Number(code)) : ' '));
}
