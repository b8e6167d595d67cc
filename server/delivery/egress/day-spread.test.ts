import { describe, expect, test } from 'vitest';
import { openBy, opensNext } from './day-spread.ts';

const at = (time: string): Date => new Date(`2026-11-25T${time}Z`);

describe('a cap over its day', () => {
  test.each([
    ['00:00:00', 50, 3],
    ['06:00:00', 50, 16],
    ['12:00:00', 50, 30],
    ['21:00:00', 50, 50],
    ['23:59:59', 50, 50],
    ['00:00:00', 1, 1],
    ['00:00:00', 100_000, 4_546],
    ['12:00:00', 0, 0],
  ])('%s of %i: %i', (time, cap, open) => expect(openBy(cap, at(time))).toBe(open));

  test('never less later, and all of it before the day ends', () => {
    let before = 0;
    for (let minute = 0; minute < 1_440; minute++) {
      const open = openBy(137, new Date(at('00:00:00').getTime() + minute * 60_000));
      expect(open).toBeGreaterThanOrEqual(before);
      before = open;
    }
    expect(before).toBe(137);
  });

  test.each([['00:00:00', 50], ['10:17:33', 50], ['15:00:00', 7], ['03:00:00', 100_000]])('what opens next at %s of %i is more, and nothing is before', (time, cap) => {
    const next = opensNext(cap, at(time))!;
    expect(openBy(cap, next)).toBeGreaterThan(openBy(cap, at(time)));
    expect(openBy(cap, new Date(Math.max(at(time).getTime(), next.getTime() - 2_000)))).toBe(openBy(cap, at(time)));
  });

  test('nothing more opens when all is open', () => expect(opensNext(50, at('22:00:00'))).toBeNull());
});
