import { describe, expect, test } from 'vitest';
import { addSlots, changeRate, newGate, slotsInHand, takeSlot } from './gate.ts';
import { shareOf } from './rate.ts';

const gate = () => newGate('k', 't', 'rate', { count: 10, windowMs: 1_000 }, 0);

describe('slots in hand', () => {
  test('a burst at once, the rest each in its time', () => {
    const g = gate();
    addSlots(g, 1_000, -200, 100, 5);
    expect(slotsInHand(g, 1_000)).toBe(5);
    expect([1, 2, 3, 4, 5, 6].map(() => takeSlot(g, 1_000))).toEqual([1_000, 1_000, 1_000, 1_100, 1_200, null]);
  });

  test('too late is lost, a little late is not', () => {
    const g = gate();
    addSlots(g, 1_000, 100, 100, 4);
    expect(slotsInHand(g, 2_150)).toBe(3);
    expect(takeSlot(g, 2_150)).toBe(2_150);
    expect(slotsInHand(g, 9_999)).toBe(0);
    expect(takeSlot(g, 9_999)).toBeNull();
  });

  test('without an interval all are free at once', () => {
    const g = gate();
    addSlots(g, 1_000, 0, 0, 2);
    expect([takeSlot(g, 1_000), takeSlot(g, 1_000), takeSlot(g, 1_000)]).toEqual([1_000, 1_000, null]);
  });
});

describe('a rule that becomes another', () => {
  test('what was granted by the one before is forgotten; the same in other words changes nothing', () => {
    const g = gate();
    addSlots(g, 1_000, 0, 100, 5);
    changeRate(g, { count: 10, windowMs: 1_000 });
    expect(slotsInHand(g, 1_000)).toBe(5);
    const before = g.pace!.intervalMs;
    changeRate(g, shareOf({ count: 10, windowMs: 1_000 }, 0.25));
    expect(g.pace!.intervalMs / before).toBeCloseTo(4, 5);
    expect(slotsInHand(g, 1_000)).toBe(0);
    changeRate(g, null);
    expect(g.pace).toBeNull();
  });
});
