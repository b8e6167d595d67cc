import { describe, expect, test } from 'vitest';
import { type KeyState, nextRotationStep, nextSelectors, PUBLISH_WAIT_MS, RETIRE_WAIT_MS } from './rotation-rules.ts';

const now = new Date('2026-11-25T12:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const key = (selector: string, status: KeyState['status'], times: Partial<KeyState> = {}): KeyState => ({ selector, status, seenAt: null, retiredAt: null, ...times });
const signing = [key('s1rsa', 'signing'), key('s1ed', 'signing')];

describe('the next step', () => {
  test.each<[string, KeyState[], object]>([
    ['nothing to rotate', signing, { kind: 'idle' }],
    ['no record yet', [...signing, key('s2rsa', 'published'), key('s2ed', 'published')], { kind: 'await-records', selectors: ['s2rsa', 's2ed'] }],
    ['one record is missing', [...signing, key('s2rsa', 'published', { seenAt: ago(PUBLISH_WAIT_MS) }), key('s2ed', 'published')], { kind: 'await-records', selectors: ['s2ed'] }],
    [
      'seen, the last one an hour ago',
      [...signing, key('s2rsa', 'published', { seenAt: ago(PUBLISH_WAIT_MS) }), key('s2ed', 'published', { seenAt: ago(3_600_000) })],
      { kind: 'wait', at: new Date(now.getTime() + PUBLISH_WAIT_MS - 3_600_000) },
    ],
    [
      'seen for long enough',
      [...signing, key('s2rsa', 'published', { seenAt: ago(PUBLISH_WAIT_MS) }), key('s2ed', 'published', { seenAt: ago(PUBLISH_WAIT_MS) })],
      { kind: 'switch' },
    ],
    [
      'switched yesterday',
      [key('s1rsa', 'retired', { retiredAt: ago(86_400_000) }), key('s2rsa', 'signing')],
      { kind: 'wait-retired', at: new Date(now.getTime() - 86_400_000 + RETIRE_WAIT_MS), selectors: ['s1rsa'] },
    ],
    [
      'old records have served',
      [key('s1rsa', 'retired', { retiredAt: ago(RETIRE_WAIT_MS) }), key('s1ed', 'retired', { retiredAt: ago(RETIRE_WAIT_MS) }), key('s2rsa', 'signing')],
      { kind: 'remove', selectors: ['s1rsa', 's1ed'] },
    ],
  ])('%s', (_, keys, step) => expect(nextRotationStep(keys, now)).toEqual(step));
});

test.each([
  [[], 's1rsa'],
  [['s1rsa', 's1ed'], 's2rsa'],
  [['s9ed', 's10rsa', 'mail', 's2025-rsa'], 's11rsa'],
])('selectors after %j', (selectors, expected) => expect(nextSelectors(selectors)['rsa-sha256']).toBe(expected));
