// Who may hold a message's content in memory: so many at once for each site, so many octets in all. A slow site
// fills its own slots and no more; the others go on. Transactional mail goes before marketing, which never gets all of
// either; tenants take turns.
import type { Lane } from './enqueue-types.ts';
import { type Claimant, type FairQueue, fairQueue } from './fair-queue.ts';

export interface ContentSlots {
  /**
   * Waits for a slot of the site and for `bytes` of the budget (more than all of it waits for all of it), in the order
   * of fair-queue.ts, and gives the function that returns both.
   */
  take(site: string, bytes: number, who: Claimant): Promise<() => void>;
}

/** Some for each connection of a site are ready while others are being sent. */
export const DEFAULT_SLOTS = { perSite: 40, totalBytes: 48 * 1024 * 1024 };

/** Marketing's share of a site's slots and of the octets; the rest is there for transactional mail at any time. */
const MARKETING_SHARE = 0.75;

interface Waiting {
  site: string;
  bytes: number;
  who: Claimant;
  start(): void;
}

interface Site {
  used: Record<Lane, number>;
  waiting: FairQueue<Waiting>;
}

export function contentSlots(limits: { perSite: number; totalBytes: number }): ContentSlots {
  const usedBytes: Record<Lane, number> = { transactional: 0, marketing: 0 };
  const sites = new Map<string, Site>();
  const waitingForBytes = fairQueue<Waiting>();

  const mayUseSite = (site: Site) => (lane: Lane): boolean =>
    site.used.transactional + site.used.marketing < limits.perSite &&
    (lane === 'transactional' || site.used.marketing < Math.max(1, Math.floor(limits.perSite * MARKETING_SHARE)));
  const mayUseBytes = (lane: Lane): boolean => lane === 'transactional' || usedBytes.marketing < limits.totalBytes * MARKETING_SHARE;

  function pumpSite(name: string, site: Site): void {
    for (let next = site.waiting.take(mayUseSite(site)); next; next = site.waiting.take(mayUseSite(site))) {
      site.used[next.who.lane]++;
      waitingForBytes.add(next.who, next);
    }
    if (site.waiting.size === 0 && site.used.transactional + site.used.marketing === 0) sites.delete(name);
  }
  function pumpBytes(): void {
    for (let next = waitingForBytes.peek(mayUseBytes); next; next = waitingForBytes.peek(mayUseBytes)) {
      if (next.bytes > limits.totalBytes - usedBytes.transactional - usedBytes.marketing) return;
      waitingForBytes.take(mayUseBytes);
      usedBytes[next.who.lane] += next.bytes;
      next.start();
    }
  }
  function end({ site: name, bytes, who }: Waiting): void {
    usedBytes[who.lane] -= bytes;
    const site = sites.get(name)!;
    site.used[who.lane]--;
    pumpSite(name, site);
    pumpBytes();
  }
  return {
    take(name, wanted, who) {
      const bytes = Math.min(wanted, limits.totalBytes);
      return new Promise((resolve) => {
        const site = sites.get(name) ?? { used: { transactional: 0, marketing: 0 }, waiting: fairQueue<Waiting>() };
        sites.set(name, site);
        const entry: Waiting = { site: name, bytes, who, start: () => resolve(() => end(entry)) };
        site.waiting.add(who, entry);
        pumpSite(name, site);
        pumpBytes();
      });
    },
  };
}
