// The block for a linked file.
import { describe, expect, it } from 'vitest';
import { fileLinkHtml, withFileLink } from './file-link.ts';

describe('a linked file', () => {
  const block = fileLinkHtml({ url: 'https://x.test/f/abc', filename: '<b>"a"&.zip' }, '1 GB, until 4 December');

  it('shows its name as text', () => expect(block).toBe('<div class="eider-file"><p><a href="https://x.test/f/abc">&lt;b&gt;&quot;a&quot;&amp;.zip</a></p><p>1 GB, until 4 December</p></div>'));
  it.each([
    ['<p>Hello</p>', `<p>Hello</p>${block}`],
    ['<p>Hello</p><div class="eider-signature"><p>A</p></div>', `<p>Hello</p>${block}<div class="eider-signature"><p>A</p></div>`],
  ])('stands behind %s', (own, expected) => expect(withFileLink(own, block)).toBe(expected));
});
