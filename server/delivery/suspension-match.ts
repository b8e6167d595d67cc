// Whether a suspension stops a delivery: by its lane, tenant, a tenant's lane, recipient domain, sender's domain, or the
// hosts that it would go to. Pure.
import type { Lane } from './enqueue-types.ts';
import type { Suspension } from './suspension.store.ts';

export interface SuspensionMatch {
  lane(lane: Lane): Suspension | null;
  tenant(tenantId: string): Suspension | null;
  tenantLane(tenantId: string, lane: Lane): Suspension | null;
  domain(domain: string): Suspension | null;
  /** @param domain of the header From; seen only once the message is loaded */
  sender(tenantId: string, domain: string): Suspension | null;
  /** @param hosts MX host names of a site */
  hosts(hosts: readonly string[]): Suspension | null;
  /** The first that stops a delivery, widest scope first. */
  find(delivery: { lane: Lane; tenantId: string; domain: string; hosts: readonly string[]; sender?: string }): Suspension | null;
}

/** @param suspensions those in force */
export function suspensionMatch(suspensions: readonly Suspension[]): SuspensionMatch {
  const exact = new Map(suspensions.filter((entry) => !entry.match.startsWith('.')).map((entry) => [`${entry.scope} ${entry.match}`, entry]));
  const suffixes = suspensions.filter((entry) => entry.scope === 'mx' && entry.match.startsWith('.'));
  // Asked for each queue and message; nearly always there is none.
  const someOf = (scope: Suspension['scope']): boolean => suspensions.some((entry) => entry.scope === scope);
  const [someTenantLane, someSender] = [someOf('tenant-lane'), someOf('sender-domain')];
  const match: SuspensionMatch = {
    lane: (lane) => exact.get(`lane ${lane}`) ?? null,
    tenant: (tenantId) => exact.get(`tenant ${tenantId}`) ?? null,
    tenantLane: (tenantId, lane) => (someTenantLane ? (exact.get(`tenant-lane ${tenantId} ${lane}`) ?? null) : null),
    domain: (domain) => exact.get(`domain ${domain}`) ?? null,
    sender: (tenantId, domain) => (someSender ? (exact.get(`sender-domain ${tenantId} ${domain.toLowerCase()}`) ?? null) : null),
    hosts(hosts) {
      for (const host of hosts) {
        const found = exact.get(`mx ${host}`) ?? suffixes.find((entry) => host.endsWith(entry.match));
        if (found) return found;
      }
      return null;
    },
    find: ({ lane, tenantId, domain, hosts, sender }) =>
      match.lane(lane) ?? match.tenant(tenantId) ?? match.tenantLane(tenantId, lane) ?? match.domain(domain) ??
      (sender === undefined ? null : match.sender(tenantId, sender)) ?? match.hosts(hosts),
  };
  return match;
}
