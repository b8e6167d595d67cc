// Where a domain's mail goes: a configured route, our own MX for hosted domains, or its MX hosts. Owns the
// order of these and the safety of the addresses; connections are connection-pool.ts.
import type { DnsResolver } from '../infra/dns/resolver.ts';
import { isPrivateAddress } from '../infra/dns/private-address.ts';
import { type BackoffPolicy, REMOTE_BACKOFF, ROUTED_BACKOFF } from './backoff.ts';
import type { OutcomeCategory } from './outcome.ts';
import type { ConfiguredRoute, ConfiguredRoutes } from './routes-setting.ts';
import type { SmtpTarget } from './smtp/connect.ts';

export interface Route {
  /** Names the site: domains with the same key share connections and fate. */
  key: string;
  /** The names of its hosts, lower case: what suspensions, rules and breakers go by. */
  hosts: readonly string[];
  /** Never leaves the machine: no egress address, limit or warm-up applies. */
  local: boolean;
  /** In the order to try; found anew for each connection, since DNS changes. */
  targets(): Promise<{ kind: 'targets'; targets: SmtpTarget[] } | RouteFault>;
  backoff: BackoffPolicy;
}

export type RouteFault =
  /** Ask again later. */
  | { kind: 'unknown'; category: OutcomeCategory; reason: string }
  /** Mail to this domain cannot be delivered. */
  | { kind: 'undeliverable'; category: OutcomeCategory; enhancedCode: string; reason: string };

export type RouteResult = { kind: 'route'; route: Route } | RouteFault;

export interface RouteDeps {
  dns: DnsResolver;
  routes: ConfiguredRoutes;
  isHosted(domain: string): Promise<boolean>;
  /** Our own MX: where mail to hosted domains goes. */
  ownMx: { host: string; port: number };
  /** Chooses among MX hosts of the same preference; from 0 up to 1. */
  random(): number;
}

/** More MX hosts, or addresses of one, than anybody needs: the rest is passed over. */
const MAX_MX_HOSTS = 10;
const MAX_ADDRESSES = 4;

/** Finds the route of a domain (A-labels, lower case). RFC 5321 5.1, RFC 7505. */
export async function findRoute(deps: RouteDeps, domain: string): Promise<RouteResult> {
  const exact = deps.routes.exact(domain);
  if (exact) return { kind: 'route', route: configuredRoute(exact) };
  if (await deps.isHosted(domain)) return { kind: 'route', route: ownRoute(deps) };
  if (deps.routes.other) return { kind: 'route', route: configuredRoute(deps.routes.other) };
  return mxRoute(deps, domain);
}

function ownRoute(deps: RouteDeps): Route {
  const { host, port } = deps.ownMx;
  // Never leaves the machine: TLS would only cost.
  const target: SmtpTarget = { host, address: host, port, tls: 'none' };
  return {
    key: `own ${host}:${port}`,
    hosts: [host],
    local: true,
    backoff: ROUTED_BACKOFF,
    targets: () => Promise.resolve({ kind: 'targets', targets: [target] }),
  };
}

/** What the operator configured may be private, and is taken by the system's own name resolution. */
function configuredRoute(configured: ConfiguredRoute): Route {
  const { host, port } = configured;
  return {
    key: `route ${host}:${port}`,
    hosts: [host.toLowerCase()],
    local: false,
    backoff: ROUTED_BACKOFF,
    targets: () => Promise.resolve({ kind: 'targets', targets: [{ host, address: host, port, tls: 'opportunistic' }] }),
  };
}

async function mxRoute(deps: RouteDeps, domain: string): Promise<RouteResult> {
  const mx = await deps.dns.mx(domain);
  if (mx.kind === 'failed') return { kind: 'unknown', category: 'dns', reason: `The mail server of ${domain} could not be looked up: ${mx.reason}` };
  if (mx.kind === 'none') {
    // No MX: the domain itself is the host (RFC 5321 5.1), if it has an address.
    const own = await hostTargets(deps, domain);
    return own.kind === 'targets' ? { kind: 'route', route: hostsRoute(deps, [{ preference: 0, host: domain }]) } : own;
  }
  const hosts = mx.records.filter((record) => record.host !== '');
  if (hosts.length === 0) {
    return { kind: 'undeliverable', category: 'notaccept', enhancedCode: '5.1.10', reason: `The domain ${domain} accepts no mail (null MX).` };
  }
  return { kind: 'route', route: hostsRoute(deps, hosts) };
}

function hostsRoute(deps: RouteDeps, hosts: { preference: number; host: string }[]): Route {
  const names = [...new Set(hosts.map((record) => record.host))].sort();
  return {
    key: `mx ${names.join(' ')}`,
    hosts: names,
    local: false,
    backoff: REMOTE_BACKOFF,
    async targets() {
      const ordered = hosts
        .map((record) => ({ ...record, shuffle: deps.random() }))
        .sort((a, b) => a.preference - b.preference || a.shuffle - b.shuffle)
        .slice(0, MAX_MX_HOSTS);
      const found = await Promise.all(ordered.map((record) => hostTargets(deps, record.host)));
      const targets = found.flatMap((result) => (result.kind === 'targets' ? result.targets : []));
      if (targets.length > 0) return { kind: 'targets', targets };
      // One host that could not be looked up may be well: then it is not for good.
      return found.find((result) => result.kind === 'unknown') ?? (found[0] as RouteFault);
    },
  };
}

async function hostTargets(deps: RouteDeps, host: string): Promise<{ kind: 'targets'; targets: SmtpTarget[] } | RouteFault> {
  const found = await deps.dns.addresses(host);
  if (found.kind === 'failed') return { kind: 'unknown', category: 'dns', reason: `The address of ${host} could not be looked up: ${found.reason}` };
  if (found.kind === 'none') {
    return { kind: 'undeliverable', category: 'hostunknown', enhancedCode: '5.1.2', reason: `The domain or its mail server ${host} does not exist.` };
  }
  const addresses = found.records.filter((address) => !isPrivateAddress(address)).slice(0, MAX_ADDRESSES);
  if (addresses.length === 0) {
    return { kind: 'undeliverable', category: 'hostunknown', enhancedCode: '5.4.4', reason: `The mail server ${host} has only private addresses, which are not connected to.` };
  }
  return { kind: 'targets', targets: addresses.map((address) => ({ host, address, port: 25, tls: 'opportunistic' as const })) };
}
