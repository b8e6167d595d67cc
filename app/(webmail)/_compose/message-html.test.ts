// Cutting and joining the HTML of drafts.
import { describe, expect, it } from 'vitest';
import { joinHtml, roughText, splitHtml, swapSignature, withSignature } from './message-html.ts';

const quote = '<div class="eider-quote">On Friday, Ada wrote:<blockquote type="cite"><div>x</div></blockquote></div>';

describe('splitHtml', () => {
  it.each([
    ['no quotation', '<p>Hi</p>', { own: '<p>Hi</p>', quoted: '' }],
    ['with one', `<p>Hi</p>${quote}`, { own: '<p>Hi</p>', quoted: quote }],
    ['only one', quote, { own: '', quoted: quote }],
    ['several classes', '<p>a</p><div dir="ltr" class="x eider-quote y">b</div>', { own: '<p>a</p>', quoted: '<div dir="ltr" class="x eider-quote y">b</div>' }],
  ])('%s', (_name, html, expected) => {
    expect(splitHtml(html)).toEqual(expected);
    expect(joinHtml(splitHtml(html))).toBe(html);
  });
  it('is not fooled by text', () => expect(splitHtml('<p>class="eider-quote"</p>').quoted).toBe(''));
});

describe('withSignature', () => {
  it('adds it once, below an empty line', () => {
    const once = withSignature('', '<p>Alice</p>');
    expect(once).toBe('<p></p><div class="eider-signature"><p>Alice</p></div>');
    expect(withSignature(once, '<p>Alice</p>')).toBe(once);
  });
  it('adds nothing without one', () => expect(withSignature('<p>Hi</p>', '  ')).toBe('<p>Hi</p>'));
});

describe('swapSignature', () => {
  const signed = (signature: string) => `<p>Hi</p><div class="eider-signature">${signature}</div>`;
  it.each([
    ['exchanges it', signed('<p>Alice</p>'), '<p>Bob</p>', signed('<p>Bob</p>')],
    ['whatever is in it', `${signed('<div>A<div>B</div></div>')}<p>after</p>`, '<p>Bob</p>', `${signed('<p>Bob</p>')}<p>after</p>`],
    ['takes it away', signed('<p>Alice</p>'), '', '<p>Hi</p>'],
    ['adds one', '<p>Hi</p>', '<p>Bob</p>', signed('<p>Bob</p>')],
    ['ends with the text when it was never closed', '<p>Hi</p><div class="eider-signature"><p>x', '<p>Bob</p>', signed('<p>Bob</p>')],
  ])('%s', (_name, own, signature, expected) => expect(swapSignature(own, signature)).toBe(expected));
});

describe('roughText', () => {
  it('keeps words apart and decodes', () => expect(roughText('<p>a &amp; b</p><p>c<br>d</p>')).toBe('a & b\nc\nd'));
});
