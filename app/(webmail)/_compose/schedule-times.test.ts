// Times offered on each kind of day, and what a typed one is worth.
import { describe, expect, it } from 'vitest';
import { toLocalInput } from '../../../components/format/local-time.ts';
import { checkTime, presets } from './schedule-times.ts';

const offered = (now: string) => presets(new Date(now)).map(({ name, at }) => [name, toLocalInput(at)]);

describe('presets', () => {
  it.each([
    ['a Wednesday morning', '2026-11-25T09:00', [['laterToday', '2026-11-25T18:00'], ['tomorrowMorning', '2026-11-26T08:00'], ['tomorrowAfternoon', '2026-11-26T13:00'], ['mondayMorning', '2026-11-30T08:00']]],
    ['a late evening at the end of a year', '2026-12-31T22:30', [['tomorrowMorning', '2027-01-01T08:00'], ['tomorrowAfternoon', '2027-01-01T13:00'], ['mondayMorning', '2027-01-04T08:00']]],
    ['a Sunday: Monday is tomorrow', '2026-11-29T20:00', [['tomorrowMorning', '2026-11-30T08:00'], ['tomorrowAfternoon', '2026-11-30T13:00']]],
    ['a Monday: the next one', '2026-11-30T17:30', [['tomorrowMorning', '2026-12-01T08:00'], ['tomorrowAfternoon', '2026-12-01T13:00'], ['mondayMorning', '2026-12-07T08:00']]],
  ])('on %s', (_day, now, expected) => {
    expect(offered(now)).toEqual(expected);
  });
});

describe('checkTime', () => {
  const now = new Date('2026-11-25T09:00');
  it.each([
    ['', 'none'],
    ['soon', 'none'],
    ['2026-11-25T08:59', 'past'],
    ['2026-11-25T09:00', 'past'],
    ['2026-11-25T09:01', 'ok'],
    ['2027-12-01T09:00', 'far'],
  ])('%j is %s', (text, kind) => {
    expect(checkTime(text, now).kind).toBe(kind);
  });
});
