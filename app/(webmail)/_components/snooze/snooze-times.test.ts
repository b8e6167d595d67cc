// The choices at several moments of a week, in whatever zone the test runs.
import { describe, expect, test } from 'vitest';
import { toLocalInput } from '../../../../components/format/local-time.ts';
import { snoozeTimes } from './snooze-times.ts';

// 23 November 2026 is a Monday.
const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute);
const shown = (now: Date) => snoozeTimes(now).map(({ choice, at: time }) => `${choice} ${toLocalInput(time).slice(8)}`);

describe('choices', () => {
  test.each([
    ['Monday morning', at(23, 9), ['laterToday 23T18:00', 'tomorrow 24T08:00', 'weekend 28T08:00', 'nextWeek 30T08:00']],
    ['Monday, shortly before the evening', at(23, 16, 10), ['laterToday 23T19:30', 'tomorrow 24T08:00', 'weekend 28T08:00', 'nextWeek 30T08:00']],
    ['Monday night', at(23, 21), ['tomorrow 24T08:00', 'weekend 28T08:00', 'nextWeek 30T08:00']],
    ['Friday', at(27, 9), ['laterToday 27T18:00', 'tomorrow 28T08:00', 'nextWeek 30T08:00']],
    ['Saturday', at(28, 9), ['laterToday 28T18:00', 'tomorrow 29T08:00', 'nextWeek 30T08:00']],
    ['Sunday', at(29, 9), ['laterToday 29T18:00', 'tomorrow 30T08:00']],
  ])('on %s', (_name, now, expected) => {
    expect(shown(now)).toEqual(expected);
  });

  test('all lie ahead, in order', () => {
    for (let hour = 0; hour < 24 * 14; hour++) {
      const now = new Date(2026, 10, 23, hour, 59);
      const times = snoozeTimes(now).map((each) => each.at.getTime());
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThan(now.getTime());
    }
  });
});
