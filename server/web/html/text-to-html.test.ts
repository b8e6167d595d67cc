import { describe, expect, test } from 'vitest';
import { escapeHtml, linkify, textToHtml } from './text-to-html.ts';

const link = (href: string, text = href) => `<a href="${href}" target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;

describe('linkify', () => {
  test.each([
    ['see https://example.com/a?b=1&c=2.', `see ${link('https://example.com/a?b=1&amp;c=2')}.`],
    ['(https://example.com/)', `(${link('https://example.com/')})`],
    ['https://en.wikipedia.org/wiki/Eider_(duck)', link('https://en.wikipedia.org/wiki/Eider_(duck)')],
    ['www.example.com', link('https://www.example.com/', 'www.example.com')],
    ['write to bob@example.com, please', `write to ${link('mailto:bob@example.com', 'bob@example.com')}, please`],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['<script>', '&lt;script&gt;'],
    ['https://e.example/"onmouseover="x', `${link('https://e.example/')}&quot;onmouseover=&quot;x`],
  ])('%s', (text, html) => expect(linkify(text)).toBe(html));

  test('takes linear time on hostile text', () => {
    const started = performance.now();
    linkify('a@'.repeat(200_000));
    linkify('www.'.repeat(100_000));
    linkify('https://' + '('.repeat(300_000));
    // Quadratic behaviour would take minutes; the bound is generous on purpose.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('textToHtml', () => {
  test('escapes everything', () => {
    expect(textToHtml('<img src=x onerror=alert(1)> & "quotes"')).toBe(
      '<div class="eider-text">&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot;</div>',
    );
    expect(escapeHtml(`'`)).toBe('&#39;');
  });
  test('quotes become blockquotes, the last one folded', () => {
    const html = textToHtml('Yes.\n\n> Lunch?\n>> Dinner?');
    expect(html).toContain('<div class="eider-text">Yes.\n</div>');
    expect(html).toContain('<blockquote class="eider-text" type="cite">Lunch?</blockquote>');
    expect(html).toMatch(/<details class="eider-fold">.*Dinner\?<\/blockquote><\/blockquote><\/details>$/);
  });
  test('a message that is only a quote is not folded', () => {
    expect(textToHtml('> Lunch?')).not.toContain('<details');
  });
  test('line ends and NUL are tamed', () => {
    expect(textToHtml('a\r\nb\rc\u0000')).toBe('<div class="eider-text">a\nb\nc\ufffd</div>');
  });
});
