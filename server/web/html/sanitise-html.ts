// Turns the HTML of a mail into HTML that runs nothing, posts nothing and fetches nothing by itself. Remote images
// and embedded parts become markers that body-document.ts fills in; the result depends on the mail alone, so that
// it can be kept. Runs in a worker thread (sanitise-worker.ts), because jsdom takes about 1 ms per KB.
import { randomBytes } from 'node:crypto';
import createDOMPurify, { type Config, type DOMPurify, type WindowLike } from 'dompurify';
import { JSDOM } from 'jsdom';
import { sanitiseStyleAttribute, sanitiseStylesheet } from './sanitise-css.ts';

export interface SanitisedHtml {
  /** Content of the body element, with markers. */
  html: string;
  /** Attributes of the mail's own body element, as text to put into the tag; '' or with a leading space. */
  bodyAttributes: string;
  css: string;
  darkCss: string;
  /** Distinguishes our markers from text of the mail that looks like one. */
  nonce: string;
  /** URLs behind the markers `eider-remote-<nonce>-<index>`. */
  remote: string[];
  /** Content-IDs (or WildDuck attachment ids as `attachment:ATT00001`) behind `eider-part-<nonce>-<index>`. */
  parts: string[];
  /** Hosts of tracking pixels, which are taken out for good. */
  trackers: string[];
  usesColours: boolean;
  hasText: boolean;
}

const TAGS = [
  'html', 'head', 'body', 'title', 'style', 'a', 'abbr', 'acronym', 'address', 'article', 'aside', 'b', 'bdi', 'bdo', 'big', 'blockquote',
  'br', 'caption', 'center', 'cite', 'code', 'col', 'colgroup', 'dd', 'del', 'details', 'dfn', 'dir', 'div', 'dl', 'dt', 'em',
  'figcaption', 'figure', 'font', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'i', 'img', 'ins', 'kbd', 'li',
  'main', 'mark', 'menu', 'nav', 'ol', 'p', 'pre', 'q', 'rp', 'rt', 'ruby', 's', 'samp', 'section', 'small', 'span', 'strike',
  'strong', 'sub', 'summary', 'sup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'time', 'tr', 'tt', 'u', 'ul', 'var', 'wbr',
];

const ATTRIBUTES = [
  'href', 'src', 'alt', 'title', 'style', 'class', 'id', 'dir', 'lang', 'width', 'height', 'align', 'valign', 'bgcolor', 'background',
  'border', 'bordercolor', 'cellpadding', 'cellspacing', 'colspan', 'rowspan', 'color', 'face', 'size', 'hspace', 'vspace', 'nowrap',
  'start', 'type', 'value', 'reversed', 'cite', 'datetime', 'span', 'scope', 'headers', 'abbr', 'text', 'link', 'open', 'compact', 'clear',
  'noshade', 'role', 'name',
];

const PURIFY: Config = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ATTRIBUTES,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  // DOMPurify holds every attribute's value against this, so it must pass anything that is no URL, and relative ones
  // (mail may have a base). Each URL is judged again, by its use, in the walk below.
  ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel|cid|attachment):|data:image\/(?:png|gif|jpe?g|webp|bmp|avif)[;,]|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
  WHOLE_DOCUMENT: true,
  RETURN_DOM: true,
  SANITIZE_DOM: true,
  KEEP_CONTENT: true,
  FORBID_CONTENTS: ['script', 'noscript', 'template', 'iframe', 'object', 'embed', 'svg', 'math', 'audio', 'video', 'textarea', 'select', 'title', 'xmp', 'noembed', 'noframes', 'plaintext'],
};

/** An embedded image this large is dropped rather than carried along in every answer. */
const MAX_DATA_URL = 1_000_000;

export type Sanitise = (html: string) => SanitisedHtml;

/** A sanitiser with its own window. Not to be used from two calls at once (it is synchronous). */
export function createSanitise(): Sanitise {
  const { window } = new JSDOM('');
  const purify = createDOMPurify(window as unknown as WindowLike);
  return (html) => sanitise(purify, window as unknown as Window, html);
}

interface Walk {
  nonce: string;
  remote: string[];
  parts: string[];
  trackers: Set<string>;
  base: string | null;
  css: string;
  darkCss: string;
  usesColours: boolean;
}

