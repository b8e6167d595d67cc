// mbox files of the programs that people come from, and back.
import { describe, expect, test } from 'vitest';
import { contentHash, messageFacts } from './message-facts.ts';
import { readMbox } from './read-mbox.ts';
import { takeStatusHeaders, type MailState } from './status-headers.ts';
import { mboxEntry } from './write-mbox.ts';

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function read(text: string | Buffer, { offset = 0, size = 7, maxBytes = 1_000_000 } = {}) {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text, 'latin1');
  const found = [];
  for await (const message of readMbox(inPieces(bytes.subarray(offset), size), offset, maxBytes)) found.push(message);
  return found;
}
const texts = async (...input: Parameters<typeof read>) => (await read(...input)).map(({ raw }) => raw?.toString('latin1') ?? null);

const STATE: MailState = { seen: true, starred: true, answered: true, draft: false, forwarded: true, expunged: false, keywords: ['$label1', 'work'], labels: [] };

describe('reading', () => {
  test.each([1, 7, 100_000])('entries in pieces of %i bytes', async (size) => {
    const file = 'From a@x Thu Jan  1 00:00:01 2026\nSubject: one\n\nbody\n>From here\n>>From there\n\nFrom b@x Fri Jan  2 00:00:00 2026\nSubject: two\n\nFrom nowhere in particular\n\nFrom me to you\nlast\n';
    const found = await read(file, { size });
    expect(found.map(({ raw }) => raw!.toString())).toEqual([
      'Subject: one\r\n\r\nbody\r\nFrom here\r\n>From there\r\n',
      'Subject: two\r\n\r\nFrom nowhere in particular\r\n\r\nFrom me to you\r\nlast\r\n',
    ]);
    expect(found.map(({ date }) => date?.toISOString())).toEqual(['2026-01-01T00:00:01.000Z', '2026-01-02T00:00:00.000Z']);
    expect(await texts(file, { offset: found[0]!.nextOffset })).toEqual([found[1]!.raw!.toString()]);
  });

  test.each([
    ['Thunderbird', 'From - Sat Oct 10 10:10:10 2020', '2020-10-10T10:10:10.000Z'],
    ['Google Takeout', 'From 1678@xxx Sat Oct 10 10:10:10 +0200 2020', '2020-10-10T08:10:10.000Z'],
    ['a quoted sender', 'From "a b"@x Sat Oct 10 10:10:10 2020', '2020-10-10T10:10:10.000Z'],
    ['a zone by name', 'From a@x Sat Oct 10 10:10 UTC 2020', '2020-10-10T10:10:00.000Z'],
  ])('the separating line of %s', async (_name, line, date) => expect((await read(`${line}\nSubject: x\n\nx\n`))[0]!.date?.toISOString()).toBe(date));

  test('a single message, with either line end, and whatever is no message', async () => {
    expect(await texts('Subject: x\r\n\r\nFrom here\r\n>From there')).toEqual(['Subject: x\r\n\r\nFrom here\r\n>From there']);
    expect(await texts('Subject: x\n\nline\n')).toEqual(['Subject: x\r\n\r\nline\r\n']);
    expect(await texts('')).toEqual([]);
    expect(await texts('\n\n\n')).toEqual([]);
  });

  test('one that is too large is passed over, and the next one found', async () => {
    const file = `From a@x Thu Jan  1 00:00:01 2026\nSubject: big\n\n${'x'.repeat(500)}\n\nFrom a@x Thu Jan  1 00:00:01 2026\nSubject: small\n\nx\n`;
    expect(await texts(file, { maxBytes: 200 })).toEqual([null, 'Subject: small\r\n\r\nx\r\n']);
  });
});

