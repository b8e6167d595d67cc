// HTML as mail programs and newsletters write it, and as nobody should.
import { describe, expect, test } from 'vitest';
import { htmlToText } from './html-text.ts';

describe('text of HTML', () => {
  test.each([
    ['blocks and spaces', '<p>One   two</p>\n<div>three<br>four</div>', 'One two\nthree\nfour'],
    ['inline elements do not cut words', 'H<b>ell</b>o <i>you</i>', 'Hello you'],
    ['table cells do', '<table><tr><td>a</td><td>b</td></tr></table>', 'a\nb'],
    ['entities', '&lt;tag&gt; &amp; caf&eacute; &#8364;&#x41; &nosuch;', '<tag> & café €A &nosuch;'],
    ['code and styles', '<style>p{color:red}</style><script>if (a < b) alert("</p>")</script>seen', 'seen'],
    ['head and comments', '<head><title>T</title></head><!-- a > b --><!doctype html>body', 'body'],
    ['conditional comments', '<!--[if mso]>outlook<![endif]-->rest', 'rest'],
    ['hidden preheader', '<div style="display:none;max-height:0">peek&zwnj;&nbsp;</div><p>real</p>', 'real'],
    ['nested in a hidden element', '<div hidden><div>in</div>still</div>out', 'out'],
    ['hidden as a class name shows', '<p class="hidden-sm">shown</p>', 'shown'],
    ['zero font size hides, small ones do not', '<span style="font-size:0">x</span><span style="font-size:0.8em">y</span>', 'y'],
    ['invisible characters', 'a\u00ad\u200bb', 'ab'],
    ['a lone less-than', '1 < 2 and <3', '1 < 2 and <3'],
    ['greater-than in quotes', '<a title="a > b">link</a>', 'link'],
    ['unclosed tag at the end', 'text <a href="x', 'text'],
    ['unclosed quote loses one tag only', '<a href="x>first</a> <b>second</b>', 'first second'],
    ['unclosed comment', 'before<!-- never ends', 'before'],
    ['unclosed hidden element', '<div style="display:none">shown after all', 'shown after all'],
    ['upper case', '<P>A</P><STYLE>x</STYLE>', 'A'],
    ['no markup', 'plain', 'plain'],
    ['nothing', '', ''],
  ])('%s', (_, html, expected) => {
    expect(htmlToText(html)).toBe(expected);
  });

  test('stops at the limit', () => {
    expect(htmlToText('<p>word </p>'.repeat(1000), 100).length).toBeLessThanOrEqual(100);
  });

  // Each of these takes minutes when some step is quadratic; the test run's own limit would end them.
  test.each([
    ['hidden elements that never close', '<div hidden>'.repeat(60_000)],
    ['quotes that never close', `<a x="`.repeat(100_000)],
    ['comments that never close', '<!--'.repeat(150_000)],
    ['open tags', '<'.repeat(600_000)],
    ['nested hidden elements', '<div hidden>'.repeat(30_000) + '</div>'.repeat(30_000)],
    ['spaces', ' '.repeat(600_000)],
    ['newlines and spaces', '\n '.repeat(300_000)],
  ])('a large message of %s', (_, html) => {
    expect(htmlToText(html).length).toBeLessThanOrEqual(262_144);
  });
});
