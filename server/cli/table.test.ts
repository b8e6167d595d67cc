import { describe, expect, it } from 'vitest';
import { duration, table } from './table.ts';

it('aligns columns, without blanks at line ends', () => {
  expect(table(['ROLE', 'STATE', 'PID'], [['postgres', 'ready', '7'], ['web', 'backoff', '-']])).toBe(
    'ROLE      STATE    PID\npostgres  ready    7\nweb       backoff  -\n',
  );
});

it('is nothing without rows', () => {
  expect(table(['ROLE'], [])).toBe('');
});

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h 0 min'],
    [86_399_000, '23 h 59 min'],
    [273_600_000, '3 d 4 h'],
  ])('%i ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});
