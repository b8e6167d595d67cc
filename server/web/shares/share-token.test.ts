// Links that are ours, and what only looks like one.
import { describe, expect, test } from 'vitest';
import { newLinkId, readShareToken, shareToken } from './share-token.ts';

const key = Buffer.alloc(32, 7);

describe('a link’s token', () => {
  const linkId = newLinkId();
  const token = shareToken(key, linkId);

  test('is read back, and fits into an address', () => {
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(readShareToken(key, token)?.equals(linkId)).toBe(true);
    expect(newLinkId().equals(linkId)).toBe(false);
  });

  test.each([
    ['another installation’s', shareToken(Buffer.alloc(32, 8), linkId)],
    ['a changed one', `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`],
    ['a cut one', token.slice(0, -1)],
    ['a longer one', `${token}A`],
    ['one with bits that are none', `${token.slice(0, -1)}${'ABCDEFGH'.split('').find((last) => last !== token.at(-1) && Buffer.from(token.slice(0, -1) + last, 'base64url').equals(Buffer.from(token, 'base64url'))) ?? '!'}`],
    ['nothing', ''],
  ])('%s is none', (_, text) => expect(readShareToken(key, text)).toBeNull());
});
