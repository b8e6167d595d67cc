// Whether an operator's suspension stops a delivery: by its lane, tenant, recipient domain, or the hosts that it
// would go to. Pure.
import type { Lane } from './enqueue-types.ts';
import type { Suspension } from './suspension.store.ts';

export interface SuspensionMatch {
  lane(lane: Lane): Suspension | null;
  tenant(tenantId: string): Suspension | null;
  domain(domain: string): Suspension | null;
  /** @param hosts MX host names of a site */
  hosts(hosts: readonly string[]): Suspension | null;
  /** The first that stops a delivery, widest scope first. */
  find(delivery: { lane: Lane; tenantId: string; domain: string; hosts: readonly string[] }): Suspension | null;
}

/** @param suspensions those in force */
export function suspensionMatch(suspensions: readonly Suspension[]): SuspensionMatch {
  const exact = new Map(suspensions.filter((entry) => !entry.match.startsWith('.')).map((entry) => [`${entry.scope} ${entry.match}`, entry]));
  const suffixes = suspensions.filter((entry) => entry.scope === 'mx' && entry.match.startsWith('.'));
  const match: SuspensionMatch = {
    lane: (lane) => exact.get(`lane ${lane}`) ?? null,
    tenant: (tenantId) => exact.get(`tenant ${tenantId}`) ?? null,
    domain: (domain) => exact.get(`domain ${domain}`) ?? null,
    hosts(hosts) {
      for (const host of hosts) {
        const found = exact.get(`mx ${host}`) ?? suffixes.find((entry) => host.endsWith(entry.match));
        if (found) return found;
      }
      return null;
    },
    find: ({ lane, tenantId, domain, hosts }) => match.lane(lane) ?? match.tenant(tenantId) ?? match.domain(domain) ?? match.hosts(hosts),
  };
  return match;
}
