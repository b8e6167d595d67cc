// Date labels around the borders of days and years; sizes around their units.
import { describe, expect, it } from 'vitest';
import { createFormat } from './format.ts';

const format = createFormat('en-GB');
const now = new Date(2026, 10, 22, 14, 30);
const at = (...parts: [number, number, number, number?, number?]) => new Date(parts[0], parts[1], parts[2], parts[3] ?? 12, parts[4] ?? 0).toISOString();

describe('listDate', () => {
  it.each([
    ['this minute', at(2026, 10, 22, 14, 30), '14:30'],
    ['just after midnight', at(2026, 10, 22, 0, 1), '00:01'],
    ['yesterday evening', at(2026, 10, 21, 23, 59), 'Sat'],
    ['six days ago', at(2026, 10, 16), 'Mon'],
    ['a week ago', at(2026, 10, 15), '15 Nov'],
    ['first day of the year', at(2026, 0, 1), '1 Jan'],
    ['last year', at(2025, 11, 31), '31 Dec 2025'],
    ['from the future', at(2026, 10, 23), '23 Nov'],
  ])('%s', (_name, iso, expected) => {
    expect(format.listDate(iso, now)).toBe(expected);
  });

  it('is empty for a date that cannot be read', () => {
    expect(format.listDate('not a date', now)).toBe('');
  });
});

describe('lately', () => {
  it('is how long ago, or the date where that is long', () => {
    expect(format.lately(at(2026, 10, 22, 11, 0), now)).toBe('3 hours ago');
    expect(format.lately(at(2026, 8, 1), now)).toBe(format.fullDate(at(2026, 8, 1)));
  });
});

describe('ago', () => {
  it.each([
    [at(2026, 10, 22, 14, 30), 'this minute'],
    [at(2026, 10, 22, 14, 25), '5 minutes ago'],
    [at(2026, 10, 22, 11, 0), '3 hours ago'],
    [at(2026, 10, 21, 14, 0), 'yesterday'],
    [at(2026, 8, 1), ''],
  ])('%s', (iso, expected) => {
    expect(format.ago(iso, now)).toBe(expected);
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [9_949, '9.9 kB'],
    [48_211, '48 kB'],
    [25_000_000, '25 MB'],
    [3_200_000_000, '3.2 GB'],
  ])('%i', (count, expected) => {
    expect(format.bytes(count)).toBe(expected);
  });
});

describe('in a time zone', () => {
  const there = createFormat('en-GB', 'Asia/Tokyo');
  it.each([
    ['the same day there, another here', '2026-11-22T15:30:00Z', '2026-11-23T10:00:00Z', '00:30'],
    ['yesterday there', '2026-11-22T14:30:00Z', '2026-11-22T15:30:00Z', 'Sun'],
    ['a new year there', '2025-12-31T15:30:00Z', '2026-06-01T00:00:00Z', '1 Jan'],
  ])('%s', (_name, iso, moment, expected) => {
    expect(there.listDate(iso, new Date(moment))).toBe(expected);
  });

  it('counts days in the past of the zone', () => {
    expect(there.fullDate('1969-12-31T15:30:00Z')).toContain('1 Jan 1970');
  });
});
