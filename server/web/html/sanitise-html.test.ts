import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { htmlDocument } from './body-document.ts';
import { createSanitise } from './sanitise-html.ts';

const sanitise = createSanitise();
const shown = (html: string, images = false) =>
  htmlDocument(sanitise(html), {
    theme: 'light',
    images,
    proxyUrl: (url) => `/api/images?u=${Buffer.from(url).toString('base64url')}`,
    partUrl: (part) => `/api/emails/1.1/attachments/${part.replace(/[^A-Za-z0-9]/g, '')}`,
  });

/** What could run, post, fetch or leave the frame in a finished document. */
function dangers(document: string): string[] {
  const { window } = new JSDOM(document);
  const found: string[] = [];
  for (const element of window.document.querySelectorAll('*')) {
    const name = element.localName;
    if (/^(script|iframe|frame|object|embed|applet|form|input|button|textarea|select|link|base|svg|math|video|audio|source|template|portal|foreignobject)$/.test(name)) found.push(name);
    if (name === 'meta' && element.getAttribute('http-equiv') !== null) found.push('meta http-equiv');
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute) || /^(srcdoc|formaction|action|srcset|ping|xlink:href|poster|data)$/i.test(attribute)) found.push(`${name}[${attribute}]`);
      if (/^\s*(javascript|vbscript|data:text|file|blob):?/i.test(value) && /^(href|src|background|cite)$/i.test(attribute)) found.push(`${name}[${attribute}=${value.slice(0, 30)}]`);
      if (/^(src|background)$/i.test(attribute) && !/^(data:image\/(?!svg)|\/api\/)/i.test(value)) found.push(`${name}[${attribute}=${value.slice(0, 40)}]`);
      if (attribute === 'href' && !/^(https?:|mailto:|tel:|#)/i.test(value)) found.push(`href=${value.slice(0, 40)}`);
      if (attribute === 'style') found.push(...cssDangers(value));
    }
    if (name === 'style') found.push(...cssDangers(element.textContent ?? ''));
  }
  return found;
}

