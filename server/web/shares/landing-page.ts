// The page behind a link, for people without an account: what the file is, who shared it, and one link to it. A document
// of its own without scripts, under a policy of its own. Whose link it is says what the file is called: all is escaped.
import { createHash } from 'node:crypto';
import type { OfferedFile } from '../../files/share.store.ts';
import { LANGUAGES } from '../contract/languages.ts';
import { escapeHtml } from '../html/text-to-html.ts';
import type { PickedLanguage } from '../language/pick-language.ts';
import { LANDING_TEXTS } from './landing-texts.ts';

const STYLE = `
:root { color-scheme: light dark; font: 400 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(oklch(0.966 0.006 205), oklch(0.172 0.012 222)); color: light-dark(oklch(0.235 0.022 222), oklch(0.945 0.006 210)); }
main { box-sizing: border-box; width: min(28rem, calc(100vw - 2rem)); margin: 1rem; padding: 2rem; border-radius: 1rem; background: light-dark(oklch(1 0 0), oklch(0.208 0.013 222)); border: 1px solid light-dark(oklch(0.918 0.006 210), oklch(0.285 0.013 222)); }
h1 { margin: 0 0 .25rem; font-size: 1.25rem; line-height: 1.3; overflow-wrap: anywhere; }
p { margin: .25rem 0; color: light-dark(oklch(0.415 0.02 222), oklch(0.79 0.012 210)); overflow-wrap: anywhere; }
.scan { margin-top: 1rem; font-size: .875rem; }
a { display: inline-block; margin-top: 1.5rem; padding: .625rem 1.25rem; border-radius: .5rem; font-weight: 600; text-decoration: none; background: light-dark(oklch(0.475 0.088 208), oklch(0.79 0.095 202)); color: light-dark(oklch(1 0 0), oklch(0.2 0.03 215)); }
a:hover { background: light-dark(oklch(0.415 0.08 210), oklch(0.85 0.085 200)); }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
`;

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-downloads`;

function page(status: number, language: PickedLanguage, title: string, body: string): Response {
  const html = `<!DOCTYPE html><html lang="${language.tag}" dir="${LANGUAGES[language.tag].direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY, 'x-robots-tag': 'noindex', vary: 'accept-language' },
  });
}

/** @param href where the bytes are */
export function landingPage(file: OfferedFile, href: string, language: PickedLanguage): Response {
  const text = LANDING_TEXTS[language.tag];
  const who = file.ownerName === '' ? file.ownerAddress : `${file.ownerName} (${file.ownerAddress})`;
  const until = new Intl.DateTimeFormat(language.locale, { dateStyle: 'long', timeZone: 'UTC' }).format(file.expiresAt);
  return page(
    200,
    language,
    file.filename,
    `<h1 dir="auto">${escapeHtml(file.filename)}</h1><p>${escapeHtml(sizeText(file.sizeBytes, language.locale))}</p>` +
      `<p><bdi>${escapeHtml(text.sharedBy(who))}</bdi></p><p>${escapeHtml(text.until(until))}</p>` +
      `<p class="scan">${escapeHtml(file.scan === 'clean' ? text.clean : text.unscanned)}</p>` +
      `<a href="${escapeHtml(href)}" rel="nofollow">${escapeHtml(text.download)}</a>`,
  );
}

/** The same for a link that has ended, was taken back, or never was one. */
export function endedPage(language: PickedLanguage): Response {
  const text = LANDING_TEXTS[language.tag];
  return page(404, language, text.ended, `<h1>${escapeHtml(text.ended)}</h1><p>${escapeHtml(text.endedHint)}</p>`);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

function sizeText(bytes: number, locale: string): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat(locale, { style: 'unit', unit: UNITS[step]!, maximumFractionDigits: step === 0 ? 0 : 1 }).format(bytes / 1000 ** step);
}
