import { expect, test } from 'vitest';
import { openTranscript } from './transcript.ts';

const withoutTimes = (lines: string[]): string[] => lines.map((line) => line.replace(/^\d+ /, ''));

test('commands, replies, notes and lengths, in order', () => {
  const transcript = openTranscript();
  transcript.said('MAIL FROM:<a@b.example>\r\nBDAT 10 LAST\r\n');
  transcript.sent(4);
  transcript.sent(6);
  transcript.heard({ code: 250, enhancedCode: '2.1.0', text: 'one\ntwo' });
  transcript.noted('the connection broke');
  expect(withoutTimes(transcript.take())).toEqual([
    'C MAIL FROM:<a@b.example>', 'C BDAT 10 LAST', 'C (10 octets of the message)', 'S 250 2.1.0 one two', '* the connection broke',
  ]);
  expect(transcript.take()).toEqual([]);
});

test.each([
  ['AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n', 'C AUTH PLAIN (left out)'],
  ['auth login\r\n', 'C auth login (left out)'],
])('no secrets: %s', (command, expected) => {
  const transcript = openTranscript();
  transcript.said(command);
  expect(withoutTimes(transcript.take())).toEqual([expected]);
});

test('bounded, however much is said', () => {
  const transcript = openTranscript();
  for (let i = 0; i < 10_000; i++) transcript.heard({ code: 250, enhancedCode: null, text: 'x'.repeat(5_000) });
  const lines = transcript.take();
  expect(lines.join('').length).toBeLessThan(20_000);
  expect(lines.at(-1)).toContain('more was said');
});