function sanitise(purify: DOMPurify, window: Window, html: string): SanitisedHtml {
  const walk: Walk = {
    nonce: randomBytes(9).toString('hex'),
    remote: [],
    parts: [],
    trackers: new Set(),
    base: /<base\b[^>]*\bhref\s*=\s*["']?(https?:\/\/[^"'\s>]+)/i.exec(html)?.[1] ?? null,
    css: '',
    darkCss: '',
    usesColours: false,
  };
  const root = purify.sanitize(html, PURIFY) as unknown as HTMLElement;
  const body = root.querySelector('body') ?? root;
  for (const element of [...root.querySelectorAll('*')]) {
    if (element.localName === 'style') cleanStyleElement(element, walk);
    else if (element.localName === 'title') element.remove();
    else cleanElement(element, walk);
  }
  foldQuote(body, window.document);
  const result = {
    html: body.innerHTML,
    bodyAttributes: attributesText(body),
    css: walk.css,
    darkCss: walk.darkCss,
    nonce: walk.nonce,
    remote: walk.remote,
    parts: walk.parts,
    trackers: [...walk.trackers],
    usesColours: walk.usesColours,
    hasText: /\S/.test(body.textContent ?? ''),
  };
  purify.removed = [];
  return result;
}

function cleanStyleElement(element: Element, walk: Walk): void {
  const sheet = sanitiseStylesheet(element.textContent ?? '', (url) => imageMarker(url, walk));
  walk.css += sheet.css;
  walk.darkCss += sheet.darkCss;
  walk.usesColours ||= sheet.usesColours;
  element.remove();
}

function cleanElement(element: Element, walk: Walk): void {
  const style = element.getAttribute('style');
  if (style !== null) {
    const clean = sanitiseStyleAttribute(style, (url) => imageMarker(url, walk));
    walk.usesColours ||= clean.usesColours;
    if (clean.css === '') element.removeAttribute('style');
    else element.setAttribute('style', clean.css);
  }
  if (element.hasAttribute('bgcolor') || element.hasAttribute('color')) walk.usesColours = true;
  for (const name of ['src', 'background'] as const) {
    const url = element.getAttribute(name);
    if (url === null) continue;
    const marker = name === 'src' && element.localName !== 'img' ? null : imageMarker(url, walk);
    if (marker === null) element.removeAttribute(name);
    else element.setAttribute(name, marker);
  }
  if (element.localName === 'img') cleanImage(element, walk);
  if (element.hasAttribute('href')) cleanLink(element, walk);
  if (element.localName !== 'a') element.removeAttribute('name');
}

/** A remote image that nobody is meant to see tells its sender that the mail was opened: out. */
function cleanImage(image: Element, walk: Walk): void {
  const source = image.getAttribute('src');
  const index = source?.startsWith(`eider-remote-${walk.nonce}-`) ? Number(source.split('-').at(-1)) : -1;
  if (index < 0) return;
  const style = image.getAttribute('style') ?? '';
  const tiny = (name: 'width' | 'height') => {
    const length = image.getAttribute(name) ?? new RegExp(`(?:^|;)(?:max-)?${name}:([^;!]+)`).exec(style)?.[1];
    return length !== undefined && /^\s*0*[0-2]?(?:\.\d+)?\s*(?:px)?\s*$/.test(length);
  };
  const hidden = /(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:;|$))/.test(style);
  if (!hidden && !(tiny('width') && tiny('height'))) {
    image.setAttribute('loading', 'lazy');
    image.setAttribute('decoding', 'async');
    return;
  }
  const host = hostOf(walk.remote[index] ?? '');
  if (host) walk.trackers.add(host);
  image.remove();
}

function cleanLink(element: Element, walk: Walk): void {
  const href = (element.getAttribute('href') ?? '').trim();
  if (element.localName !== 'a') {
    element.removeAttribute('href');
    return;
  }
  if (href.startsWith('#')) return;
  const target = /^(?:mailto|tel):/i.test(href) ? href : absolute(href, walk.base);
  if (target === null) {
    element.removeAttribute('href');
    return;
  }
  element.setAttribute('href', target);
  element.setAttribute('target', '_blank');
  element.setAttribute('rel', 'noopener noreferrer nofollow');
}

/** The marker (or the data: URL) that stands for an image, or null when it cannot be shown. */
function imageMarker(url: string, walk: Walk): string | null {
  const trimmed = url.trim();
  if (/^data:image\/(?:png|gif|jpe?g|webp|bmp|avif)[;,]/i.test(trimmed)) return trimmed.length > MAX_DATA_URL ? null : trimmed;
  const part = /^cid:(.+)$/is.exec(trimmed)?.[1] ?? /^attachment:[A-Z0-9]+$/i.exec(trimmed)?.[0];
  if (part !== undefined) return `eider-part-${walk.nonce}-${indexIn(walk.parts, part)}`;
  const target = absolute(trimmed, walk.base);
  return target === null ? null : `eider-remote-${walk.nonce}-${indexIn(walk.remote, target)}`;
}

function indexIn(list: string[], value: string): number {
  const found = list.indexOf(value);
  return found >= 0 ? found : list.push(value) - 1;
}

/** An http(s) URL, absolute, or null. Without a base, only absolute and scheme-relative ones mean something. */
function absolute(href: string, base: string | null): string | null {
  try {
    const url = href.startsWith('//') ? new URL(`https:${href}`) : base === null ? new URL(href) : new URL(href, base);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** Marks of quoted mail that clients put around it when answering. */
const QUOTE = '.gmail_quote, .eider-quote, blockquote[type="cite"], .moz-cite-prefix + blockquote, .protonmail_quote, .yahoo_quoted';

/** Folds the first quote when text of the mail's own stands before it and little after. No script: a details element. */
function foldQuote(body: Element, document: Document): void {
  const quote = body.querySelector(QUOTE);
  const parent = quote?.parentNode;
  if (!quote || !parent || quote.closest('details, table')) return;
  const whole = (body.textContent ?? '').trim();
  const quoted = (quote.textContent ?? '').trim();
  const before = whole.indexOf(quoted.slice(0, 60));
  if (quoted === '' || before <= 0 || whole.length - before - quoted.length > 400) return;
  const details = document.createElement('details');
  details.className = 'eider-fold';
  const summary = document.createElement('summary');
  summary.textContent = '•••';
  summary.title = 'Quoted text';
  parent.replaceChild(details, quote);
  details.append(summary, quote);
}

function attributesText(body: Element): string {
  const kept = ['style', 'class', 'id', 'dir', 'lang', 'bgcolor', 'background', 'text'];
  return kept
    .map((name) => {
      const value = body.getAttribute(name);
      return value === null ? '' : ` ${name}="${value.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')}"`;
    })
    .join('');
}
