import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { attachedUploadIds, buildMime, htmlToPlainText, inlineUploadIds, type MimeInput } from './build-mime.ts';

const ID = '0190a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b';
const input = (over: Partial<MimeInput>): MimeInput => ({
  from: { name: 'Alice Ünï', address: 'alice@eider.test' },
  recipients: { to: [{ name: 'Bob', address: 'bob@x.test' }], cc: [], bcc: [{ name: '', address: 'hidden@x.test' }] },
  subject: 'Größe\r\nX-Evil: 1',
  html: null,
  text: 'Hello',
  attachments: [],
  inline: [],
  messageId: '<1@eider.test>',
  date: new Date('2026-11-22T03:00:00Z'),
  inReplyTo: null,
  references: [],
  ...over,
});

describe('buildMime', () => {
  test('what is written comes out again', async () => {
    const raw = await buildMime(
      input({
        html: `<p>Hi <img src="/api/uploads/${ID}"></p>`,
        text: null,
        inline: [{ id: ID, filename: 'a.png', contentType: 'image/png', content: Buffer.from('png') }],
        attachments: [{ id: 'x', filename: 'Übersicht.pdf', contentType: 'application/pdf', content: Buffer.from('pdf') }],
        inReplyTo: '<0@x.test>',
        references: ['<00@x.test>', '<0@x.test>'],
      }),
    );
    const parsed = await PostalMime.parse(raw);
    expect(parsed.subject).toBe('Größe X-Evil: 1');
    expect(parsed.from).toEqual({ name: 'Alice Ünï', address: 'alice@eider.test' });
    expect(parsed.html).toContain(`src="cid:${ID}@eider.test"`);
    expect(parsed.text?.trim()).toBe('Hi');
    expect(parsed.attachments.map((part) => [part.filename, part.mimeType, part.disposition, part.contentId])).toEqual([
      ['a.png', 'image/png', 'inline', `<${ID}@eider.test>`],
      ['Übersicht.pdf', 'application/pdf', 'attachment', undefined],
    ]);
    expect(parsed.inReplyTo).toBe('<0@x.test>');
    expect(parsed.references).toBe('<00@x.test> <0@x.test>');
    expect(parsed.messageId).toBe('<1@eider.test>');
    // For the Sent copy; the queue drops it from what leaves.
    expect(parsed.bcc).toEqual([{ name: '', address: 'hidden@x.test' }]);
  });

  test('no header can be added from a subject, a name or a file name', async () => {
    const raw = (
      await buildMime(
        input({
          from: { name: 'A\r\nX-Evil: 1', address: 'alice@eider.test' },
          attachments: [{ id: 'x', filename: 'a\r\nX-Evil: 1.txt', contentType: 'text/plain', content: Buffer.from('x') }],
        }),
      )
    ).toString('latin1');
    expect(raw).not.toMatch(/^X-Evil/m);
  });

  test('line ends are CRLF only, lines stay within 998 octets', async () => {
    const raw = (await buildMime(input({ html: `<p>${'x'.repeat(5000)}</p>\n<p>ü</p>`, text: null }))).toString('latin1');
    expect(raw.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
  });

  test('paths and addresses in what users write are never read', async () => {
    const raw = (await buildMime(input({ html: '<img src="file:///etc/passwd"><img src="/etc/passwd">', text: null }))).toString();
    expect(raw).not.toContain('root:');
  });
});

test('inlineUploadIds finds each upload once', () => {
  expect(inlineUploadIds(`<img src="/api/uploads/${ID}"><img src='/api/uploads/${ID.toUpperCase()}'><img src="/api/uploads/nope">`)).toEqual([ID]);
  expect(inlineUploadIds(null)).toEqual([]);
});

test.each([
  ['<p>One</p><p>Two <b>bold</b></p>', 'One\n\nTwo bold'],
  ['<a href="https://x.test">https://x.test</a>', 'https://x.test'],
  ['<a href="https://x.test">here</a>', 'here <https://x.test>'],
  ['<h1>Title</h1><ul><li>a</li><li>b</li></ul>', 'Title\n\n * a\n * b'],
  ['<img src="x" alt="logo">text', 'text'],
])('htmlToPlainText(%s)', (html, text) => expect(htmlToPlainText(html)).toBe(text));

test('the text sets the signature off as other programs expect it', () => {
  expect(htmlToPlainText('<p>Hello</p><div class="eider-signature"><p>Ada</p><p>Example Ltd</p></div>')).toBe('Hello\n\n-- \nAda\n\nExample Ltd');
});

test('an image that the text shows is not attached as well', () => {
  const other = ID.replace('0190', '0191');
  expect(attachedUploadIds({ html: `<img src="/api/uploads/${ID}">`, attachments: [ID.toUpperCase(), other] })).toEqual([other]);
  expect(attachedUploadIds({ html: null, attachments: [ID, other] })).toEqual([ID, other]);
});

test('a linked file has a frame of its own in HTML, and its address in the text', async () => {
  const html = '<p>Hello</p><div class="eider-file"><p><a href="https://x.test/f/abc">film.mp4</a></p><p>120 MB, available until Friday</p></div>';
  expect(htmlToPlainText(html)).toBe('Hello\n\nfilm.mp4 <https://x.test/f/abc>\n\n120 MB, available until Friday');
  expect((await buildMime(input({ html, text: null }))).toString().replace(/=\r\n/g, '')).toContain('<div class=3D"eider-file" style=3D"margin');
});
