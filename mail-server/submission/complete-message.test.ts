import { describe, expect, test } from 'vitest';
import { completeMessage } from './complete-message.ts';
import { encodeXtext } from './xtext.ts';

const at = new Date(Date.UTC(2026, 10, 22, 1, 2, 3));
const complete = (text: string) => completeMessage(Buffer.from(text), { name: 'mail.eider.test', protocol: 'ESMTPSA', id: 's-1' }, at);
const RECEIVED = 'Received: by mail.eider.test with ESMTPSA id s-1;\r\n\tSun, 22 Nov 2026 01:02:03 +0000\r\n';

describe('complete message', () => {
  test('adds what is missing', () => {
    const message = complete('From: a@b.test\r\nSubject: hi\r\n\r\nbody\r\n');
    expect(message.messageId).toMatch(/^<[0-9a-f-]{36}@mail\.eider\.test>$/);
    expect(message.ownMessageId).toBe(false);
    expect(message.subject).toBe('hi');
    expect(message.content.toString()).toBe(
      `${RECEIVED}Date: Sun, 22 Nov 2026 01:02:03 +0000\r\nMessage-ID: ${message.messageId}\r\nFrom: a@b.test\r\nSubject: hi\r\n\r\nbody\r\n`,
    );
  });

  test('keeps what is there, byte for byte', () => {
    const text = 'Date: x\r\nMessage-id: <1@c>\r\nFrom: a@b.test\r\n\r\nbody\r\n';
    const message = complete(text);
    expect(message).toMatchObject({ messageId: '<1@c>', ownMessageId: true });
    expect(message.content.toString()).toBe(RECEIVED + text);
  });

  test.each(['nonsense', '<a b@c>', '<a@b> <c@d>', ''])('replaces the Message-ID %j', (given) => {
    const message = complete(`Date: x\r\nMessage-ID: ${given}\r\nFrom: a@b.test\r\n\r\nMessage-ID: body\r\n`);
    expect(message.ownMessageId).toBe(false);
    expect(message.content.toString()).toBe(`${RECEIVED}Message-ID: ${message.messageId}\r\nDate: x\r\nFrom: a@b.test\r\n\r\nMessage-ID: body\r\n`);
  });
});

test.each([
  ['plain', 'plain'],
  ['a+b=c d', 'a+2Bb+3Dc+20d'],
  ['ü\r\n', '+C3+BC+0D+0A'],
])('xtext of %j', (text, encoded) => {
  expect(encodeXtext(text)).toBe(encoded);
});
