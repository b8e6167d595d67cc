// Limits on sign-in tries, per client address and per account, counted in Valkey so that all web processes share
// them. Owns counting only; what a refusal looks like is sign-in.ts's.
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

export interface AttemptRule {
  scope: 'ip' | 'account';
  /** Distinguishes rules of one scope. */
  name?: string;
  tries: number;
  windowSeconds: number;
}

/**
 * The account's rule is what stops guessing from many addresses; at ten in a quarter of an hour a lock-out by a
 * stranger lasts minutes, not days. The address's rule is wider because offices share one.
 */
const SIGN_IN_RULES: AttemptRule[] = [
  { scope: 'ip', tries: 50, windowSeconds: 900 },
  { scope: 'account', tries: 10, windowSeconds: 900 },
];

/** Six digits, three of a million right at any time: thirty tries a day leave a guesser one chance in thirty years. */
export const CODE_RULES: AttemptRule[] = [
  { scope: 'ip', tries: 50, windowSeconds: 900 },
  { scope: 'account', tries: 10, windowSeconds: 900 },
  { scope: 'account', name: 'day', tries: 30, windowSeconds: 86_400 },
];

/** Beginning something costs a row; nothing can be guessed by it. */
export const BEGIN_RULES: AttemptRule[] = [{ scope: 'ip', tries: 100, windowSeconds: 900 }];

/** Trying passwords of accounts elsewhere: enough to find a typing mistake, too few to guess. */
export const LOOK_RULES: AttemptRule[] = [
  { scope: 'ip', tries: 60, windowSeconds: 3600 },
  { scope: 'account', tries: 30, windowSeconds: 3600 },
];

export type AttemptVerdict = { kind: 'allowed' } | { kind: 'limited'; retryAfterSeconds: number };

export interface AttemptLimit {
  /** Counts one try before the password is looked at. */
  take(ip: string, address: string): Promise<AttemptVerdict>;
  /** The password was right: the account's counter starts over, and the address gets its try back. */
  succeeded(ip: string, address: string): Promise<void>;
}

/** Where the counters are kept: `increment` returns the new count and the seconds until the window ends. */
export interface AttemptCounters {
  increment(key: string, windowSeconds: number): Promise<{ count: number; secondsLeft: number }>;
  decrement(key: string): Promise<void>;
  clear(key: string): Promise<void>;
}

/** @param what names the counters; limits of different names count apart */
export function createAttemptLimit(counters: AttemptCounters, what = 'signin', rules: readonly AttemptRule[] = SIGN_IN_RULES): AttemptLimit {
  const keyOf = (rule: AttemptRule, ip: string, address: string) =>
    `eider:${what}:${rule.scope}${rule.name ?? ''}:${hash(rule.scope === 'ip' ? networkOf(ip) : address.toLowerCase())}`;
  return {
    async take(ip, address) {
      let retryAfterSeconds = 0;
      for (const rule of rules) {
        const { count, secondsLeft } = await counters.increment(keyOf(rule, ip, address), rule.windowSeconds);
        if (count > rule.tries) retryAfterSeconds = Math.max(retryAfterSeconds, secondsLeft);
      }
      return retryAfterSeconds > 0 ? { kind: 'limited', retryAfterSeconds } : { kind: 'allowed' };
    },
    async succeeded(ip, address) {
      for (const rule of rules) {
        const key = keyOf(rule, ip, address);
        await (rule.scope === 'account' ? counters.clear(key) : counters.decrement(key));
      }
    },
  };
}

/** An IPv6 customer has a whole /64: count by that. */
function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeros = ip.includes('::') ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

const INCREMENT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('TTL', KEYS[1]) }`;

/** Counters in Valkey; while it does not answer, in this process, so that its outage does not open the door. */
export function valkeyCounters(redis: Redis, onFallback: (error: unknown) => void): AttemptCounters {
  const local = memoryCounters();
  const either = async <T>(shared: () => Promise<T>, own: () => Promise<T>): Promise<T> => {
    try {
      return await shared();
    } catch (error) {
      onFallback(error);
      return own();
    }
  };
  return {
    increment: (key, windowSeconds) =>
      either(
        async () => {
          const [count, secondsLeft] = (await redis.eval(INCREMENT, 1, key, windowSeconds)) as [number, number];
          return { count, secondsLeft: Math.max(1, secondsLeft) };
        },
        () => local.increment(key, windowSeconds),
      ),
    decrement: (key) =>
      either(
        async () => void (await redis.eval(`if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end`, 1, key)),
        () => local.decrement(key),
      ),
    clear: (key) => either(async () => void (await redis.del(key)), () => local.clear(key)),
  };
}

/** Counters of one process. */
export function memoryCounters(now: () => number = Date.now): AttemptCounters {
  const entries = new Map<string, { count: number; endsAt: number }>();
  return {
    async increment(key, windowSeconds) {
      if (entries.size > 100_000) entries.clear();
      let entry = entries.get(key);
      if (!entry || entry.endsAt <= now()) entries.set(key, (entry = { count: 0, endsAt: now() + windowSeconds * 1000 }));
      entry.count += 1;
      return { count: entry.count, secondsLeft: Math.max(1, Math.ceil((entry.endsAt - now()) / 1000)) };
    },
    async decrement(key) {
      const entry = entries.get(key);
      if (entry && entry.count > 0) entry.count -= 1;
    },
    async clear(key) {
      entries.delete(key);
    },
  };
}
