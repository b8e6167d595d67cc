// The words of an HTML message, for the index and the snippet. One pass, no tree: general converters take
// milliseconds per newsletter, and a rebuild reads hundreds of thousands. Not for showing: see server/web for that.
import { decodeHTML } from 'entities';

/** Elements whose content is not text that anybody reads. */
const SKIPPED = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'object', 'svg', 'select']);
/** Elements within a line; every other tag separates words. */
const INLINE = new Set([
  'a', 'abbr', 'b', 'bdi', 'bdo', 'big', 'cite', 'code', 'del', 'em', 'font', 'i', 'ins', 'kbd', 'mark', 'q', 's', 'samp',
  'small', 'span', 'strike', 'strong', 'sub', 'sup', 'tt', 'u', 'var', 'wbr', 'o:p',
]);
const HIDDEN = /\bhidden\b|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|mso-hide\s*:\s*all/i;
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);

/**
 * Visible text of an HTML document, blocks separated by newlines, white space collapsed. Broken markup gives
 * what can be had of it. The preheader that mailers hide at the top is left out: it is padded with invisible
 * characters and repeats the subject.
 * @param limit stops once this many characters of text are found
 */
export function htmlToText(html: string, limit = 262_144): string {
  let text = '';
  let position = 0;
  // Names of elements that turned out never to close: looking again for each would take quadratic time.
  const unclosed = new Set<string>();
  while (position < html.length && text.length < limit) {
    const open = html.indexOf('<', position);
    if (open === -1) {
      text += html.slice(position);
      break;
    }
    if (open > position) text += html.slice(position, open);
    const tag = readTag(html, open);
    if (tag === null) {
      text += '<';
      position = open + 1;
      continue;
    }
    position = tag.end;
    if (tag.name === '') continue;
    if (!tag.closing && !unclosed.has(tag.name) && isUnseen(tag)) position = skipElement(html, tag, unclosed);
    if (!INLINE.has(tag.name)) text += '\n';
    else if (tag.name === 'wbr') continue;
  }
  return collapse(text.includes('&') ? decodeHTML(text) : text).slice(0, limit);
}

interface Tag {
  /** Lower case; empty for comments, declarations and processing instructions. */
  name: string;
  closing: boolean;
  attributes: string;
  /** Position after the tag. */
  end: number;
}

/** Reads the tag at `open`, or null when this is a plain `<`. */
function readTag(html: string, open: number): Tag | null {
  if (html.startsWith('<!--', open)) {
    const end = html.indexOf('-->', open + 4);
    return { name: '', closing: false, attributes: '', end: end === -1 ? html.length : end + 3 };
  }
  const next = html.charCodeAt(open + 1);
  if (next === 0x21 || next === 0x3f) {
    const end = html.indexOf('>', open);
    return { name: '', closing: false, attributes: '', end: end === -1 ? html.length : end + 1 };
  }
  const closing = next === 0x2f;
  let cursor = open + (closing ? 2 : 1);
  if (!isLetter(html.charCodeAt(cursor))) return null;
  const nameStart = cursor;
  while (cursor < html.length && isNameCharacter(html.charCodeAt(cursor))) cursor++;
  const name = html.slice(nameStart, cursor).toLowerCase();
  const end = tagEnd(html, cursor);
  return { name, closing, attributes: html.slice(cursor, end - 1), end };
}

/** The position after the `>` that ends a tag; quoted `>` do not. */
function tagEnd(html: string, from: number): number {
  let quote = 0;
  for (let cursor = from; cursor < html.length; cursor++) {
    const code = html.charCodeAt(cursor);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x3e) return cursor + 1;
    else if ((code === 0x22 || code === 0x27) && html.charCodeAt(cursor - 1) === 0x3d) quote = code;
  }
  // An unclosed quote must not swallow the rest of the message.
  const plain = html.indexOf('>', from);
  return plain === -1 ? html.length : plain + 1;
}

function isUnseen(tag: Tag): boolean {
  if (SKIPPED.has(tag.name)) return true;
  return tag.attributes.length > 6 && !VOID.has(tag.name) && HIDDEN.test(styleAndHidden(tag.attributes));
}

/** Only `style` and a bare `hidden` count; a class or a link with such a word does not. */
function styleAndHidden(attributes: string): string {
  const style = /\bstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/i.exec(attributes)?.[1] ?? '';
  return /(?:^|\s)hidden(?:\s|=|\/|$)/i.test(attributes.replace(/("[^"]*"|'[^']*')/g, '')) ? `hidden ${style}` : style;
}

/** The position after an element's end tag, nested elements of the same name counted. */
function skipElement(html: string, tag: Tag, unclosed: Set<string>): number {
  if (VOID.has(tag.name)) return tag.end;
  const pattern = new RegExp(`<(/?)${tag.name.replace(/[^a-z0-9]/g, '\\$&')}(?=[\\s/>])`, 'gi');
  pattern.lastIndex = tag.end;
  let depth = 1;
  for (let match = pattern.exec(html); match; match = pattern.exec(html)) {
    depth += match[1] === '/' ? -1 : 1;
    if (depth === 0) return tagEnd(html, pattern.lastIndex);
  }
  unclosed.add(tag.name);
  // Never closed: what follows is better shown than lost, unless it is code.
  return tag.name === 'script' || tag.name === 'style' ? html.length : tag.end;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isNameCharacter(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x3a || code === 0x5f;
}

/** Spaces to one, blank lines to none, soft hyphens and zero-width characters out. */
function collapse(text: string): string {
  return text
    .replace(/[\u00ad\u034f\u200b-\u200f\u2060\ufeff]+/g, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\s]*/g, '\n')
    .trim();
}
