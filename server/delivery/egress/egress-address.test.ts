import { describe, expect, test } from 'vitest';
import { canReach, defaultEgress } from './egress-address.ts';

describe('which addresses an egress reaches', () => {
  test.each([
    [null, '192.0.2.1', true],
    [null, '2001:db8::1', true],
    ['198.51.100.7', '192.0.2.1', true],
    ['198.51.100.7', '2001:db8::1', false],
    ['2001:db8::7', '2001:db8::1', true],
    ['2001:db8::7', '192.0.2.1', false],
    ['2001:db8::7', 'relay.example.com', true],
  ])('from %s to %s: %s', (sourceAddress, target, reached) => {
    expect(canReach({ ...defaultEgress('mail.eider.test'), sourceAddress }, target)).toBe(reached);
  });
});