describe('status', () => {
  const state = (...lines: string[]) => takeStatusHeaders(Buffer.from(`Subject: x\r\n${lines.map((line) => `${line}\r\n`).join('')}To: y\r\n\r\nStatus: not mine\r\n`));

  test.each([
    ['mutt, read and answered', ['Status: RO', 'X-Status: AF'], { seen: true, answered: true, starred: true }],
    ['mutt, not read', ['Status: O'], { seen: false, answered: false }],
    ['Thunderbird, read, replied, starred, tagged', ['X-Mozilla-Status: 0007', 'X-Mozilla-Status2: 00000000', 'X-Mozilla-Keys: $label1 work'], { seen: true, answered: true, starred: true, keywords: ['$label1', 'work'] }],
    ['Thunderbird, removed', ['X-Mozilla-Status: 0009'], { seen: true, expunged: true }],
    ['Google Takeout', ['X-Gmail-Labels: Inbox,Unread,Starred,Boats'], { seen: false, starred: true, labels: ['Inbox', 'Unread', 'Starred', 'Boats'] }],
    ['keywords', ['X-Keywords: a,b $Forwarded NonJunk'], { keywords: ['a', 'b'], forwarded: true }],
  ])('%s', (_name, lines, expected) => {
    const split = state(...lines);
    expect(split.state).toMatchObject(expected);
    expect(split.raw.toString()).toBe('Subject: x\r\nTo: y\r\n\r\nStatus: not mine\r\n');
  });

  test('a file that says nothing of it', () => expect(state().state).toBeNull());
});

test.each([
  ['plain', 'Subject: x\r\nFrom: a@b\r\n\r\nhello\r\n'],
  ['lines that look like separators', 'Subject: x\r\n\r\nFrom a@x Thu Jan  1 00:00:01 2026\r\n>From b\r\n\r\nFrom c@x Thu Jan  1 00:00:01 2026\r\n'],
  ['no body', 'Subject: x\r\n'],
  ['no head', '\r\nbody\r\n'],
  ['eight bits', 'Subject: x\r\n\r\n\xe4\xf6\xfc\x80\r\n'],
])('what is written is read as it was: %s', async (_name, text) => {
  const raw = Buffer.from(text, 'latin1');
  const date = new Date('2026-02-03T04:05:06Z');
  const file = Buffer.concat([mboxEntry(raw, { sender: 'a@x', date, state: STATE }), mboxEntry(Buffer.from('Subject: next\r\n\r\nx\r\n'), { sender: 'bad sender', date, state: { ...STATE, seen: false, keywords: [] } })]);
  const [first, second] = await read(file);
  const back = takeStatusHeaders(first!.raw!);
  expect([contentHash(back.raw), first!.date, back.state]).toEqual([contentHash(raw), date, STATE]);
  expect(takeStatusHeaders(second!.raw!)).toMatchObject({ state: { seen: false, keywords: [] } });
  expect(file.includes('\r')).toBe(false);
});

test.each([
  ['the newest Received line', 'Received: from a\r\n by b; Tue, 3 Feb 2026 04:05:06 +0000 (UTC)\r\nReceived: x; Mon, 2 Feb 2026 00:00:00 +0000\r\nDate: Sun, 1 Feb 2026 00:00:00 +0000', '2026-02-03T04:05:06.000Z'],
  ['Date where nothing was received', 'Date: Sun, 1 Feb 2026 00:00:00 +0100', '2026-01-31T23:00:00.000Z'],
  ['nothing that can be', 'Date: Sun, 1 Feb 2099 00:00:00 +0000', undefined],
  ['nothing at all', 'Subject: x', undefined],
])('when it arrived: %s', (_name, head, date) => {
  const facts = messageFacts(Buffer.from(`${head}\r\nMessage-Id:\r\n <a@b>\r\n\r\nDate: Sun, 1 Feb 2026 00:00:00 +0000\r\n`), new Date('2026-03-01'));
  expect([facts.date?.toISOString(), facts.internetId]).toEqual([date, 'a@b']);
});

test('one content has one hash, whatever its line ends', () => {
  expect(contentHash(Buffer.from('a\r\nb\r\n\r\n'))).toBe(contentHash(Buffer.from('a\nb')));
  expect(contentHash(Buffer.from('a\nb'))).not.toBe(contentHash(Buffer.from('a\n\nb')));
});
