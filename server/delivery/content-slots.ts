// Who may hold a message's content in memory: so many at once for each site, so many octets in all. A slow site
// fills its own slots and no more; the others go on.
export interface ContentSlots {
  /**
   * Waits for a slot of the site and for `bytes` of the budget (more than all of it waits for all of it), first come
   * first served within a site, and gives the function that returns both.
   */
  take(site: string, bytes: number): Promise<() => void>;
}

/** Some for each connection of a site are ready while others are being sent. */
export const DEFAULT_SLOTS = { perSite: 40, totalBytes: 48 * 1024 * 1024 };

interface Waiting {
  site: string;
  bytes: number;
  start(): void;
}

export function contentSlots(limits: { perSite: number; totalBytes: number }): ContentSlots {
  let free = limits.totalBytes;
  const used = new Map<string, number>();
  const waitingForSite = new Map<string, Waiting[]>();
  const waitingForBytes: Waiting[] = [];

  function begin(entry: Waiting): void {
    used.set(entry.site, (used.get(entry.site) ?? 0) + 1);
    waitingForBytes.push(entry);
    pump();
  }
  function pump(): void {
    while (waitingForBytes.length > 0 && waitingForBytes[0]!.bytes <= free) {
      const next = waitingForBytes.shift()!;
      free -= next.bytes;
      next.start();
    }
  }
  function end(site: string, bytes: number): void {
    free += bytes;
    const left = used.get(site)! - 1;
    if (left > 0) used.set(site, left);
    else used.delete(site);
    const queue = waitingForSite.get(site);
    const next = queue?.shift();
    if (queue?.length === 0) waitingForSite.delete(site);
    if (next) begin(next);
    else pump();
  }
  return {
    take(site, wanted) {
      const bytes = Math.min(wanted, limits.totalBytes);
      return new Promise((resolve) => {
        const entry: Waiting = { site, bytes, start: () => resolve(() => end(site, bytes)) };
        if ((used.get(site) ?? 0) < limits.perSite) return begin(entry);
        const queue = waitingForSite.get(site);
        if (queue) queue.push(entry);
        else waitingForSite.set(site, [entry]);
      });
    },
  };
}
