// How many rows of each ready queue to claim, given what limits let through: a site's slots are shared fairly between
// the tenants that want them, and what a site cannot take now stays where it is. Pure but for the questions it asks.
import type { ReadyQueue } from './claim.store.ts';
import { shareRoom } from './ready-share.ts';

export interface QueueLimits {
  /** Queues with the same site share its rows. Null: none of a site. */
  site: string | null;
  /** That the site takes now; Infinity or more than any room: unlimited. */
  siteRows: number;
}

export interface PlanInput {
  queues: readonly ReadyQueue[];
  /** How many more rows the worker can hold. */
  room: number;
  /** For a queue, how many more of its rows the worker wants in hand. */
  spare(queue: ReadyQueue): number;
  limitsOf(queue: ReadyQueue): QueueLimits;
  /** That the tenant may send now. */
  tenantRows(tenantId: string): number;
  /** From 0 up to 1: which of many gets the odd row. */
  random: number;
}

export function planClaims(input: PlanInput): (ReadyQueue & { count: number })[] {
  const { queues, room } = input;
  const caps = new Map<ReadyQueue, number>();
  const bySite = new Map<string, ReadyQueue[]>();
  const siteRows = new Map<string, number>();
  for (const queue of queues) {
    const { site, siteRows: rows } = input.limitsOf(queue);
    caps.set(queue, input.spare(queue));
    if (site === null || rows >= room) continue;
    siteRows.set(site, rows);
    const others = bySite.get(site);
    if (others) others.push(queue);
    else bySite.set(site, [queue]);
  }
  for (const [site, ofSite] of bySite) share(ofSite, siteRows.get(site)!, caps, input.random);
  for (const [tenantId, ofTenant] of Map.groupBy(queues, (queue) => queue.tenantId)) {
    const rows = input.tenantRows(tenantId);
    if (rows < room) share(ofTenant, rows, caps, input.random);
  }
  return shareRoom(queues, room, (queue) => caps.get(queue)!);
}

/** Lowers the caps of the queues so that together they are at most `rows`, fair between their tenants. */
function share(queues: readonly ReadyQueue[], rows: number, caps: Map<ReadyQueue, number>, random: number): void {
  // Few rows for many: another one is first each time.
  const first = Math.floor(random * queues.length);
  const rotated = [...queues.slice(first), ...queues.slice(0, first)];
  const shares = new Map(shareRoom(rotated, rows, (queue) => caps.get(queue)!).map((entry) => [`${entry.tenantId} ${entry.domain}`, entry.count]));
  for (const queue of queues) caps.set(queue, shares.get(`${queue.tenantId} ${queue.domain}`) ?? 0);
}
