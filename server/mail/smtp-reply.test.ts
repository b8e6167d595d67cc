import { describe, expect, test } from 'vitest';
import { formatReply, parseReplyText, replyReader } from './smtp-reply.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('replyReader', () => {
  test.each([
    ['250 ok\r\n', [{ code: 250, enhancedCode: null, text: 'ok' }]],
    ['250\r\n', [{ code: 250, enhancedCode: null, text: '' }]],
    ['250-a\r\n250 b\r\n', [{ code: 250, enhancedCode: null, text: 'a\nb' }]],
    ['550-5.1.1 no such\r\n550 5.1.1 user\r\n', [{ code: 550, enhancedCode: '5.1.1', text: 'no such\nuser' }]],
    ['250 2.0.0 ok\r\n354 go\r\n', [{ code: 250, enhancedCode: '2.0.0', text: 'ok' }, { code: 354, enhancedCode: null, text: 'go' }]],
    ['450 5.1.1 classes differ\r\n', [{ code: 450, enhancedCode: null, text: 'classes differ' }]],
    ['250 lf only\n', [{ code: 250, enhancedCode: null, text: 'lf only' }]],
    ['550 caf\xc3\xa9\r\n', [{ code: 550, enhancedCode: null, text: 'café' }]],
    ['550 caf\xe9\x07\r\n', [{ code: 550, enhancedCode: null, text: 'café' }]],
    ['250 unfinished', []],
  ])('reads %j', (text, replies) => expect(replyReader().push(bytes(text))).toEqual({ kind: 'replies', replies }));

  test('reads the same however the bytes are cut', () => {
    const text = '250-one\r\n250-2.1.0 two\r\n250 three\r\n421 4.3.2 bye\r\n';
    const whole = replyReader().push(bytes(text));
    for (let cut = 1; cut < text.length; cut++) {
      const reader = replyReader();
      const first = reader.push(bytes(text.slice(0, cut)));
      const second = reader.push(bytes(text.slice(cut)));
      if (first.kind !== 'replies' || second.kind !== 'replies') throw new Error('fault');
      expect({ kind: 'replies', replies: [...first.replies, ...second.replies] }).toEqual(whole);
      expect(reader.partial).toBe(false);
    }
  });

  test.each([
    ['hello\r\n', /not an SMTP reply/],
    ['100 early\r\n', /not an SMTP reply/],
    ['2500 x\r\n', /not an SMTP reply/],
    ['250-a\r\n550 b\r\n', /differ in their code/],
    ['250 ' + 'x'.repeat(3_000), /line too long/],
    ['250 ' + 'x'.repeat(3_000) + '\r\n', /line too long/],
    ['250-x\r\n'.repeat(300), /reply too long/],
    [('250-' + 'x'.repeat(1_000) + '\r\n').repeat(100), /reply too long/],
  ])('faults on %.20j', (text, rule) =>
    expect(replyReader().push(bytes(text))).toEqual({ kind: 'fault', rule: expect.stringMatching(rule) }));
});

describe('reply text', () => {
  test.each([
    ['550 5.7.1 no', { code: 550, enhancedCode: '5.7.1', text: 'no' }],
    ['550-a\n550 b', { code: 550, enhancedCode: null, text: 'a\nb' }],
    ['451 4.4.2 a\n451 b\n c', { code: 451, enhancedCode: '4.4.2', text: 'a\nb\nc' }],
    ['no code', null],
    ['', null],
  ])('%j', (text, expected) => expect(parseReplyText(text)).toEqual(expected));

  test('one line for people', () =>
    expect(formatReply({ code: 550, enhancedCode: '5.1.1', text: 'no such\nuser' })).toBe('550 5.1.1 no such user'));
});

test('a huge reply is cut for people', () =>
  expect(formatReply({ code: 550, enhancedCode: null, text: 'x'.repeat(60_000) }).length).toBeLessThan(1_100));
