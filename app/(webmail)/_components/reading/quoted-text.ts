// Plain text of a message: what was written and what was only quoted, and the links in it.

export interface SplitText {
  body: string;
  /** The trailing quotation with its introducing line, or '' when there is none. */
  quoted: string;
}

/** Lines that begin an earlier message, as the common programs write them. */
const INTRO = /^(On\b.{6,200}\bwrote:|Am\b.{6,200}\bschrieb.{0,80}:|Le\b.{6,200}\ba écrit\s?:|El\b.{6,200}\bescribió:|-{2,}\s?(Original|Forwarded) Message\s?-{2,}|_{20,})\s*$/i;

/**
 * Splits off the quotation at the end. Text below a quotation (answers in between) keeps everything together, and
 * so does a message that is nothing but quotation.
 */
export function splitQuoted(text: string): SplitText {
  const lines = text.replace(/\r\n?/g, '\n').trimEnd().split('\n');
  let at = lines.length;
  while (at > 0 && (/^\s*>/.test(lines[at - 1]!) || lines[at - 1]!.trim() === '')) at -= 1;
  const firstQuote = lines.findIndex((line, index) => index >= at && /^\s*>/.test(line));
  let start = firstQuote < 0 ? -1 : at;
  if (start > 0 && INTRO.test(lines[start - 1]!.trim())) start -= 1;
  else if (start > 1 && INTRO.test(`${lines[start - 2]!.trim()} ${lines[start - 1]!.trim()}`)) start -= 2;
  else if (start < 0) start = lines.findIndex((line) => /^-{2,}\s?(Original|Forwarded) Message\s?-{2,}\s*$/i.test(line.trim()) || /^_{20,}\s*$/.test(line.trim()));
  if (start <= 0) return { body: text.trimEnd(), quoted: '' };
  const body = lines.slice(0, start).join('\n').trimEnd();
  return body === '' ? { body: text.trimEnd(), quoted: '' } : { body, quoted: lines.slice(start).join('\n').trim() };
}

export type Segment = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

const LINK = /\b(?:https?:\/\/[^\s<>"']+|mailto:[^\s<>"']+|www\.[a-z0-9-]+\.[^\s<>"']+)|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;

/** Drops what ends the sentence rather than the address, keeping brackets that were opened within it. */
function trimLink(found: string): string {
  let link = found.replace(/[.,;:!?'"»”]+$/, '');
  while (/[)\]]$/.test(link)) {
    const close = link.at(-1)!;
    const openers = link.split(close === ')' ? '(' : '[').length;
    const closers = link.split(close).length;
    if (closers <= openers) break;
    link = link.slice(0, -1).replace(/[.,;:!?]+$/, '');
  }
  return link;
}

/** Text cut at its web and mail addresses. Only http, https and mailto become links. */
export function linkify(text: string): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimLink(match[0]);
    if (link === '') continue;
    if (match.index > from) segments.push({ kind: 'text', text: text.slice(from, match.index) });
    const href = /^(https?|mailto):/i.test(link) ? link : link.includes('@') ? `mailto:${link}` : `https://${link}`;
    segments.push({ kind: 'link', text: link, href });
    from = match.index + link.length;
  }
  if (from < text.length) segments.push({ kind: 'text', text: text.slice(from) });
  return segments;
}
