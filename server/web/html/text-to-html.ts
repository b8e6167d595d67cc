// Plain text as HTML: escaped, links made clickable, quotes by depth and folded at the end. Pure and linear in time.

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** No nested repetition: time stays linear on hostile text. */
const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'`\u0000-\u001f]{1,2000}|\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}\.[A-Za-z]{2,24}\b/g;

/** One line: escaped, with addresses as links. */
export function linkify(text: string): string {
  let html = '';
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const found = trimLink(match[0]);
    const href = linkTarget(found);
    if (href === null) continue;
    html += escapeHtml(text.slice(end, match.index));
    html += `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer nofollow">${escapeHtml(found)}</a>`;
    end = match.index + found.length;
  }
  return html + escapeHtml(text.slice(end));
}

/** Punctuation that ends the sentence, not the link; a closing bracket only without its opening one. */
function trimLink(link: string): string {
  let text = link.replace(/[.,;:!?]+$/, '');
  while (text.endsWith(')') && !text.includes('(')) text = text.slice(0, -1);
  return text.replace(/[.,;:!?]+$/, '');
}

function linkTarget(text: string): string | null {
  if (text.includes('@') && !/^(?:https?:\/\/|www\.)/i.test(text)) return `mailto:${text}`;
  const url = /^www\./i.test(text) ? `https://${text}` : text;
  return URL.canParse(url) ? new URL(url).href : null;
}

/**
 * The body of a plain-text message. `format=flowed` is joined by the mail store already. Quoted lines become nested
 * blockquotes; a quote that ends the message is folded.
 */
export function textToHtml(text: string): string {
  const blocks = quoteBlocks(text.replace(/\r\n?/g, '\n').replace(/\u0000/g, '\ufffd'));
  const last = blocks.at(-1);
  const foldLast = blocks.length > 1 && last !== undefined && last.depth > 0;
  return blocks
    .map((block, index) => {
      const inner = block.lines.map(linkify).join('\n');
      if (block.depth === 0) return `<div class="eider-text">${inner}</div>`;
      const quote = '<blockquote class="eider-text" type="cite">'.repeat(block.depth) + inner + '</blockquote>'.repeat(block.depth);
      const folded = foldLast && index === blocks.length - 1;
      return folded ? `<details class="eider-fold"><summary title="Quoted text">•••</summary>${quote}</details>` : quote;
    })
    .join('');
}

interface Block {
  depth: number;
  lines: string[];
}

const MAX_DEPTH = 6;

function quoteBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const mark = /^(?:> ?){1,50}/.exec(line)?.[0] ?? '';
    const depth = Math.min(MAX_DEPTH, mark.split('>').length - 1);
    const last = blocks.at(-1);
    if (last && last.depth === depth) last.lines.push(line.slice(mark.length));
    else blocks.push({ depth, lines: [line.slice(mark.length)] });
  }
  return blocks.filter((block, index) => index === 0 || block.lines.some((line) => line.trim() !== ''));
}
