import { isAscii } from 'node:buffer';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { toSevenBit } from './seven-bit.ts';

const crlf = (text: string, encoding: BufferEncoding = 'utf8'): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'), encoding);

function converted(message: Buffer): Buffer {
  const result = toSevenBit(message);
  if (result.kind !== 'converted') throw new Error(result.reason);
  expect(isAscii(result.content)).toBe(true);
  for (const line of result.content.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
  return result.content;
}

const HEAD = 'From: a@x.example\nSubject: s\nMIME-Version: 1.0\n';
const photo = Buffer.from(Array.from({ length: 500 }, (_, n) => n % 256));

describe('what a reader gets is the same', () => {
  test.each<[name: string, message: Buffer]>([
    ['a text', crlf(`${HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße, = and a blank at the end \n${'lang und länger '.repeat(20)}\n.\n..\n`)],
    ['a text in few ASCII letters', crlf(`${HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${'Привет, как дела? '.repeat(40)}\n`)],
    ['Latin-1', crlf(`${HEAD}Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe\n`, 'latin1')],
    ['no MIME at all', crlf('From: a@x.example\nSubject: s\n\nGrüße\n')],
    ['alternatives within a mixed, with a preamble', crlf(`${HEAD}Content-Type: multipart/mixed; boundary="o u"\nContent-Transfer-Encoding: 8bit\n\nprëamble\n--o u\nContent-Type: multipart/alternative; boundary=in\n\n--in\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n--in\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>Grüße</p>\n--in--\n--o u\nContent-Type: text/plain\n\nplain\n--o u--\nepilögue\n`)],
    ['an attachment in 8 bits', Buffer.concat([crlf(`${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhi\n--b\nContent-Type: image/x; name=p\nContent-Disposition: attachment; filename=p\nContent-Transfer-Encoding: 8bit\n\n`), photo, crlf('\n--b--\n')])],
    ['a forwarded message', crlf(`${HEAD}Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nFrom: b@x.example\nSubject: t\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n`)],
    ['a multipart that never ends', crlf(`${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n`)],
  ])('%s', async (_name, message) => {
    const [before, after] = await Promise.all([PostalMime.parse(message), PostalMime.parse(converted(message))]);
    // The reader adds a line end to parts that are not encoded.
    const plain = (text: string | undefined): string | undefined => text?.trimEnd().replaceAll(/\n+/g, '\n');
    expect(plain(after.text)).toBe(plain(before.text));
    expect(plain(after.html)).toBe(plain(before.html));
    const contents = (mail: typeof before, convert: boolean): string[] =>
      mail.attachments.map(({ mimeType, content }) => {
        const octets = Buffer.from(content as ArrayBuffer);
        return (convert && mimeType === 'message/rfc822' ? converted(octets) : octets).toString('latin1').replace(/\n$/, '');
      });
    expect(contents(after, false)).toEqual(contents(before, true));
  });
});

test('nothing to convert: the same bytes', () => {
  const message = crlf(`${HEAD}\nplain\n`);
  expect(toSevenBit(message)).toEqual({ kind: 'converted', content: message });
});

test.each<[name: string, message: Buffer, reason: RegExp]>([
  ['a header in 8 bits', crlf('From: a@x.example\nSubject: Grüße\n\nGrüße\n'), /header/],
  ['signed', crlf(`${HEAD}Content-Type: multipart/signed; boundary=b\n\n--b\n\nGrüße\n--b--\n`), /signature/],
  ['no boundary', crlf(`${HEAD}Content-Type: multipart/mixed\n\nGrüße\n`), /boundary/],
  ['a piece of a message', crlf(`${HEAD}Content-Type: message/partial; id=1; number=1\n\nGrüße\n`), /message\/partial/],
])('%s cannot be converted', (_name, message, reason) => expect(toSevenBit(message)).toMatchObject({ kind: 'impossible', reason: expect.stringMatching(reason) }));
