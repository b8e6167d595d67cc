import { describe, expect, test } from 'vitest';
import { shareRoom } from './ready-share.ts';

const queues = (spec: Record<string, string[]>) =>
  Object.entries(spec).flatMap(([tenantId, domains]) => domains.map((domain) => ({ tenantId, domain })));
const counts = (shares: { tenantId: string; domain: string; count: number }[]) =>
  Object.fromEntries(shares.map((share) => [`${share.tenantId}/${share.domain}`, share.count]));

describe('shareRoom', () => {
  test('a tenant with many domains gets no more than one with a single one', () => {
    const shares = shareRoom(queues({ big: ['a', 'b', 'c', 'd'], small: ['a'] }), 80, () => 1_000);
    expect(counts(shares)).toEqual({ 'big/a': 10, 'big/b': 10, 'big/c': 10, 'big/d': 10, 'small/a': 40 });
  });

  test('what one cannot use goes to the others', () => {
    const shares = shareRoom(queues({ t: ['a', 'b'], u: ['a'] }), 100, (queue) => (queue.tenantId === 'u' ? 5 : queue.domain === 'a' ? 10 : 1_000));
    expect(counts(shares)).toEqual({ 't/a': 10, 't/b': 85, 'u/a': 5 });
  });

  test('never more than the room or the spare', () => {
    for (const room of [0, 1, 2, 3, 7, 50]) {
      const shares = shareRoom(queues({ a: ['x', 'y', 'z'], b: ['x'], c: ['q', 'r'] }), room, () => 4);
      expect(shares.reduce((sum, share) => sum + share.count, 0)).toBe(Math.min(room, 24));
      expect(shares.every((share) => share.count <= 4)).toBe(true);
    }
  });

  test('nothing spare, nothing claimed', () => expect(shareRoom(queues({ a: ['x'] }), 10, () => 0)).toEqual([]));
});
