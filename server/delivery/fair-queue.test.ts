import { describe, expect, test } from 'vitest';
import type { Lane } from './enqueue-types.ts';
import { fairQueue } from './fair-queue.ts';

const all = (): boolean => true;

describe('who goes next', () => {
  test.each<[string, string[], string]>([
    ['first come, first served, of one tenant', ['tA1', 'tA2', 'tA3'], 'A1 A2 A3'],
    ['tenants in turn', ['tA1', 'tA2', 'tA3', 'tB1', 'tB2', 'tC1'], 'A1 B1 C1 A2 B2 A3'],
    ['transactional before marketing, whoever came first', ['mA1', 'mA2', 'mB1', 'tA1', 'tA2'], 'A1 A2 A1 B1 A2'],
  ])('%s', (_name, waiting, order) => {
    const queue = fairQueue<string>();
    for (const text of waiting) queue.add({ lane: text[0] === 't' ? 'transactional' : 'marketing', tenantId: text[1]! }, text.slice(1));
    const got: string[] = [];
    for (let item = queue.take(all); item !== undefined; item = queue.take(all)) got.push(item);
    expect(got.join(' ')).toBe(order);
    expect(queue.size).toBe(0);
  });

  test('a lane that may not go is passed over', () => {
    const queue = fairQueue<string>();
    const notMarketing = (lane: Lane): boolean => lane !== 'marketing';
    queue.add({ lane: 'marketing', tenantId: 'A' }, 'news');
    expect(queue.take(notMarketing)).toBeUndefined();
    queue.add({ lane: 'transactional', tenantId: 'B' }, 'code');
    expect(queue.peek(all)).toBe('code');
    expect([queue.take(notMarketing), queue.take(notMarketing), queue.take(all)]).toEqual(['code', undefined, 'news']);
  });
});
