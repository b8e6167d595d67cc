import { describe, expect, test } from 'vitest';
import { FINAL_STATES, LIVE_STATES, sqlFrom, sqlTo, type Transition, TRANSITIONS } from './states.ts';

const transitions = Object.entries(TRANSITIONS) as [string, Transition][];

describe('states', () => {
  test('every live state is reached and can be left for good: none is a trap', () => {
    for (const state of LIVE_STATES) {
      expect(transitions.some(([, transition]) => transition.to === state), state).toBe(true);
      const seen = new Set<string>([state]);
      for (let grew = true; grew; ) {
        const before = seen.size;
        for (const [, transition] of transitions) if (transition.from.some((from) => seen.has(from))) seen.add(transition.to);
        grew = seen.size > before;
      }
      expect(seen.has('delivered'), `${state} can still be delivered`).toBe(true);
    }
  });

  test('nothing leaves a final state, and each is reached', () => {
    for (const state of FINAL_STATES) {
      expect(transitions.some(([, transition]) => transition.to === state)).toBe(true);
      expect(transitions.some(([, transition]) => (transition.from as readonly string[]).includes(state))).toBe(false);
    }
  });

  const LEASE_ENDED = ['loseLease', 'loseAgain', 'quarantine'];
  test('whatever leaves attempting shows the lease, except the lease running out; and nothing final comes without an event', () => {
    for (const [name, transition] of transitions) {
      if (transition.from.includes('attempting') && !LEASE_ENDED.includes(name)) expect(transition.needsLease, name).toBe(true);
      if ((FINAL_STATES as readonly string[]).includes(transition.to)) expect(transition.event, name).not.toBeNull();
    }
  });

  test('SQL literals', () => {
    expect(sqlFrom('due')).toBe("'scheduled', 'deferred'");
    expect(sqlTo('claim')).toBe("'attempting'");
  });
});
