import { expect, test } from 'vitest';
import { parseMoment } from './moment.ts';

const now = new Date('2026-11-24T12:00:00Z');

test.each([
  ['2h', 'past', '2026-11-24T10:00:00.000Z'],
  ['2h', 'future', '2026-11-24T14:00:00.000Z'],
  ['90s', 'future', '2026-11-24T12:01:30.000Z'],
  ['7d', 'past', '2026-11-17T12:00:00.000Z'],
  ['2026-11-24T13:00Z', 'future', '2026-11-24T13:00:00.000Z'],
  ['2026-11-24T13:00:01+01:00', 'past', '2026-11-24T12:00:01.000Z'],
  ['2026-11-24', 'past', '2026-11-24T00:00:00.000Z'],
  ['2026-13-40', 'past', null],
  ['2026-11-24T13:00', 'past', null],
  ['tomorrow', 'future', null],
  ['2 h', 'past', null],
  ['', 'past', null],
] as const)('%s, %s: %s', (text, direction, expected) => {
  expect(parseMoment(text, now, direction)?.toISOString() ?? null).toBe(expected);
});
