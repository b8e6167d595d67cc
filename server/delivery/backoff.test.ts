import { describe, expect, test } from 'vitest';
import { REMOTE_BACKOFF, retryAfterMs, ROUTED_BACKOFF } from './backoff.ts';

describe('retryAfterMs', () => {
  test.each([
    [1, 0.5, 4], [2, 0.5, 8], [6, 0.5, 128], [7, 0.5, 240], [8, 0.5, 240], [50, 0.5, 240], [5_000, 0.5, 240],
    [1, 0, 3.2], [1, 0.999_999, 4.8],
  ])('after attempt %i with %d: %d minutes', (attempts, random, minutes) =>
    expect(retryAfterMs(REMOTE_BACKOFF, attempts, random) / 60_000).toBeCloseTo(minutes, 3));

  test('five days of deferrals stay sparse, and within the cap of attempts', () => {
    let age = 0;
    let attempts = 0;
    while (age < 5 * 86_400_000) age += retryAfterMs(REMOTE_BACKOFF, ++attempts, 0.5);
    expect(attempts).toBeGreaterThan(30);
    expect(attempts).toBeLessThan(REMOTE_BACKOFF.maxAttempts);
  });

  test('the cap of attempts for our own servers lets five days pass too', () => {
    let age = 0;
    for (let attempts = 1; attempts <= ROUTED_BACKOFF.maxAttempts; attempts++) age += retryAfterMs(ROUTED_BACKOFF, attempts, 0.5);
    expect(age).toBeGreaterThan(5 * 86_400_000);
  });
});
