// Where a domain's mail goes, found as the delivery workers find it.
import { findRoute, type Route } from '../delivery/route.ts';
import { parseRoutes } from '../delivery/routes-setting.ts';
import { findHostedDomain } from '../domains/find-hosted-domain.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import type { Connection } from './connection.ts';

/** @returns for a domain (A-labels), its route; null when it has none now */
export function siteRoutes({ config, pool }: Pick<Connection, 'config' | 'pool'>): (domain: string) => Promise<Route | null> {
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
    return found.kind === 'route' ? found.route : null;
  };
}

/** The same for the hosts' names, in lower case; none when there is no route now. */
export function siteHosts(connection: Pick<Connection, 'config' | 'pool'>): (domain: string) => Promise<readonly string[]> {
  const routes = siteRoutes(connection);
  return async (domain) => (await routes(domain))?.hosts ?? [];
}