function cssDangers(css: string): string[] {
  const found = [];
  if (/expression\s*\(|-moz-binding|behavior\s*:|@import|@font-face|javascript:/i.test(css)) found.push(`css ${css.slice(0, 60)}`);
  for (const [url] of css.matchAll(/url\([^)]*\)/gi)) if (!/url\(["']?(?:data:image\/(?!svg)|\/api\/)/i.test(url)) found.push(url);
  if (/position\s*:\s*(?:fixed|sticky)/i.test(css)) found.push('fixed position');
  return found;
}

const HOSTILE = [
  '<script>alert(1)</script><p>x</p>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<form action="https://evil.example"><input name=a><button formaction="javascript:alert(1)">go</button></form>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<iframe src="https://evil.example"></iframe><object data="x"></object><embed src="y">',
  '<base href="javascript:alert(1)//"><a href="x">x</a>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<link rel=stylesheet href="https://evil.example/a.css">',
  '<style>@import "https://evil.example/a.css"; p{background:url(https://evil.example/p.png)}</style><p>x</p>',
  '<style>@font-face{font-family:a;src:url(https://evil.example/f)}</style><p>x</p>',
  '<p style="background:url(\'https://evil.example/p.png\')">x</p>',
  '<p style="background:image-set(\'https://evil.example/p.png\' 1x)">x</p>',
  '<p style="background:u\\72l(https://evil.example/p.png)">x</p>',
  '<p style="--a:url(https://evil.example/p.png);background:var(--a)">x</p>',
  '<div style="position:fixed;top:0;left:0;width:100%;height:100%">x</div>',
  '<div style="position:\\66ixed">x</div>',
  '<img src="https://evil.example/a.png" srcset="https://evil.example/b.png 2x">',
  '<picture><source srcset="https://evil.example/a.webp"><img src="https://evil.example/a.png"></picture>',
  '<table background="https://evil.example/a.png"><tr><td>x</td></tr></table>',
  '<video poster="https://evil.example/a.png" src="https://evil.example/v.mp4"></video>',
  '<p style="color:red;}</style><script>alert(1)</script>">x</p>',
  '<style>p{content:"</style><script>alert(1)</script>"}</style><p>x</p>',
  '<body onload=alert(1) background="https://evil.example/a.png"><p>x</p></body>',
  '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<a href="https://ok.example" target="_self" ping="https://evil.example">x</a>',
  '<x-custom onclick=alert(1)>text</x-custom>',
  '<b style="cursor:url(https://evil.example/c.cur),auto;list-style:url(https://evil.example/l.png)">x</b>',
];

describe('hostile HTML', () => {
  test.each(HOSTILE)('%s', (html) => {
    expect(dangers(shown(html))).toEqual([]);
    expect(dangers(shown(html, true))).toEqual([]);
    expect(shown(html)).not.toContain('evil.example/');
  });

  test('the check itself sees what it should', () => {
    for (const html of ['<img src=x onerror=1>', '<form></form>', '<p style="background:url(https://e.example/x)">', '<a href="javascript:1">']) {
      expect(dangers(html).length, html).toBeGreaterThan(0);
    }
  });
});

const CORPUS = join(import.meta.dirname, '../../../../shared/corpora/html-xss');

describe.skipIf(!existsSync(CORPUS))('published payloads', () => {
  const payloads = ['dompurify.json', 'h5sc.json'].flatMap(
    (file) => (existsSync(CORPUS) ? (JSON.parse(readFileSync(join(CORPUS, file), 'utf8')) as { id: string; payload: string }[]) : []),
  );
  test('there are payloads', () => expect(payloads.length).toBeGreaterThan(100));
  test.each(payloads)('$id', ({ payload }) => {
    expect(dangers(shown(payload))).toEqual([]);
    expect(dangers(shown(payload, true))).toEqual([]);
  });
});

describe('honest HTML', () => {
  test('keeps structure, styles and links', () => {
    const result = sanitise('<table width="600" cellpadding="0"><tr><td align="center" style="padding:10px;color:#333" bgcolor="#fff"><a href="https://shop.example/x?a=1&amp;b=2">Buy</a></td></tr></table>');
    expect(result.html).toContain('width="600"');
    expect(result.html).toContain('style="padding:10px;color:#333"');
    expect(result.html).toContain('href="https://shop.example/x?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow"');
    expect(result.usesColours).toBe(true);
  });

  test('remote images become proxied ones when allowed, blank ones when not', () => {
    const html = '<img src="https://cdn.example/hero.png" width="600" height="200" alt="Hero">';
    expect(shown(html, true)).toContain(`/api/images?u=${Buffer.from('https://cdn.example/hero.png').toString('base64url')}`);
    expect(shown(html)).toContain('src="data:image/gif;base64,');
    expect(shown(html)).not.toContain('cdn.example');
    expect(sanitise(html).remote).toEqual(['https://cdn.example/hero.png']);
  });

  test('embedded parts point at the message', () => {
    expect(shown('<img src="cid:logo@x">')).toContain('/api/emails/1.1/attachments/logox');
    expect(sanitise('<img src="attachment:ATT00001">').parts).toEqual(['attachment:ATT00001']);
  });

  test.each([
    ['<img src="https://t.example/o.gif" width="1" height="1">', ['t.example']],
    ['<img src="https://t.example/o.gif" style="display:none">', ['t.example']],
    ['<img src="https://t.example/o.gif" style="width:1px;height:1px">', ['t.example']],
    ['<img src="https://cdn.example/line.gif" width="600" height="1">', []],
    ['<img src="https://cdn.example/hero.png">', []],
  ])('tracking pixels are named and taken out: %s', (html, trackers) => {
    const result = sanitise(html);
    expect(result.trackers).toEqual(trackers);
    expect(shown(html, true).includes('/api/images')).toBe(trackers.length === 0);
  });

  test('text that looks like a marker stays text', () => {
    const html = '<p>eider-remote-abc-0 eider-part-abc-0</p><img src="https://cdn.example/a.png">';
    expect(shown(html, true)).toContain('<p>eider-remote-abc-0 eider-part-abc-0</p>');
  });

  test('dark style sheets apply in dark mode only', () => {
    const result = sanitise('<style>p{color:#111}@media (prefers-color-scheme: dark){p{color:#eee}}@media (max-width:600px){p{width:100%}}</style><p>x</p>');
    expect(result.css).toBe('p{color:#111}@media (max-width:600px){p{width:100%}}');
    expect(result.darkCss).toBe('p{color:#eee}');
  });

  test('a trailing quote is folded, one that is answered inline is not', () => {
    const quote = '<div class="gmail_quote">On Monday, Bob wrote:<blockquote>Lunch?</blockquote></div>';
    expect(sanitise(`<p>Yes, gladly.</p>${quote}`).html).toContain('<details class="eider-fold">');
    expect(sanitise(quote).html).not.toContain('<details');
    expect(sanitise(`${quote}<p>${'An answer below the quote. '.repeat(30)}</p>`).html).not.toContain('<details');
  });

  test('relative links mean something only with a base', () => {
    expect(sanitise('<a href="/offer">x</a>').html).toBe('<a>x</a>');
    expect(sanitise('<base href="https://shop.example/"><a href="/offer">x</a>').html).toContain('href="https://shop.example/offer"');
  });
});

describe('broken HTML', () => {
  test.each(['', '<', '<<<>>>', '</div></div>', '<p'.repeat(2000), '<div>'.repeat(3000) + 'deep', '\u0000<p>x\u0000</p>', '<table><tr><p>a<td>b'])(
    'gives something and never throws (%#)',
    (html) => expect(dangers(shown(html))).toEqual([]),
    60_000,
  );
});
