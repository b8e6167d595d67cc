// Is a domain ours? Asked by the MX for every recipient and by delivery for every route.
import type { Queryable } from '../infra/db/pool.ts';
import { parseDomain } from '../mail/address.ts';
import { selectDomain } from './domain.store.ts';

export interface HostedDomain {
  tenantId: string;
  domainId: string;
}

/**
 * The tenant and id of an active hosted domain, or null.
 * @param name in any case, Unicode or A-labels; a name that is no domain is simply not hosted
 */
export async function findHostedDomain(pool: Queryable, name: string): Promise<HostedDomain | null> {
  const domain = parseDomain(name);
  return domain === null ? null : selectDomain(pool, domain);
}
