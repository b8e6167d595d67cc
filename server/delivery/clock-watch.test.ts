import { describe, expect, test } from 'vitest';
import { clockWatch } from './clock-watch.ts';

/** [database's clock, monotonic clock] in seconds, one look each; then what is thought of it. */
describe('the clock that ends leases', () => {
  test.each<[string, [number, number][], number, boolean]>([
    ['never seen', [], 0, false],
    ['seen once', [[1_000, 0]], 0, false],
    ['even for long enough', [[1_000, 0], [1_010, 10], [1_020, 20], [1_030, 30]], 0, true],
    ['even, with jitter', [[1_000, 0], [1_011, 10], [1_019, 20], [1_030, 30]], 0, true],
    ['not yet for long enough', [[1_000, 0], [1_010, 10], [1_020, 20]], 0, false],
    ['stepped ahead by an hour', [[1_000, 0], [1_010, 10], [1_020, 20], [4_630, 30]], 3_600, false],
    ['stepped back by an hour', [[5_000, 0], [5_010, 10], [5_020, 20], [1_430, 30]], -3_600, false],
    ['stepped, and even since', [[0, 0], [3_610, 10], [3_620, 20], [3_630, 30], [3_640, 40]], 0, true],
    ['the database was away', [[1_000, 0], [1_010, 10], [1_050, 50]], 0, false],
  ])('%s', (_name, looks, step, trusted) => {
    const watch = clockWatch(30_000, 15_000);
    let last = 0;
    for (const [database, now] of looks) last = watch.look(database * 1000, now * 1000);
    const now = (looks.at(-1)?.[1] ?? 0) * 1000;
    expect([last, watch.trusted(now)]).toEqual([step * 1000, trusted]);
  });

  test('what it should show', () => {
    const watch = clockWatch(30_000, 15_000);
    expect(watch.expectedMs(0)).toBeNull();
    watch.look(1_000_000, 500);
    expect(watch.expectedMs(1_700)).toBe(1_001_200);
    expect(watch.trusted(1_000_000)).toBe(false);
  });
});
