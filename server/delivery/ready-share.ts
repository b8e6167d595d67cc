// How many rows to claim from each ready queue: fair between tenants first, then between a tenant's domains,
// and no more of one domain than can be worked on. Pure.
import type { ReadyQueue } from './claim.store.ts';

/**
 * @param queues what is ready
 * @param room how many more rows the worker can hold
 * @param spare for a queue, how many more of its rows the worker wants in hand
 */
export function shareRoom(
  queues: readonly ReadyQueue[],
  room: number,
  spare: (queue: ReadyQueue) => number,
): (ReadyQueue & { count: number })[] {
  const wanted = queues.map((queue) => ({ ...queue, count: 0, spare: Math.max(0, spare(queue)) })).filter((queue) => queue.spare > 0);
  const tenants = [...Map.groupBy(wanted, (queue) => queue.tenantId).values()];
  let left = room;
  // Rounds of equal shares: what a tenant or queue cannot use is shared again among the others.
  for (let open = tenants; left > 0 && open.length > 0; ) {
    const perTenant = Math.max(1, Math.floor(left / open.length));
    for (const queuesOfTenant of open) {
      left -= shareAmong(queuesOfTenant, Math.min(perTenant, left));
    }
    open = open.filter((queuesOfTenant) => queuesOfTenant.some((queue) => queue.count < queue.spare));
  }
  return wanted.filter((queue) => queue.count > 0).map(({ tenantId, domain, count }) => ({ tenantId, domain, count }));
}

function shareAmong(queues: { count: number; spare: number }[], room: number): number {
  let left = room;
  for (let open = queues.filter((queue) => queue.count < queue.spare); left > 0 && open.length > 0; ) {
    const each = Math.max(1, Math.floor(left / open.length));
    for (const queue of open) {
      const take = Math.min(each, queue.spare - queue.count, left);
      queue.count += take;
      left -= take;
    }
    open = open.filter((queue) => queue.count < queue.spare);
  }
  return room - left;
}
