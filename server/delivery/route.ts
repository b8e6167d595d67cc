// Where a domain's mail goes and how it must be secured: a configured route, our own MX for hosted domains, or its MX
// hosts. Owns the order of these and the safety of the addresses; connections are connection-pool.ts.
import type { DnsAnswer, DnsResolver, MxRecord } from '../infra/dns/resolver.ts';
import { isPublicAddress } from '../infra/dns/public-address.ts';
import { type BackoffPolicy, REMOTE_BACKOFF, ROUTED_BACKOFF } from './backoff.ts';
import type { OutcomeCategory } from './outcome.ts';
import { type ConfiguredRoute, type ConfiguredRoutes, parseTarget } from './routes-setting.ts';
import type { SmtpTarget } from './smtp/connect.ts';
import { type DestinationTlsDeps, domainTls, type DomainTls, hostTls, RELAXED_TLS } from './tls/destination-tls.ts';
import type { TlsFailure } from './tls/tls-policy.ts';

export interface Route {
  /** Domains with the same key share connections and fate: the same hosts, with the same demands on TLS. */
  key: string;
  /** The other side, for limits: domains with the same set of MX hosts are one site, however secured. */
  site: string;
  /** The names of its hosts, lower case: what suspensions, rules and breakers go by. */
  hosts: readonly string[];
  /** Never leaves the machine: no egress address, limit or warm-up applies. */
  local: boolean;
  /** In the order to try; found anew for each connection, since DNS changes. */
  targets(): Promise<{ kind: 'targets'; targets: SmtpTarget[] } | RouteFault>;
  backoff: BackoffPolicy;
  /** What the domain asks for and is told about; null where nobody is: configured routes, our own MX, relaxed mail. */
  tls: { domain: string; policy: DomainTls } | null;
}

export type RouteFault =
  /** Ask again later. */
  | { kind: 'unknown'; category: OutcomeCategory; reason: string; tlsFailures?: TlsFailure[] }
  /** Mail to this domain cannot be delivered. */
  | { kind: 'undeliverable'; category: OutcomeCategory; enhancedCode: string; reason: string };

export type RouteResult = { kind: 'route'; route: Route } | RouteFault;

/**
 * as-published: as the domain asks. relaxed: unsecured rather than not at all; policies on TLS are passed over
 * (`TLS-Required: No`). required: only to servers that surely are the domain's, with certificates that hold (REQUIRETLS).
 */
export type MessageSecurity = 'as-published' | 'relaxed' | 'required';

export interface RouteDeps {
  dns: DnsResolver;
  routes: ConfiguredRoutes;
  isHosted(domain: string): Promise<boolean>;
  /** Our own MX: where mail to hosted domains goes. */
  ownMx: { host: string; port: number };
  /** A domain of its own that never leaves this machine; absent: none, or none of this process. */
  simulator?: { domain: string; route: Route } | null;
  /** Chooses among MX hosts of the same preference; from 0 up to 1. */
  random(): number;
  /** Policies on TLS; null: opportunistic to all. */
  tls: DestinationTlsDeps | null;
  /** For tests: MX hosts on this machine. */
  overrides?: { mxPort: number; allowAddress(address: string): boolean };
}

/** More MX hosts, or addresses of one, than anybody needs: the rest is passed over. */
const MAX_MX_HOSTS = 10;
const MAX_ADDRESSES = 4;
const SMTP_PORT = 25;

/**
 * Finds the route of a domain (A-labels, lower case). RFC 5321 5.1, RFC 7505.
 * @param security what the message asks for, where that differs from what the domain asks for
 */
export async function findRoute(deps: RouteDeps, domain: string, security: MessageSecurity = 'as-published'): Promise<RouteResult> {
  if (deps.simulator?.domain === domain) return { kind: 'route', route: deps.simulator.route };
  const exact = deps.routes.exact(domain);
  if (exact) return { kind: 'route', route: configuredRoute(exact, security) };
  if (await deps.isHosted(domain)) return { kind: 'route', route: ownRoute(deps) };
  if (deps.routes.other) return { kind: 'route', route: configuredRoute(deps.routes.other, security) };
  return mxRoute(deps, domain, security);
}

