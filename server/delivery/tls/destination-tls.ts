// How mail to a domain must be secured now: the operator's demand, the domain's MTA-STS policy, and for each MX host
// its TLSA records. DANE comes before MTA-STS (RFC 8461 2), and a demand adds to both.
import type { DnsResolver } from '../../infra/dns/resolver.ts';
import { isUsableTlsa, tlsaText, type TlsaRecord } from '../../mail/dane.ts';
import { matchesStsPattern } from '../../mail/mta-sts.ts';
import type { TlsResultType } from '../../mail/tls-result.ts';
import type { StsPolicies } from './mta-sts-policies.ts';
import type { DemandedLevel } from './tls-demand.store.ts';
import { NO_POLICY, type PublishedPolicy, type TlsPolicy } from './tls-policy.ts';

export interface DestinationTlsDeps {
  dns: DnsResolver;
  sts: StsPolicies;
  /** Of the domain itself or of the pattern above it. */
  demandFor(domain: string): Promise<DemandedLevel | null>;
}

/** What holds for all MX hosts of a domain. */
export interface DomainTls {
  demand: DemandedLevel | null;
  /** MTA-STS: hosts must match these patterns; null: any may be used. */
  enforcedPatterns: readonly string[] | null;
  published: PublishedPolicy;
  /** MTA-STS in testing mode: failures are reported and nothing else. */
  testing: boolean;
  /** Why an announced policy could not be had. */
  stsFailure: { result: TlsResultType; reason: string } | null;
}

export type HostTls =
  | { kind: 'policy'; policy: TlsPolicy; published: PublishedPolicy }
  /** Not to be used now: its TLSA records could not be looked up (RFC 7672 2.1.2). */
  | { kind: 'failed'; reason: string }
  /** Not one of the hosts of the domain's MTA-STS policy (RFC 8461 4.1). */
  | { kind: 'excluded'; reason: string };

export async function domainTls(deps: DestinationTlsDeps, domain: string): Promise<DomainTls> {
  const [demand, { policy, failure }] = await Promise.all([deps.demandFor(domain), deps.sts.find(domain)]);
  const active = policy !== null && policy.mode !== 'none';
  return {
    demand,
    enforcedPatterns: policy?.mode === 'enforce' ? policy.mxPatterns : null,
    published: active ? { type: 'sts', strings: policy.lines, mxPatterns: policy.mxPatterns } : NO_POLICY,
    testing: policy?.mode === 'testing',
    stsFailure: failure,
  };
}

/** Of a domain whose mail goes unsecured rather than not at all: reports on TLS itself (RFC 8460 5.3), `TLS-Required: No` (RFC 8689). */
export const RELAXED_TLS: DomainTls = { demand: null, enforcedPatterns: null, published: NO_POLICY, testing: false, stsFailure: null };

export interface MxHost {
  host: string;
  port: number;
  /** The next-hop domain, which a certificate under a DANE trust anchor may also name. */
  domain: string;
  /** DNSSEC vouches for the MX records and for the host's addresses: only then TLSA records count (RFC 7672 2.2). */
  secure: boolean;
  /** The name at the end of the host's CNAMEs: TLSA records are looked for there first (RFC 7672 2.2.2). Absent: the host has none. */
  canonicalName?: string;
}

export async function hostTls(deps: Pick<DestinationTlsDeps, 'dns'>, domain: DomainTls, mx: MxHost): Promise<HostTls> {
  const dane = mx.secure && deps.dns.validating ? await daneOf(deps.dns, mx) : { kind: 'none' as const };
  if (dane.kind === 'failed' || dane.kind === 'policy') return dane;
  if (domain.enforcedPatterns !== null && !matchesStsPattern(mx.host, domain.enforcedPatterns)) {
    return { kind: 'excluded', reason: `${mx.host} is not among the hosts of the domain's MTA-STS policy (${domain.enforcedPatterns.join(', ')})` };
  }
  const { published } = domain;
  if (domain.enforcedPatterns !== null) return { kind: 'policy', policy: { level: 'verified', source: 'mta-sts' }, published };
  if (domain.demand !== null) return { kind: 'policy', policy: { level: domain.demand, source: 'configured' }, published };
  // Records that nobody can use still say that there is TLS (RFC 7672 2.2).
  if (dane.kind === 'unusable') return { kind: 'policy', policy: { level: 'required', source: 'dane' }, published: dane.published };
  return { kind: 'policy', policy: { level: 'opportunistic', source: 'default' }, published };
}

type Dane = HostTls | { kind: 'none' } | { kind: 'unusable'; published: PublishedPolicy };

/** RFC 7672 2.2.2: the name that the CNAMEs lead to is tried first, then the MX host's own. */
async function daneOf(dns: DnsResolver, { host, port, domain, canonicalName }: MxHost): Promise<Dane> {
  const bases = canonicalName === undefined ? [host] : [canonicalName, host];
  for (const base of bases) {
    const answer = await dns.tlsa(`_${port}._tcp.${base}`);
    if (answer.kind === 'failed') return { kind: 'failed', reason: `the TLSA records of ${base} could not be looked up: ${answer.reason}` };
    if (answer.kind === 'none' || answer.secure !== true) continue;
    return daneHost(answer.records, [...new Set([base, host, domain])]);
  }
  return { kind: 'none' };
}

function daneHost(records: readonly TlsaRecord[], certificateNames: string[]): Dane {
  const usable = records.filter(isUsableTlsa);
  const published: PublishedPolicy = { type: 'tlsa', strings: records.map(tlsaText), mxPatterns: [] };
  if (usable.length === 0) return { kind: 'unusable', published };
  return { kind: 'policy', policy: { level: 'dane', source: 'dane', tlsa: usable, certificateNames }, published };
}
