import { describe, expect, test } from 'vitest';
import { grantSlots, paceOf, parseRate } from './rate.ts';

test.each([
  ['600/min', { count: 600, windowMs: 60_000 }],
  [' 20 / s ', { count: 20, windowMs: 1_000 }],
  ['5000/h', { count: 5_000, windowMs: 3_600_000 }],
  ['1/day', { count: 1, windowMs: 86_400_000 }],
  ['0/min', null],
  ['10/fortnight', null],
  ['10', null],
  ['-1/s', null],
])('%s', (text, rate) => expect(parseRate(text)).toEqual(rate));

describe('a pace never passes its rate, whichever window is looked at', () => {
  test.each([1, 2, 5, 10, 59, 60, 100, 600, 6_000, 60_000])('%i a minute', (count) => {
    const pace = paceOf({ count, windowMs: 60_000 });
    // Idle at first, then asking for as much as there is, every 130 ms.
    const used: number[] = [];
    let nextAt = 0;
    for (let now = 1_000_000; now < 1_000_000 + 400_000; now += 130) {
      const grant = grantSlots(pace, nextAt, now, 1_000_000, 1_000);
      nextAt = grant.nextAt;
      for (let i = 0; i < grant.slots; i++) used.push(Math.max(now, now + grant.firstInMs + i * pace.intervalMs));
    }
    let most = 0;
    for (let from = 0, to = 0; to < used.length; to++) {
      while (used[from]! <= used[to]! - 60_000) from++;
      most = Math.max(most, to - from + 1);
    }
    expect(most).toBeLessThanOrEqual(count);
    const steady = used.filter((at) => at > 1_100_000 && at <= 1_400_000).length / 5;
    if (count >= 10) expect(steady).toBeGreaterThan(0.89 * count);
  });
});

test('nothing is granted beyond the horizon, and it says when to come again', () => {
  const pace = { intervalMs: 10_000, burst: 1 };
  const first = grantSlots(pace, 0, 50_000, 10, 1_000);
  expect(first).toEqual({ slots: 1, firstInMs: 0, waitMs: 9_000, nextAt: 60_000 });
  expect(grantSlots(pace, first.nextAt, 55_000, 10, 1_000)).toMatchObject({ slots: 0, waitMs: 4_000 });
  expect(grantSlots(pace, first.nextAt, 59_000, 10, 1_000)).toMatchObject({ slots: 1, firstInMs: 1_000 });
});
