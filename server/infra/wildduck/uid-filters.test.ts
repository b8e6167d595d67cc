import { expect, test } from 'vitest';
import { uidFilters } from './uid-filters.ts';

const from = (first: number, count: number, step = 1) => Array.from({ length: count }, (_, n) => first + n * step);

test.each<[what: string, uids: number[], most: number, filters: object[]]>([
  ['none', [], 100, []],
  ['one run', from(5, 50), 100, [{ $gte: 5, $lte: 54 }]],
  ['a run in any order', from(5, 50).reverse(), 100, [{ $gte: 5, $lte: 54 }]],
  ['small gaps are read along', from(1, 20, 5), 100, [{ $gte: 1, $lte: 96 }]],
  ['no query finds more than it may', from(1, 250), 100, [{ $gte: 1, $lte: 100 }, { $gte: 101, $lte: 200 }, { $gte: 201, $lte: 250 }]],
  ['what stands alone is listed', [1, 2, 50, 100], 100, [{ $in: [1, 2, 50, 100] }]],
  ['both', [1, ...from(100, 10), 900], 100, [{ $gte: 100, $lte: 109 }, { $in: [1, 900] }]],
  ['long lists are cut', from(1, 5, 100), 2, [{ $in: [1, 101] }, { $in: [201, 301] }, { $in: [401] }]],
])('%s', (_what, uids, most, filters) => {
  expect(uidFilters(uids, most)).toEqual(filters);
});
