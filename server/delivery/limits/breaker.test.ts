import { describe, expect, test } from 'vitest';
import { type Breaker, breakerFailed, breakerProbing, breakerVerdict, CLOSED } from './breaker.ts';

const settings = { failures: 3, firstMs: 1_000, maxMs: 5_000, probeMs: 60_000 };
const fail = (breaker: Breaker, now: number) => breakerFailed(breaker, now, 'refused', settings, 0.5);

describe('a breaker by the clock', () => {
  test('opens after failures in a row, lets one probe at growing intervals, and closes by a success', () => {
    let breaker = CLOSED;
    const seen: string[] = [];
    const look = (now: number) => seen.push(`${now} ${breakerVerdict(breaker, now).kind}`);
    breaker = fail(fail(breaker, 0), 0);
    look(0);
    breaker = fail(breaker, 0);
    look(0);
    look(999);
    let now = 1_000;
    for (const interval of [2_000, 4_000, 5_000, 5_000]) {
      look(now);
      breaker = breakerProbing(breaker, now, settings);
      look(now);
      breaker = fail(breaker, now + 10);
      expect(breaker.openUntil).toBe(now + 10 + interval);
      now = breaker.openUntil!;
    }
    look(now);
    breaker = CLOSED;
    look(now);
    expect(seen).toEqual([
      '0 closed', '0 open', '999 open', '1000 probe', '1000 open', '3010 probe', '3010 open', '7020 probe', '7020 open', '12030 probe', '12030 open',
      '17040 probe', '17040 closed',
    ]);
  });

  test('a success in between starts the count over; stragglers do not lengthen it; a lost probe is forgotten', () => {
    expect(breakerVerdict(fail(fail(CLOSED, 0), 0), 0).kind).toBe('closed');
    const open = fail(fail(fail(CLOSED, 0), 0), 0);
    expect(fail(open, 500).openUntil).toBe(1_000);
    const probing = breakerProbing(open, 1_000, settings);
    expect(breakerVerdict(probing, 60_999).kind).toBe('open');
    expect(breakerVerdict(probing, 61_000).kind).toBe('probe');
  });
});
