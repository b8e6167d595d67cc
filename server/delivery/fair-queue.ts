// Who goes next among those that wait for the same thing: transactional mail before marketing, and within a lane each
// tenant in turn, so that one tenant's thousand does not stand before another's ten. Pure.
import type { Lane } from './enqueue-types.ts';

export interface Claimant {
  lane: Lane;
  tenantId: string;
}

export interface FairQueue<T> {
  add(who: Claimant, item: T): void;
  /** The next whose lane may go now, left in place. */
  peek(may: (lane: Lane) => boolean): T | undefined;
  /** The same, taken out; its tenant's next one waits until the others have had their turn. */
  take(may: (lane: Lane) => boolean): T | undefined;
  readonly size: number;
}

const IN_ORDER: readonly Lane[] = ['transactional', 'marketing'];

export function fairQueue<T>(): FairQueue<T> {
  /** By lane, the tenants that wait, whose turn it is first. */
  const lanes: Record<Lane, Map<string, T[]>> = { transactional: new Map(), marketing: new Map() };
  let size = 0;

  function next(may: (lane: Lane) => boolean): { tenants: Map<string, T[]>; tenantId: string; items: T[] } | null {
    for (const lane of IN_ORDER) {
      if (lanes[lane].size === 0 || !may(lane)) continue;
      const [tenantId, items] = lanes[lane].entries().next().value!;
      return { tenants: lanes[lane], tenantId, items };
    }
    return null;
  }
  return {
    add({ lane, tenantId }, item) {
      size++;
      const items = lanes[lane].get(tenantId);
      if (items) items.push(item);
      else lanes[lane].set(tenantId, [item]);
    },
    peek: (may) => next(may)?.items[0],
    take(may) {
      const found = next(may);
      if (!found) return undefined;
      size--;
      const { tenants, tenantId, items } = found;
      const item = items.shift();
      tenants.delete(tenantId);
      if (items.length > 0) tenants.set(tenantId, items);
      return item;
    },
    get size() {
      return size;
    },
  };
}
