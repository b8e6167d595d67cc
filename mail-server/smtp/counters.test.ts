import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { createCounters } from './counters.ts';

// Nothing listens there: what is tested is counting without Valkey.
const redis = new Redis({ host: '127.0.0.1', port: 1, enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => null, lazyConnect: true });
redis.on('error', () => {});
afterAll(() => redis.disconnect());

test('without Valkey a limit still counts, in this process', async () => {
  const failures: string[] = [];
  let now = 0;
  const counters = createCounters(redis, (error) => failures.push(error.message), () => now);
  expect(await counters.add('a', 2, 60)).toBe(2);
  expect(await counters.add('a', 3, 60)).toBe(5);
  expect(await counters.read('a', 60)).toBe(5);
  expect(await counters.read('b', 60)).toBe(0);
  now = 61_000;
  expect(await counters.add('a', 1, 60)).toBe(1);
  expect(await counters.read('a', 60)).toBe(6);
  now = 181_000;
  expect(await counters.read('a', 60)).toBe(0);
  expect(failures.length).toBe(7);
});
