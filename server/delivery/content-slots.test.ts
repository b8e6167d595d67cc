import { describe, expect, test } from 'vitest';
import { contentSlots } from './content-slots.ts';
import type { Lane } from './enqueue-types.ts';

/** Takes in order and notes who has started. */
function takers(slots: ReturnType<typeof contentSlots>) {
  const started: string[] = [];
  const releases = new Map<string, () => void>();
  return {
    started,
    async take(name: string, site: string, bytes: number, lane: Lane = 'transactional', tenantId = 't') {
      void slots.take(site, bytes, { lane, tenantId }).then((release) => {
        started.push(name);
        releases.set(name, release);
      });
      await Promise.resolve();
      await Promise.resolve();
    },
    async release(name: string) {
      releases.get(name)!();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('contentSlots', () => {
  test('a full site waits, another does not', async () => {
    const all = takers(contentSlots({ perSite: 2, totalBytes: 1_000 }));
    for (const name of ['a1', 'a2', 'a3', 'a4']) await all.take(name, 'a', 1);
    await all.take('b1', 'b', 1);
    expect(all.started).toEqual(['a1', 'a2', 'b1']);
    await all.release('a2');
    expect(all.started).toEqual(['a1', 'a2', 'b1', 'a3']);
    await all.release('a1');
    await all.release('b1');
    expect(all.started).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  });

  test('octets are bounded over all sites, and one larger than all of them passes alone', async () => {
    const all = takers(contentSlots({ perSite: 10, totalBytes: 100 }));
    await all.take('small', 'a', 60);
    await all.take('huge', 'b', 5_000);
    await all.take('after', 'c', 10);
    expect(all.started).toEqual(['small']);
    await all.release('small');
    expect(all.started).toEqual(['small', 'huge']);
    await all.release('huge');
    expect(all.started).toEqual(['small', 'huge', 'after']);
  });

  test('marketing leaves room at a site, and what comes later in the other lane goes before it', async () => {
    const all = takers(contentSlots({ perSite: 4, totalBytes: 1_000 }));
    for (const name of ['m1', 'm2', 'm3', 'm4', 'm5']) await all.take(name, 'a', 1, 'marketing');
    expect(all.started).toEqual(['m1', 'm2', 'm3']);
    await all.take('t1', 'a', 1);
    await all.take('t2', 'a', 1);
    expect(all.started).toEqual(['m1', 'm2', 'm3', 't1']);
    await all.release('m1');
    expect(all.started).toEqual(['m1', 'm2', 'm3', 't1', 't2']);
    await all.release('t1');
    expect(all.started.at(-1)).toBe('m4');
  });

  test('one tenant\'s many do not stand before another\'s few', async () => {
    const all = takers(contentSlots({ perSite: 1, totalBytes: 1_000 }));
    for (const name of ['a1', 'a2', 'a3']) await all.take(name, 'x', 1, 'marketing', 'a');
    await all.take('b1', 'x', 1, 'marketing', 'b');
    for (const name of ['a1', 'a2', 'b1']) await all.release(name);
    expect(all.started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });
});
