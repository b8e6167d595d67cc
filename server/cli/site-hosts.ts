// The hosts that a domain's mail goes to, found as the delivery workers find them.
import { findRoute } from '../delivery/route.ts';
import { parseRoutes } from '../delivery/routes-setting.ts';
import { findHostedDomain } from '../domains/find-hosted-domain.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import type { Connection } from './connection.ts';

/** @returns for a domain (A-labels), its hosts' names in lower case; none when it has no route now */
export function siteHosts({ config, pool }: Pick<Connection, 'config' | 'pool'>): (domain: string) => Promise<readonly string[]> {
  const deps = {
    dns: dnsResolver(config.dnsServers),
    routes: parseRoutes(config.routes),
    isHosted: async (domain: string) => (await findHostedDomain(pool, domain)) !== null,
    ownMx: { host: config.bind, port: config.ports.mx },
    random: Math.random,
    // Which hosts they are does not depend on how they are spoken to.
    tls: null,
  };
  return async (domain) => {
    const found = await findRoute(deps, domain);
    return found.kind === 'route' ? found.route.hosts : [];
  };
}
