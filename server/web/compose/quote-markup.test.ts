import { describe, expect, test } from 'vitest';
import { quoteMarkup } from './quote-markup.ts';

describe('quoteMarkup', () => {
  test.each([
    ['<p class="fixed inset-0 z-50" id="root">x</p>', '<p>x</p>'],
    ['<div style="position:absolute;top:0;left:0;color:red">x</div>', '<div style="color:red">x</div>'],
    ['<div style="margin-top:-500px;padding:4px">x</div>', '<div style="padding:4px">x</div>'],
    ['<div style="width:100vw">x</div>', '<div>x</div>'],
    ['<td style="background-image:url(eider-remote-x-0)" width="5">x</td>', '<td width="5">x</td>'],
    ['<a href="https://x.test/?a=1&amp;b=2" target="_blank">x</a>', '<a href="https://x.test/?a=1&amp;b=2" target="_blank">x</a>'],
    ['<p>say class="x" id="y" now</p>', '<p>say class="x" id="y" now</p>'],
    ['<img alt="a > b class=" src="/api/uploads/1" class="c">', '<img alt="a > b class=" src="/api/uploads/1">'],
    ['<details open=""><summary>x</summary></details>', '<details><summary>x</summary></details>'],
  ])('%s', (html, expected) => expect(quoteMarkup(html)).toBe(expected));

  test('takes linear time on hostile text', () => {
    const started = performance.now();
    quoteMarkup(`<p ${'a="b" '.repeat(50_000)}`);
    quoteMarkup('<p '.repeat(100_000));
    quoteMarkup(`<p ${'a '.repeat(20_000)}"`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
