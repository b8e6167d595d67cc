// Quotations as they really end messages, and links as they really stand in text.
import { describe, expect, it } from 'vitest';
import { linkify, splitQuoted } from './quoted-text.ts';

describe('splitQuoted', () => {
  it.each([
    ['none', 'Hello\nthere\n', { body: 'Hello\nthere', quoted: '' }],
    ['with an introduction', 'Yes!\n\nOn Fri, 20 Nov 2026 at 10:00, Ada wrote:\n> Shall we?\n> \n> A.', { body: 'Yes!', quoted: 'On Fri, 20 Nov 2026 at 10:00, Ada wrote:\n> Shall we?\n> \n> A.' }],
    ['introduction over two lines', 'Yes!\n\nOn Fri, 20 Nov 2026 at 10:00, Ada Lovelace\n<ada@example.com> wrote:\n> Shall we?', { body: 'Yes!', quoted: 'On Fri, 20 Nov 2026 at 10:00, Ada Lovelace\n<ada@example.com> wrote:\n> Shall we?' }],
    ['without one', 'Yes!\n> Shall we?', { body: 'Yes!', quoted: '> Shall we?' }],
    ['German', 'Ja\n\nAm 20.11.2026 um 10:00 schrieb Ada:\n> Gehen wir?', { body: 'Ja', quoted: 'Am 20.11.2026 um 10:00 schrieb Ada:\n> Gehen wir?' }],
    ['Outlook', 'Ok\n\n-----Original Message-----\nFrom: Ada', { body: 'Ok', quoted: '-----Original Message-----\nFrom: Ada' }],
    ['CRLF', 'Yes\r\n> No\r\n', { body: 'Yes', quoted: '> No' }],
  ])('%s', (_name, text, expected) => expect(splitQuoted(text)).toEqual(expected));

  it('keeps answers in between together', () => {
    const text = '> Shall we?\nYes\n> When?\nNow';
    expect(splitQuoted(text)).toEqual({ body: text, quoted: '' });
  });
  it('shows a message that only quotes', () => {
    expect(splitQuoted('> a\n> b')).toEqual({ body: '> a\n> b', quoted: '' });
  });
});

describe('linkify', () => {
  const links = (text: string) => linkify(text).filter((segment) => segment.kind === 'link').map((segment) => segment.href);
  it.each([
    ['See https://example.com/a?b=c#d.', ['https://example.com/a?b=c#d']],
    ['(https://example.com/x_(y))', ['https://example.com/x_(y)']],
    ['www.example.com, mail ada@example.com!', ['https://www.example.com', 'mailto:ada@example.com']],
    ['<https://example.com>', ['https://example.com']],
    ['javascript:alert(1) data:text/html,x', []],
  ])('%s', (text, expected) => expect(links(text)).toEqual(expected));
  it('loses no text', () => {
    const text = 'a https://example.com/, b ada@example.com c';
    expect(linkify(text).map((segment) => segment.text).join('')).toBe(text);
  });
});
