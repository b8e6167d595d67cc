import { describe, expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

/** Work that ends when told to. */
function held() {
  let release!: () => void;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('byte budget', () => {
  test('starts what fits, makes the rest wait in order', async () => {
    const budget = new ByteBudget(100);
    const log: string[] = [];
    const first = held();
    const second = held();
    const runs = [
      budget.run(60, () => (log.push('first'), first.promise)),
      budget.run(60, () => (log.push('second'), second.promise)),
      budget.run(10, async () => void log.push('third')),
    ];
    await settle();
    // The third would fit, but must not overtake: a stream of small ones would starve a large one.
    expect(log).toEqual(['first']);
    first.release();
    await settle();
    expect(log).toEqual(['first', 'second', 'third']);
    second.release();
    await Promise.all(runs);
  });

  test('lets one that is larger than everything have everything', async () => {
    const budget = new ByteBudget(100);
    const small = held();
    const log: string[] = [];
    const runs = [budget.run(1, () => small.promise), budget.run(5_000, async () => void log.push('large'))];
    await settle();
    expect(log).toEqual([]);
    small.release();
    await Promise.all(runs);
    expect(log).toEqual(['large']);
  });

  test('gives back what failed work held', async () => {
    const budget = new ByteBudget(10);
    await expect(budget.run(10, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await budget.run(10, async () => 'yes')).toBe('yes');
  });
});
