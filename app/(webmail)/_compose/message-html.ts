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
