// Counting things per hour or per minutes, shared by all processes through Valkey. Owns the keys; when Valkey
// is away it counts in this process alone, so that a limit becomes looser but never disappears.
import type { Redis } from 'ioredis';

export interface Counters {
  /** Adds to the counter of the current window and returns the sum. */
  add(name: string, amount: number, windowSeconds: number): Promise<number>;
  /** The sum of the current window and the one before it, so that a limit does not lapse at the stroke of a clock. */
  read(name: string, windowSeconds: number): Promise<number>;
}

const MAX_LOCAL = 50_000;

/** @param now milliseconds; windows are aligned to the clock */
export function createCounters(redis: Redis, onFailure: (error: Error) => void, now: () => number = Date.now): Counters {
  const local = new Map<string, number>();
  const keyOf = (name: string, windowSeconds: number, windowsAgo = 0) =>
    `eider:count:${name}:${Math.floor(now() / 1000 / windowSeconds) - windowsAgo}`;
  return {
    async add(name, amount, windowSeconds) {
      const key = keyOf(name, windowSeconds);
      if (local.size > MAX_LOCAL) local.clear();
      const here = (local.get(key) ?? 0) + amount;
      local.set(key, here);
      try {
        const sum = await redis.incrby(key, amount);
        if (sum === amount) await redis.expire(key, 2 * windowSeconds + 60);
        return sum;
      } catch (error) {
        onFailure(error as Error);
        return here;
      }
    },
    async read(name, windowSeconds) {
      const keys = [keyOf(name, windowSeconds), keyOf(name, windowSeconds, 1)];
      try {
        return (await redis.mget(keys)).reduce((sum, text) => sum + (Number(text) || 0), 0);
      } catch (error) {
        onFailure(error as Error);
        return keys.reduce((sum, key) => sum + (local.get(key) ?? 0), 0);
      }
    },
  };
}
