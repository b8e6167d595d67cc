// Reports come from anyone: whatever the bytes are, the reader gives an answer, soon.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseReport } from './parse-report.ts';

const folder = new URL('./testdata/', import.meta.url);
const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Record<string, { recipients: { permanent: boolean }[] }>;
const samples = readdirSync(folder).filter((name) => name.endsWith('.eml')).map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) }));

/** A fixed sequence, so that a failure can be found again (Park and Miller's generator). */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe('damaged reports', () => {
  test.each(samples)('$name cut at many places', ({ bytes }) => {
    for (let end = 0; end < bytes.length; end += 1 + Math.floor(bytes.length / 12)) expect(parseReport(bytes.subarray(0, end))).toHaveProperty('kind');
  });

  test.each(samples)('$name with bytes changed, doubled and lost', ({ bytes, name }) => {
    const next = sequence(name.length + bytes.length);
    for (let round = 0; round < 8; round++) {
      const damaged = Buffer.from(bytes);
      for (let count = 0; count < 1 + next(20); count++) damaged[next(damaged.length)] = next(256);
      const from = next(bytes.length);
      const piece = damaged.subarray(from, from + next(200));
      expect(parseReport(Buffer.concat([damaged.subarray(0, from), piece, piece, damaged.subarray(from + next(100))]))).toHaveProperty('kind');
    }
  });
});

/** What is lost may be what spared the address: a piece of a report condemns nobody that the whole one spares. */
describe('damage makes no address dead', () => {
  const sparing = samples.filter(({ name }) => expected[name.replace('.eml', '')]!.recipients.every(({ permanent }) => !permanent));
  const dead = (bytes: Buffer): string[] => parseReport(bytes).recipients.filter(({ permanent }) => permanent).map(({ recipient, diagnostic }) => `${recipient}: ${diagnostic}`);

  test.each(sparing)('$name', ({ bytes }) => {
    for (let end = 0; end < bytes.length; end += 1 + Math.floor(bytes.length / 60)) expect(dead(bytes.subarray(0, end)), `cut at ${end}`).toEqual([]);
    for (let start = 0; start < bytes.length; start += 1 + Math.floor(bytes.length / 60)) expect(dead(bytes.subarray(start)), `from ${start}`).toEqual([]);
    for (const [find, put] of [[/\r?\n/g, '\r\n'], [/\r?\n/g, '\r']] as const) expect(dead(Buffer.from(bytes.toString('latin1').replace(find, put), 'latin1')), `${find} for ${JSON.stringify(put)}`).toEqual([]);
    expect(dead(Buffer.concat([bytes, bytes])), 'twice').toEqual([]);
  });
});

/** Long runs of what the patterns look for: a pattern that goes back over them would take minutes, not less than one. */
describe('no pattern hangs', () => {
  const header = 'From: MAILER-DAEMON@mx.example.net\nTo: a@example.org\nSubject: Undelivered Mail Returned to Sender\n\n';
  test.each<[string, string]>([
    ['spaces', ' '],
    ['lines', '\n'],
    ['addresses', '<a@example.com>: 550 '],
    ['at signs', 'a@'],
    ['a local part', 'a'],
    ['dots', 'a.'],
    ['codes', '550 5.1.1 '],
    ['transcript', '>>> DATA\n<<< 550 5.1.1 user unknown\n'],
    ['words of refusals', 'mailbox user recipient address host domain is not '],
    ['quotes', '"'],
    ['brackets', '<'],
    ['tags', '<a '],
    ['encoded words', '=?utf-8?q?a?= '],
    ['boundaries', '--b\n'],
    ['forwarded', '> '],
    ['dashes', '--- '],
    ['fields', 'Final-Recipient: rfc822; a@example.com\n'],
    ['quoted-printable', '=\n'],
    ['mailbox lines', '\n\nFrom a Mon Mar  2 10:00:00 2026'],
  ])('%s', (_, piece) => {
    const text = piece.repeat(Math.ceil(120_000 / piece.length));
    for (const start of [header, `${header.trimEnd()}\nContent-Type: text/html\n\n`, `Subject: ${text.slice(0, 20_000).replaceAll('\n', ' ')}\n${header}`, `Content-Type: multipart/report; boundary=b\n${header}--b\nContent-Type: message/delivery-status\n\n`, 'From MAILER-DAEMON\n']) {
      expect(parseReport(Buffer.from(start + text))).toHaveProperty('kind');
    }
  });

  test('a thousand nested parts', () => {
    const open = Array.from({ length: 1_000 }, (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n`).join('');
    expect(parseReport(Buffer.from(open))).toMatchObject({ kind: 'none' });
  });

  test('attached files are not searched for replies', () => {
    const report = parseReport(Buffer.from('From: postmaster@example.net\nSubject: Undeliverable\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=a.txt\n\n<a@example.com>: 550 5.1.1 user unknown\n--b--\n'));
    expect(report.recipients.filter(({ permanent }) => permanent)).toEqual([]);
  });
});