/** Of a row that is bound to `host:port`; null: that is none. */
export function boundRoute(target: string, security: MessageSecurity = 'as-published'): Route | null {
  const parsed = parseTarget(target);
  return parsed && configuredRoute(parsed, security);
}

function ownRoute(deps: RouteDeps): Route {
  const { host, port } = deps.ownMx;
  // Never leaves the machine: TLS would only cost.
  const target: SmtpTarget = { host, address: host, port, tls: 'none', tlsPolicy: { level: 'none', source: 'own' } };
  const site = `own ${host}:${port}`;
  return { key: site, site, hosts: [host], local: true, backoff: ROUTED_BACKOFF, tls: null, targets: () => Promise.resolve({ kind: 'targets', targets: [target] }) };
}

/** What the operator configured may be private, and is taken by the system's own name resolution. */
function configuredRoute({ host, port, tls: configured }: ConfiguredRoute, security: MessageSecurity): Route {
  const tls = security === 'required' ? 'verified' : configured;
  const site = `route ${host}:${port}`;
  const target: SmtpTarget = { host, address: host, port, tls, tlsPolicy: { level: tls, source: tls === 'opportunistic' ? 'default' : 'configured' } };
  return {
    key: tls === 'opportunistic' ? site : `${site} ${tls}`,
    site,
    hosts: [host.toLowerCase()],
    local: false,
    backoff: ROUTED_BACKOFF,
    tls: null,
    targets: () => Promise.resolve({ kind: 'targets', targets: [target] }),
  };
}

/** A domain whose hosts have been looked up. */
interface Destination {
  domain: string;
  hosts: MxRecord[];
  /** DNSSEC vouches for the hosts' names. */
  secure: boolean;
  policy: DomainTls;
  relaxed: boolean;
}

async function mxRoute(deps: RouteDeps, domain: string, security: MessageSecurity): Promise<RouteResult> {
  const relaxed = security === 'relaxed';
  const [mx, published] = await Promise.all([deps.dns.mx(domain), relaxed || deps.tls === null ? RELAXED_TLS : domainTls(deps.tls, domain)]);
  const policy: DomainTls = security === 'required' ? { ...published, demand: 'verified' } : published;
  if (mx.kind === 'failed') return { kind: 'unknown', category: 'dns', reason: `The mail server of ${domain} could not be looked up: ${mx.reason}` };
  const secure = mx.secure === true;
  if (security === 'required' && !secure && policy.enforcedPatterns === null) return unvouched(domain);
  if (mx.kind === 'none') {
    // No MX: the domain itself is the host (RFC 5321 5.1), if it has an address.
    const own = await addressesOf(deps, domain);
    if (own.kind !== 'addresses') return own;
    return { kind: 'route', route: hostsRoute(deps, { domain, hosts: [{ preference: 0, host: domain }], secure, policy, relaxed }) };
  }
  const hosts = mx.records.filter((record) => record.host !== '');
  if (hosts.length === 0) {
    return { kind: 'undeliverable', category: 'notaccept', enhancedCode: '5.1.10', reason: `The domain ${domain} accepts no mail (null MX).` };
  }
  return { kind: 'route', route: hostsRoute(deps, { domain, hosts, secure, policy, relaxed }) };
}

/** RFC 8689 4.2.1: the names of the hosts must come by DNSSEC or be those of an MTA-STS policy; otherwise they may be anybody's. */
const unvouched = (domain: string): RouteFault => ({
  kind: 'undeliverable',
  category: 'tls',
  enhancedCode: '5.7.30',
  reason: `Its sender asked for TLS all the way to the recipient (REQUIRETLS), and neither DNSSEC nor an MTA-STS policy says which servers are those of ${domain}.`,
});

