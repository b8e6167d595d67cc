// Types by content: what names and declarations claim does not matter where bytes can tell.
import { describe, expect, test } from 'vitest';
import { contentTypeOf } from './content-type.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6360000000020001e221bc330000000049454e44ae426082', 'hex');
const exe = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)]);
const text = (words: string) => Buffer.from(words);

describe('contentTypeOf', () => {
  test.each<[string, string, Buffer, string]>([
    ['a picture that says it is text', 'text/plain', png, 'image/png'],
    ['a program that says it is a picture', 'image/png', exe, 'application/x-msdownload'],
    ['text that says it is a picture', 'image/png', text('hello'), 'text/plain'],
    ['text that says it is a PDF', 'application/pdf', text('hello'), 'text/plain'],
    ['a PDF that says nothing', '', text('%PDF-1.7\n1 0 obj'), 'application/pdf'],
    ['a table of values', 'text/csv; charset=utf-8', text('a,b\n1,2\n'), 'text/csv'],
    ['a page', 'text/html', text('<p>hello'), 'text/html'],
    ['a drawing', 'image/svg+xml', text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    ['XML of no named kind', '', text('<?xml version="1.0"?><a/>'), 'application/xml'],
    ['bytes that are nothing known', 'text/csv', Buffer.from([0, 1, 2, 255, 254]), 'application/octet-stream'],
    ['bytes that say they are a document of a program', 'application/msword', Buffer.from([1, 2, 3, 0, 0]), 'application/octet-stream'],
    ['a character cut at the end', 'text/plain', text('größe').subarray(0, 4), 'text/plain'],
    ['nothing', '', Buffer.alloc(0), 'text/plain'],
    ['a type that is no type', 'te xt/<x>', text('x'), 'text/plain'],
  ])('%s', async (_, declared, head, expected) => {
    expect(await contentTypeOf(declared, head)).toBe(expected);
  });
});
