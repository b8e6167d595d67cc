// What a message carries and what it links to.
import { describe, expect, it } from 'vitest';
import { fittingFiles } from './fitting-files.ts';

const limits = { uploadBytes: 25, linkBytes: 1000 };

describe('fittingFiles', () => {
  it.each([
    ['all fit', [10, 15], [], [10, 15], [], []],
    ['one alone is larger', [26], [], [], [26], []],
    ['together they are larger: what still fits is carried', [20, 10, 5], [], [20, 5], [10], []],
    ['files that are there take room', [10], [{ sizeBytes: 20, linkDays: null }], [], [10], []],
    ['linked ones take none', [10], [{ sizeBytes: 900, linkDays: 7 }], [10], [], []],
    ['too large even for a link', [1001, 1], [], [1], [], [1001]],
  ])('%s', (_, sizes, present, fitting, large, tooLarge) => {
    const result = fittingFiles(sizes.map((size) => ({ size })), present, limits);
    expect([result.fitting, result.large, result.tooLarge].map((files) => files.map((file) => file.size))).toEqual([fitting, large, tooLarge]);
  });
});
