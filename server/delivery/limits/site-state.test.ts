import { describe, expect, test } from 'vitest';
import { ease, FRESH_STATE, objectToConnections, objectToRate, pauseBriefly, probeAccepted, probeSent, type SiteState, SPAN_MS, SPANS, suspend } from './site-state.ts';

/** A site that counts, a sender that paces as it has learnt, and a clock in steps of 100 ms. */
function simulate(options: { minutes: number; mayTake(sent: readonly number[], now: number): boolean; full: number }) {
  let state: SiteState = FRESH_STATE;
  const accepted: number[] = [];
  const perMinute: { accepted: number; refused: number }[] = Array.from({ length: options.minutes }, () => ({ accepted: 0, refused: 0 }));
  let credit = 0;
  for (let step = 0; step < options.minutes * 600; step++) {
    const now = 1_000_000 + step * 100;
    const spans = () => {
      const counts = Array<number>(SPANS).fill(0);
      for (let at = accepted.length - 1; at >= 0 && accepted[at]! > now - SPANS * SPAN_MS; at--) counts[Math.floor((now - accepted[at]!) / SPAN_MS)]!++;
      return counts;
    };
    if (step % 50 === 0) state = ease(state, { now, accepted: spans() }, null);
    let probing = false;
    if (state.stop && state.stop.until > now) {
      credit = 0;
      if (state.stop.probeAt === null || state.stop.probeAt > now) continue;
      state = probeSent(state, now);
      probing = true;
    }
    credit = probing ? 1 : Math.min(credit + (state.perMinute ?? options.full) / 600, 1 + (state.perMinute ?? options.full) / 600);
    for (; credit >= 1; credit--) {
      const minute = perMinute[Math.floor(step / 600)]!;
      if (options.mayTake(accepted, now)) {
        accepted.push(now);
        minute.accepted++;
        if (probing) state = probeAccepted(state, now);
        continue;
      }
      minute.refused++;
      state = objectToRate(state, { now, accepted: spans() }, 'too fast');
      break;
    }
  }
  return { state, perMinute };
}
const trailing = (sent: readonly number[], now: number, windowMs: number): number => {
  let count = 0;
  for (let at = sent.length - 1; at >= 0 && sent[at]! > now - windowMs; at--) count++;
  return count;
};

describe('a limit that nobody told us is found in the first minute and kept', () => {
  test.each([
    ['300 in any minute', 300, (limit: number) => (sent: readonly number[], now: number) => trailing(sent, now, 60_000) < limit],
    ['600 in each minute by the clock', 600, (limit: number) => (sent: readonly number[], now: number) => trailing(sent, now, now % 60_000 || 1) < limit],
    ['3000 in any minute', 3_000, (limit: number) => (sent: readonly number[], now: number) => trailing(sent, now, 60_000) < limit],
  ])('%s', (_name, limit, rule) => {
    const { perMinute } = simulate({ minutes: 8, full: 60_000, mayTake: rule(limit) });
    const later = perMinute.slice(2);
    const taken = later.reduce((total, minute) => total + minute.accepted, 0);
    const refused = later.reduce((total, minute) => total + minute.refused, 0);
    expect(taken).toBeGreaterThan(0.9 * limit * later.length);
    expect(refused / taken).toBeLessThan(0.005);
  });

  test('a limit by the second is not taken for one by the minute, a sixtieth of it', () => {
    const { perMinute } = simulate({ minutes: 6, full: 60_000, mayTake: (sent, now) => trailing(sent, now, 1_000) < 20 });
    expect(perMinute.at(-1)!.accepted).toBeGreaterThan(0.45 * 1_200);
    expect(perMinute.slice(2).reduce((total, minute) => total + minute.refused, 0)).toBeLessThan(30);
  });
});

const full = { now: 100_000, accepted: [50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50] };

describe('single steps', () => {
  test('replies to what was on its way change nothing more', () => {
    const once = objectToRate(FRESH_STATE, full, 'r');
    expect(once).toMatchObject({ perMinute: 570, objectedPerMinute: 600 });
    expect(objectToRate(once, { ...full, now: full.now + 1_900 }, 'r')).toBe(once);
  });

  test('an objection to the very first message teaches no rate, only a pause that doubles', () => {
    const none = { accepted: Array<number>(SPANS).fill(0) };
    const first = objectToRate(FRESH_STATE, { now: 1_000_000, ...none }, 'r');
    expect([first.perMinute, first.stop?.lengthMs]).toEqual([null, 60_000]);
    expect(objectToRate(first, { now: 1_061_000, ...none }, 'r').stop?.lengthMs).toBe(120_000);
  });

  test('eases up to just below what was objected to, holds, and forgets at the configured rate', () => {
    let state: SiteState = { ...FRESH_STATE, perMinute: 300, objectedPerMinute: 600, objectedAt: 100_000, changedAt: 100_000 };
    const busy = (now: number) => ({ now, accepted: Array<number>(SPANS).fill(50) });
    for (let now = 100_000; now < 500_000; now += 10_000) state = ease(state, busy(now), 620);
    expect(state.perMinute).toBeGreaterThan(570);
    expect(state.perMinute).toBeLessThan(590);
    for (let now = 700_100; now < 900_000; now += 10_000) state = ease(state, busy(now), 620);
    expect(state.perMinute).toBeNull();
  });

  test('connections: the lowest number that it objected beyond, one more after half an hour', () => {
    const state = objectToConnections(objectToConnections(FRESH_STATE, 0, 4, 'r'), 10, 6, 'r');
    expect(state.connections).toBe(4);
    expect(ease(state, { now: 1_800_011, accepted: [] }, null).connections).toBe(5);
    expect(objectToConnections(FRESH_STATE, 0, 0, 'r').connections).toBe(1);
  });

  test('not even one connection: a brief pause, doubled when it says so again right after', () => {
    const first = pauseBriefly(FRESH_STATE, 100_000, 'r');
    expect(first.stop?.until).toBe(105_000);
    expect(pauseBriefly(first, 101_000, 'r')).toBe(first);
    expect(pauseBriefly(first, 106_000, 'r').stop?.lengthMs).toBe(10_000);
    expect(pauseBriefly(first, 200_000, 'r').stop?.lengthMs).toBe(5_000);
  });

  test('a suspension is not shortened by a pause or a shorter one, and ends', () => {
    const state = suspend(FRESH_STATE, 1_000, 60_000, 'listed');
    expect(suspend(state, 2_000, 5_000, 'other')).toBe(state);
    expect(objectToRate(state, { ...full, now: 10_000 }, 'r').stop?.reason).toBe('listed');
    expect(ease(state, { now: 60_999, accepted: [] }, null).stop).not.toBeNull();
    expect(ease(state, { now: 61_000, accepted: [] }, null).stop).toBeNull();
  });
});
