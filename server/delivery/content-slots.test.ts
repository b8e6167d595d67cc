import { describe, expect, test } from 'vitest';
import { contentSlots } from './content-slots.ts';

/** Takes in order and notes who has started. */
function takers(slots: ReturnType<typeof contentSlots>) {
  const started: string[] = [];
  const releases = new Map<string, () => void>();
  return {
    started,
    async take(name: string, site: string, bytes: number) {
      void slots.take(site, bytes).then((release) => {
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
});
