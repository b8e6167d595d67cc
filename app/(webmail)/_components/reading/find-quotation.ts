// Finds the quotation at the end of an HTML message by the marks that mail programs leave.

const MARKS = [
  '.gmail_quote',
  '.gmail_quote_container',
  '.yahoo_quoted',
  '.protonmail_quote',
  '.moz-cite-prefix + blockquote',
  'blockquote[type="cite"]',
  'blockquote.eider-quote',
  '.eider-quote',
  '#divRplyFwdMsg',
  '#appendonsend',
].join(',');

/**
 * The outermost marked element after which nothing is said any more, or null. A message that is nothing but its
 * quotation is left as it is.
 */
export function findQuotation(body: HTMLElement): HTMLElement | null {
  const said = (body.textContent ?? '').trim();
  for (const found of body.querySelectorAll<HTMLElement>(MARKS)) {
    const after = textAfter(found, body);
    if (after.trim() !== '') continue;
    const quoted = (found.textContent ?? '').trim();
    if (quoted === '' || said.length - quoted.length < 2) return null;
    return found;
  }
  return null;
}

function textAfter(element: HTMLElement, root: HTMLElement): string {
  let text = '';
  for (let node: Node | null = element; node && node !== root; node = node.parentNode) {
    for (let next = node.nextSibling; next; next = next.nextSibling) text += next.textContent ?? '';
  }
  return text;
}
