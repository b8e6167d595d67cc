import { describe, expect, test } from 'vitest';
import { DEFAULT_PRESSURE, pressureState, type PressureState } from './pressure.ts';

const GIB = 1024 ** 3;
const calm: PressureState = { transactional: null, marketing: null };
const roomy = { backlog: 0, freeBytes: 50 * GIB, totalBytes: 100 * GIB };
const refused = (state: PressureState) => Object.entries(state).flatMap(([lane, reason]) => (reason === null ? [] : [lane]));

describe('marketing first, then everything', () => {
  test.each([
    [{ ...roomy }, []],
    [{ ...roomy, backlog: 3_000_001 }, ['marketing']],
    [{ ...roomy, backlog: 5_000_001 }, ['transactional', 'marketing']],
    [{ ...roomy, freeBytes: 3.9 * GIB }, ['marketing']],
    [{ ...roomy, freeBytes: 0.9 * GIB }, ['transactional', 'marketing']],
    [{ backlog: 0, freeBytes: 1.5 * GIB, totalBytes: 10 * GIB }, []],
    [{ backlog: 0, freeBytes: 0.2 * GIB, totalBytes: 10 * GIB }, ['transactional', 'marketing']],
  ])('%j: %j', (measure, lanes) => expect(refused(pressureState(measure, DEFAULT_PRESSURE, calm))).toEqual(lanes));
});

test('what was refused is taken again only with some room to spare', () => {
  let state = pressureState({ ...roomy, backlog: 3_100_000 }, DEFAULT_PRESSURE, calm);
  expect(state.marketing).toBe('3100000 deliveries are waiting');
  state = pressureState({ ...roomy, backlog: 2_900_000 }, DEFAULT_PRESSURE, state);
  expect(refused(state)).toEqual(['marketing']);
  expect(refused(pressureState({ ...roomy, backlog: 2_600_000 }, DEFAULT_PRESSURE, state))).toEqual([]);
});
