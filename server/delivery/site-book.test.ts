import { describe, expect, test } from 'vitest';
import { REMOTE_BACKOFF } from './backoff.ts';
import type { RouteResult } from './route.ts';
import { siteBook } from './site-book.ts';

const routeTo = (key: string): RouteResult => ({
  kind: 'route',
  route: { key, site: key, hosts: [key], local: false, tls: null, backoff: REMOTE_BACKOFF, targets: () => Promise.resolve({ kind: 'targets', targets: [] }) },
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('siteBook', () => {
  test('a domain is pending, then known, then refreshed while the old answer serves', async () => {
    let now = 0;
    let asked = 0;
    let learnt = 0;
    const book = siteBook(() => Promise.resolve(routeTo(`mx${++asked}`)), () => learnt++, { freshMs: 60_000, maxLookups: 10, maxDomains: 10, now: () => now });
    expect(book.of('a.example')).toEqual({ kind: 'pending' });
    expect(book.of('a.example')).toEqual({ kind: 'pending' });
    await turn();
    expect([asked, learnt]).toEqual([1, 1]);
    expect(book.of('a.example')).toMatchObject({ kind: 'site', route: { key: 'mx1' } });
    now = 60_001;
    expect(book.of('a.example')).toMatchObject({ kind: 'site', route: { key: 'mx1' } });
    await turn();
    expect(book.of('a.example')).toMatchObject({ kind: 'site', route: { key: 'mx2' } });
  });

  test('no route, or a fault: the domain is claimed without a site', async () => {
    const book = siteBook((domain) => (domain === 'x' ? Promise.reject(new Error('boom')) : Promise.resolve({ kind: 'unknown', category: 'dns', reason: 'r' })), () => undefined);
    book.of('x');
    book.of('y');
    await turn();
    expect([book.of('x'), book.of('y')]).toEqual([{ kind: 'none' }, { kind: 'none' }]);
  });

  test('look-ups and memory are bounded', async () => {
    let running = 0;
    let most = 0;
    const book = siteBook(
      async (domain) => {
        most = Math.max(most, ++running);
        await turn();
        running--;
        return routeTo(domain);
      },
      () => undefined,
      { freshMs: 60_000, maxLookups: 3, maxDomains: 5, now: () => 0 },
    );
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 20; i++) book.of(`d${i}.example`);
      await turn();
    }
    expect(most).toBe(3);
    expect(book.size).toBeLessThanOrEqual(5);
  });
});
