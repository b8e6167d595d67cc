import { describe, expect, test } from 'vitest';
import { parseHeader } from './header-block.ts';
import { readUnsubscribe } from './list-unsubscribe.ts';

const POST = 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n';
const read = (header: string, verified = true) => readUnsubscribe(parseHeader(Buffer.from(`${header}\r\n\r\n`)), verified);

describe('readUnsubscribe', () => {
  test.each([
    [`${POST}List-Unsubscribe: <https://x.test/u?a=1>, <mailto:u@x.test?subject=u>`, true, { oneClick: true, url: 'https://x.test/u?a=1', mailto: 'mailto:u@x.test?subject=u' }],
    [`${POST}List-Unsubscribe: <https://x.test/u>`, false, { oneClick: false, url: 'https://x.test/u', mailto: null }],
    [`${POST}List-Unsubscribe: <http://x.test/u>`, true, { oneClick: false, url: 'http://x.test/u', mailto: null }],
    ['List-Unsubscribe: <https://x.test/u>', true, { oneClick: false, url: 'https://x.test/u', mailto: null }],
    ['List-Unsubscribe: <mailto:u@x.test>', true, { oneClick: false, url: null, mailto: 'mailto:u@x.test' }],
  ])('%j verified=%s', (header, verified, expected) => expect(read(header, verified)).toEqual(expected));
  test.each(['List-Unsubscribe: <javascript:alert(1)>', 'List-Unsubscribe: nothing', 'Subject: x', 'List-Unsubscribe: <mailto:>'])('%s is none', (header) =>
    expect(read(header)).toBeNull());
});
