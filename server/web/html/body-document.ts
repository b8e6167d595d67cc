// The document that a mail's iframe shows: our head and base styles around sanitised content, markers filled in.
// Its Content-Security-Policy allows no script from anywhere, so that the sanitiser is the first of three locks
// (the iframe's sandbox is the third).
import type { SanitisedHtml } from './sanitise-html.ts';
import { textToHtml } from './text-to-html.ts';

export type Theme = 'light' | 'dark';

export interface BodyChoices {
  theme: Theme;
  /** Whether remote images may load. */
  images: boolean;
  /** Say that the end of the message is missing. */
  clipped?: boolean;
  /** The proxied address of a remote image. */
  proxyUrl: (url: string) => string;
  /** The address of an embedded part, by Content-ID or attachment id; null when the message has no such part. */
  partUrl: (part: string) => string | null;
}

/**
 * `allow-same-origin` gives the parent page a look at the document, to measure its height; without `allow-scripts`
 * nothing in the document can look back. See docs/decisions/0020-mail-body-document.md.
 */
export const BODY_SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';

/** Headers of the document. `'self'` for images: embedded parts and the proxy. */
export const BODY_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    `sandbox ${BODY_SANDBOX}`,
    "default-src 'none'",
    "img-src 'self' data:",
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; '),
  'x-frame-options': 'SAMEORIGIN',
  'cache-control': 'private, no-store',
} as const;

const CLIPPED = '<p class="eider-clipped">This message is very large; its end is not shown here. Download the original to read all of it.</p>';

const BLANK = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

const BASE_CSS = `
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
html,body{margin:0;height:auto!important;min-height:0!important;position:static!important}
body{padding:4px 0 8px;font:15px/1.55 Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1f2328;overflow-wrap:anywhere;overflow-x:auto;overflow-y:hidden}
img{max-width:100%;border:0}
img:not([height]):not([style*="height"]){height:auto}
table{max-width:100%}
pre,.eider-text{white-space:pre-wrap;overflow-wrap:anywhere}
pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
a{color:#1a5fd0}
blockquote[type=cite],.eider-fold>blockquote{margin:8px 0 8px 0;padding-left:12px;border-left:2px solid #c9ced6;color:#57606a}
.eider-fold{margin:8px 0}
.eider-fold>summary{display:inline-block;list-style:none;cursor:pointer;padding:0 10px;border-radius:8px;background:#eaecef;color:#57606a;font:12px/18px system-ui,sans-serif;letter-spacing:1px;user-select:none}
.eider-fold>summary::-webkit-details-marker{display:none}
.eider-fold>summary:focus-visible{outline:2px solid #1a5fd0;outline-offset:2px}
.eider-clipped{margin-top:16px;padding:8px 12px;border-radius:8px;background:#eaecef;color:#57606a;font:13px/1.5 system-ui,sans-serif}
@media print{.eider-fold>summary{display:none}}
`;

/** Mail without colours of its own, or with a dark style sheet, is simply shown dark. */
const DARK_CSS = `
html{color-scheme:dark}
body{color:#e6e8eb}
a{color:#8ab4f8}
blockquote[type=cite],.eider-fold>blockquote{border-left-color:#4a515c;color:#a6adb8}
.eider-fold>summary{background:#2d333b;color:#a6adb8}
`;

/**
 * Mail with colours made for white paper is inverted, hues and pictures kept. On the body, not on the root: what a
 * root paints as the canvas is not filtered.
 */
const INVERTED_CSS = `
html{background:#141414}
body{background-color:#fff;filter:invert(.92) hue-rotate(180deg)}
img{filter:invert(1) hue-rotate(180deg)}
`;

/** The document for an HTML message. */
export function htmlDocument(mail: SanitisedHtml, choices: BodyChoices): string {
  const dark = choices.theme === 'dark';
  const ownDark = mail.darkCss !== '';
  const themeCss = !dark ? '' : ownDark || !mail.usesColours ? DARK_CSS : INVERTED_CSS;
  const css = fill(`${mail.css}${dark ? mail.darkCss : ''}`, mail, choices);
  const body = fill(mail.html, mail, choices);
  const attributes = fill(mail.bodyAttributes, mail, choices);
  return frame(`${BASE_CSS}${themeCss}`, css, attributes, choices.clipped ? `${body}${CLIPPED}` : body);
}

/** The document for a plain-text message. */
export function textDocument(text: string, theme: Theme): string {
  return frame(`${BASE_CSS}${theme === 'dark' ? DARK_CSS : ''}`, '', '', textToHtml(text));
}

function frame(baseCss: string, mailCss: string, bodyAttributes: string, body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width"><title>Message</title><style>${baseCss}</style><style>${mailCss}</style></head><body${bodyAttributes}>${body}</body></html>`;
}

/** Replaces markers by addresses. Those contain neither quotes, ampersands nor brackets, so they fit anywhere. */
function fill(text: string, mail: SanitisedHtml, choices: BodyChoices): string {
  return text.replace(new RegExp(`eider-(remote|part)-${mail.nonce}-(\\d+)`, 'g'), (_marker, kind: string, index: string) => {
    if (kind === 'part') return choices.partUrl(mail.parts[Number(index)] ?? '') ?? BLANK;
    const url = mail.remote[Number(index)];
    return choices.images && url !== undefined ? choices.proxyUrl(url) : BLANK;
  });
}
