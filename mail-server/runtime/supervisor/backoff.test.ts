import { expect, it } from 'vitest';
import { restartDelayMs } from './backoff.ts';

it.each([
  [1, 250],
  [2, 500],
  [3, 1000],
  [7, 16_000],
  [8, 30_000],
  [50, 30_000],
  [5000, 30_000],
])('after %i deaths in a row: %i ms', (failures, delayMs) => {
  expect(restartDelayMs(failures)).toBe(delayMs);
});
