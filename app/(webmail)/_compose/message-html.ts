// The HTML of a message being written: what the user edits, and the quotation that is kept as it is.

export interface WrittenHtml {
  /** For the editor. */
  own: string;
  /** The quotation's wrapper, verbatim; '' when there is none. */
  quoted: string;
}

const QUOTE_START = /<div[^>]*\bclass\s*=\s*["']?[^"'>]*\beider-quote\b/i;

/** Cuts before the quotation's wrapper. The server puts it last, so everything from there on belongs to it. */
export function splitHtml(html: string): WrittenHtml {
  const at = html.search(QUOTE_START);
  return at < 0 ? { own: html, quoted: '' } : { own: html.slice(0, at), quoted: html.slice(at) };
}

/** The inverse of splitHtml. */
export const joinHtml = ({ own, quoted }: WrittenHtml): string => own + quoted;

/** An empty paragraph to write in, and the signature below it. */
export function withSignature(own: string, signatureHtml: string): string {
  const signature = signatureHtml.trim();
  if (signature === '' || own.includes('eider-signature')) return own || '<p></p>';
  return `${own || '<p></p>'}<div class="eider-signature">${signature}</div>`;
}

const SIGNATURE_START = /<div class="eider-signature">/;

/** Puts another signature in the place of the one that is there, or at the end; '' takes it away. */
export function swapSignature(own: string, signatureHtml: string): string {
  const start = own.search(SIGNATURE_START);
  if (start < 0) return withSignature(own, signatureHtml);
  const end = endOfDiv(own, start);
  const signature = signatureHtml.trim();
  return own.slice(0, start) + (signature === '' ? '' : `<div class="eider-signature">${signature}</div>`) + own.slice(end);
}

/** Where the div that begins at `start` ends, counting those within it. */
function endOfDiv(html: string, start: number): number {
  let depth = 0;
  for (const match of html.slice(start).matchAll(/<(\/?)div\b[^>]*>/gi)) {
    depth += match[1] ? -1 : 1;
    if (depth === 0) return start + match.index + match[0].length;
  }
  return html.length;
}

const BLOCK_END = /<\/(p|div|li|h[1-6]|blockquote|tr)>|<br\s*\/?>/gi;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };

/** Text of what the user wrote, for checks only. */
export function roughText(html: string): string {
  return html
    .replace(BLOCK_END, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_whole, name: string) => ENTITIES[name] ?? '')
    .trim();
}
