import { describe, expect, test } from 'vitest';
import { bodyOffset, completeMessage, crlfLineEnds, dropFields, foldField, headerValue, parseHeaderFields } from './header.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('header section', () => {
  test.each([
    ['A: 1\r\n\r\nbody', 8],
    ['A: 1\r\n', 6],
    ['\r\nbody', 2],
    ['', 0],
    ['A: 1\r\n\r\n', 8],
  ])('the body of %j starts at %i', (text, offset) => expect(bodyOffset(bytes(text))).toBe(offset));

  test('reads fields: folded, odd spacing, 8-bit, duplicates, and passes over what is no field', () => {
    const fields = parseHeaderFields(
      bytes('Subject: one\r\n\ttwo\r\n  three\r\nX-Empty:\r\nnonsense line\r\nFrom : \xfcber@x\r\nX: a:b\r\nX: c\r\n\r\nBody: no\r\n'),
    );
    expect(fields.map((field) => [field.name, field.value])).toEqual([
      ['Subject', 'one\ttwo  three'],
      ['X-Empty', ''],
      ['From', '\xfcber@x'],
      ['X', 'a:b'],
      ['X', 'c'],
    ]);
    expect(fields[0]!.raw).toBe('Subject: one\r\n\ttwo\r\n  three\r\n');
    expect(headerValue(fields, 'SUBJECT')).toBe('one\ttwo  three');
    expect(headerValue(fields, 'absent')).toBeUndefined();
  });

  test.each([
    ['A: 1\r\nBcc: x@y,\r\n z@y\r\nB: 2\r\n\r\nBcc: stays\r\n', 'A: 1\r\nB: 2\r\n\r\nBcc: stays\r\n'],
    ['BCC: x@y\r\n\r\nbody', '\r\nbody'],
    ['A: 1\r\nbcc : x\r\n\r\n', 'A: 1\r\n\r\n'],
    ['A: 1\r\nBcc: x', 'A: 1\r\n'],
  ])('drops Bcc from %j', (before, after) => expect(dropFields(bytes(before), ['bcc']).toString('latin1')).toBe(after));

  test('leaves a message without the field as it is', () => {
    const message = bytes('A: 1\r\n\r\nx');
    expect(dropFields(message, ['bcc'])).toBe(message);
  });
});

describe('crlfLineEnds', () => {
  test.each([
    ['a\nb\n', 'a\r\nb\r\n'],
    ['a\rb', 'a\r\nb'],
    ['a\r\r\nb', 'a\r\n\r\nb'],
    ['a\n\r\nb', 'a\r\n\r\nb'],
    ['\r', '\r\n'],
    ['a\n.\nMAIL FROM:<x>', 'a\r\n.\r\nMAIL FROM:<x>'],
  ])('%j becomes %j', (before, after) => expect(crlfLineEnds(bytes(before)).toString('latin1')).toBe(after));

  test('gives the same buffer when nothing is to be done', () => {
    const message = bytes('a\r\nb\r\n');
    expect(crlfLineEnds(message)).toBe(message);
  });
});

describe('foldField', () => {
  test('folds between words only, and unfolds to the same value', () => {
    const value = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
    const field = foldField('X-Long', value);
    for (const line of field.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
    expect(parseHeaderFields(bytes(field + '\r\n'))[0]!.value).toBe(value);
  });

  test.each([
    ['X-Short', 'v', 'X-Short: v\r\n'],
    ['X', 'y'.repeat(100), `X: ${'y'.repeat(100)}\r\n`],
    ['X', '', 'X: \r\n'],
  ])('%s: %s', (name, value, expected) => expect(foldField(name, value)).toBe(expected));

  test.each([
    ['X', 'a\r\nBcc: b'],
    ['X', 'a\nb'],
    ['X\r\nY', 'a'],
    ['X:Y', 'a'],
    ['', 'a'],
  ])('refuses injection by %j: %j', (name, value) => expect(() => foldField(name, value)).toThrow());
});

test.each([
  ['A: 1', 'A: 1\r\n\r\n'],
  ['A: 1\r\n', 'A: 1\r\n\r\n'],
  ['A: 1\r\n\r\nx', 'A: 1\r\n\r\nx\r\n'],
  ['A: 1\r\n\r\nx\r\n', 'A: 1\r\n\r\nx\r\n'],
  ['\r\nx', '\r\nx\r\n'],
])('completeMessage: %j becomes %j', (before, after) => expect(completeMessage(bytes(before)).toString('latin1')).toBe(after));