function hostsRoute(deps: RouteDeps, destination: Destination): Route {
  const { domain, hosts, policy, relaxed } = destination;
  const names = [...new Set(hosts.map((record) => record.host))].sort();
  const site = `mx ${names.join(' ')}`;
  return {
    key: `${site}${demandsOf(destination)}`,
    site,
    hosts: names,
    local: false,
    backoff: REMOTE_BACKOFF,
    tls: relaxed || deps.tls === null ? null : { domain, policy },
    async targets() {
      const ordered = hosts
        .map((record) => ({ ...record, shuffle: deps.random() }))
        .sort((a, b) => a.preference - b.preference || a.shuffle - b.shuffle)
        .slice(0, MAX_MX_HOSTS);
      const found = await Promise.all(ordered.map((record) => hostTargets(deps, destination, record.host)));
      const targets = found.flatMap((result) => (result.kind === 'targets' ? result.targets : []));
      if (targets.length > 0) return { kind: 'targets', targets };
      // One host that could not be looked up may be well: then it is not for good.
      return found.find((result) => result.kind === 'unknown') ?? (found[0] as RouteFault);
    },
  };
}

/** What keeps a connection made for one domain from carrying the mail of another one that asks for more. */
function demandsOf({ domain, policy, secure, relaxed }: Destination): string {
  const demands = [
    policy.enforcedPatterns && `mta-sts ${[...policy.enforcedPatterns].sort().join(' ')}`,
    policy.demand,
    // A certificate under a DANE trust anchor may name the domain, so such connections are the domain's own.
    secure && `dnssec ${domain}`,
    relaxed && 'relaxed',
  ].filter(Boolean);
  return demands.length > 0 ? ` (${demands.join(', ')})` : '';
}

async function hostTargets(deps: RouteDeps, destination: Destination, host: string): Promise<{ kind: 'targets'; targets: SmtpTarget[] } | RouteFault> {
  const found = await addressesOf(deps, host);
  if (found.kind !== 'addresses') return found;
  const port = deps.overrides?.mxPort ?? SMTP_PORT;
  const { answer } = found;
  const secured = await (deps.tls === null || destination.relaxed
    ? ({ kind: 'policy', policy: { level: 'opportunistic', source: 'default' }, published: undefined } as const)
    : hostTls(deps.tls, destination.policy, {
        host, port, domain: destination.domain, secure: destination.secure && answer.secure === true,
        ...(answer.canonicalName !== undefined && { canonicalName: answer.canonicalName }),
      }));
  if (secured.kind === 'failed') return { kind: 'unknown', category: 'dns', reason: `${host} is not connected to: ${secured.reason}` };
  if (secured.kind === 'excluded') {
    const failure: TlsFailure = { result: 'validation-failure', host, address: found.addresses[0]!, reason: secured.reason };
    return { kind: 'unknown', category: 'tls', reason: `${secured.reason}.`, tlsFailures: [failure] };
  }
  const { policy, published } = secured;
  const targets = found.addresses.map((address) => ({ host, address, port, tls: policy.level, tlsPolicy: policy, ...(published && { published }) }));
  return { kind: 'targets', targets };
}

type Found<T> = Extract<DnsAnswer<T>, { kind: 'found' }>;

/** The addresses of a host that may be connected to. */
async function addressesOf(deps: RouteDeps, host: string): Promise<{ kind: 'addresses'; addresses: string[]; answer: Found<string> } | RouteFault> {
  const found = await deps.dns.addresses(host);
  if (found.kind === 'failed') return { kind: 'unknown', category: 'dns', reason: `The address of ${host} could not be looked up: ${found.reason}` };
  if (found.kind === 'none') {
    return { kind: 'undeliverable', category: 'hostunknown', enhancedCode: '5.1.2', reason: `The domain or its mail server ${host} does not exist.` };
  }
  const allowed = deps.overrides?.allowAddress ?? isPublicAddress;
  const addresses = found.records.filter(allowed).slice(0, MAX_ADDRESSES);
  if (addresses.length === 0) {
    return { kind: 'undeliverable', category: 'hostunknown', enhancedCode: '5.4.4', reason: `The mail server ${host} has only private addresses, which are not connected to.` };
  }
  return { kind: 'addresses', addresses, answer: found };
}
