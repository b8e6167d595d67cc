// When to try again: exponential, jittered, capped. Pure.

export interface BackoffPolicy {
  firstMs: number;
  maxMs: number;
  maxAttempts: number;
}

const MINUTE_MS = 60_000;

/**
 * For other people's servers: 4, 8, 16, 32, 64, 128, then every 240 minutes. Greylisting asks for minutes, and
 * five days of it are about 34 attempts.
 */
export const REMOTE_BACKOFF: BackoffPolicy = { firstMs: 4 * MINUTE_MS, maxMs: 240 * MINUTE_MS, maxAttempts: 50 };

/** For our own MX and configured relays: nobody is annoyed, and people wait for mail between neighbours. */
export const ROUTED_BACKOFF: BackoffPolicy = { firstMs: 10_000, maxMs: 15 * MINUTE_MS, maxAttempts: 600 };

/**
 * The pause before the next attempt, in milliseconds.
 * @param attempts attempts made so far, from 1
 * @param random from 0 up to 1; spreads the pause by ±20 %, so that what failed together does not return together
 */
export function retryAfterMs(policy: BackoffPolicy, attempts: number, random: number): number {
  const doublings = Math.min(attempts - 1, 30);
  const base = Math.min(policy.firstMs * 2 ** doublings, policy.maxMs);
  return Math.round(base * (0.8 + 0.4 * random));
}
