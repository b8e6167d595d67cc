import { expect, it } from 'vitest';
import { parseSize } from './user.ts';

it.each([
  ['500', 500],
  ['500M', 524_288_000],
  ['5G', 5_368_709_120],
  ['5 GiB', 5_368_709_120],
  ['2t', 2_199_023_255_552],
  ['1kb', 1024],
  ['0', null],
  ['-5G', null],
  ['5X', null],
  ['1.5G', null],
  ['', null],
  ['99999999999999T', null],
])('size %j is %j', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
