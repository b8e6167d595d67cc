import { describe, expect, test } from 'vitest';
import { ContentCheck, CONTENT_LIMITS } from './content-check.ts';

const limits = { ...CONTENT_LIMITS, maxBytes: 2_000, maxHeaderBytes: 500, maxHeaderLines: 10, maxHops: 3 };

function check(chunks: (string | Buffer)[], over: Partial<typeof limits> = {}): string | null {
  const checker = new ContentCheck({ ...limits, ...over });
  for (const chunk of chunks) checker.push(Buffer.from(chunk as string, 'latin1'));
  checker.end();
  return checker.fault ? `${checker.fault.code} ${checker.fault.text}` : null;
}

describe('content check', () => {
  test.each<[string, string[], RegExp | null]>([
    ['an ordinary message', ['A: b\r\n\r\nbody\r\n'], null],
    ['nothing', [], null],
    ['a line that does not end', ['A: b\r\n\r\nbody'], null],
    ['CRLF split between chunks', ['A: b\r', '\n\r', '\nbody\r\n'], null],
    ['one byte a chunk', [...'A: b\r\n\r\nbody\r\n'], null],
    ['bare LF', ['A: b\r\n\r\nx\ny\r\n'], /^550 5\.5\.2 Line feed/],
    ['bare LF at the start of a chunk', ['A: b\r\n\r\nx', '\ny\r\n'], /^550 5\.5\.2 Line feed/],
    ['bare LF as the first byte', ['\nA: b\r\n'], /^550 5\.5\.2 Line feed/],
    ['bare CR', ['A: b\r\n\r\nx\ry\r\n'], /^550 5\.5\.2 Carriage/],
    ['bare CR before CRLF', ['A: b\r\n\r\nx\r\r\n'], /^550 5\.5\.2 Carriage/],
    ['bare CR at the end of a chunk', ['A: b\r\n\r\nx\r', 'y\r\n'], /^550 5\.5\.2 Carriage/],
    ['bare CR as the last byte', ['A: b\r\n\r\nx\r'], /^550 5\.5\.2 Carriage/],
    ['NUL', ['A: b\r\n\r\nx\0y\r\n'], /^550 5\.6\.0/],
    ['too large', ['A: b\r\n\r\n', 'x'.repeat(1993)], /^552 5\.3\.4 Message larger than 2000/],
    ['as large as allowed', ['A: b\r\n\r\n', 'x'.repeat(1992)], null],
    ['header too large', [`A: ${'b'.repeat(500)}\r\n\r\n`], /^552 5\.3\.4 Header section/],
    ['header too large without a line end', ['A: ', 'b'.repeat(600)], /^552 5\.3\.4 Header section/],
    ['many header lines', ['A: b\r\n'.repeat(11)], /^552 5\.3\.4 More than 10/],
    ['many body lines', ['A: b\r\n\r\n', 'b\r\n'.repeat(100)], null],
    ['three hops', ['received: x\r\n'.repeat(3) + '\r\n'], null],
    ['four hops', ['RECEIVED: x\r\n'.repeat(4) + '\r\n'], /^554 5\.4\.6/],
    ['Received in the body', ['A: b\r\n\r\n', 'Received: x\r\n'.repeat(20)], null],
  ])('%s', (_, chunks, expected) => {
    const fault = check(chunks);
    if (expected) expect(fault).toMatch(expected);
    else expect(fault).toBeNull();
  });

  test('mending lets lone line ends pass but nothing else', () => {
    expect(check(['A: b\n\nx\ny\rz'], { lineEnds: 'mend' })).toBeNull();
    expect(check(['A: b\n'.repeat(11)], { lineEnds: 'mend' })).toMatch(/More than 10/);
    expect(check(['A: b\n\n', 'b\n'.repeat(50)], { lineEnds: 'mend' })).toBeNull();
    expect(check(['a\0'], { lineEnds: 'mend' })).toMatch(/NUL/);
  });
});
