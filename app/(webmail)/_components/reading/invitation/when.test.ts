import { expect, test } from 'vitest';
import { whenText } from './when.ts';

const plain = (text: string) => text.replace(/[\u202f\u2009\u00a0]/g, ' ');

test.each([
  ['an hour', { start: '2026-11-28T12:00:00.000Z', end: '2026-11-28T13:00:00.000Z', allDay: false }, 'Europe/Berlin', '28', 'Sat 28 Nov 2026, 13:00–14:00'],
  ['the same, seen from elsewhere', { start: '2026-11-28T12:00:00.000Z', end: '2026-11-28T13:00:00.000Z', allDay: false }, 'Pacific/Auckland', '29', 'Sun 29 Nov 2026, 01:00–02:00'],
  ['no end', { start: '2026-11-28T12:00:00.000Z', end: null, allDay: false }, 'UTC', '28', 'Sat 28 Nov 2026, 12:00'],
  ['a day, wherever one is', { start: '2026-11-28', end: '2026-11-29', allDay: true }, 'Pacific/Auckland', '28', 'Sat 28 Nov 2026'],
  ['two days', { start: '2026-11-28', end: '2026-11-30', allDay: true }, 'America/New_York', '28', 'Sat 28 Nov – Sun 29 Nov 2026'],
  ['a time without a zone', { start: '2026-11-28T09:30:00', end: null, allDay: false }, 'America/New_York', '28', 'Sat 28 Nov 2026, 9:30'],
])('%s', (_name, when, zone, day, range) => {
  const text = whenText(when, 'en-GB', zone);
  expect(text.day).toBe(day);
  expect(plain(text.range).replace('Sat,', 'Sat').replace('Sun,', 'Sun')).toBe(range);
});
