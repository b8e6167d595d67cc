// How a connection must be secured, and what became of it: the types between routing, the SMTP client and reports.
import type { TlsaRecord } from '../../mail/dane.ts';
import type { TlsPolicyType, TlsResultType } from '../../mail/tls-result.ts';

/**
 * none: not even asked for. opportunistic: taken when offered, in clear when it fails. required: never in clear,
 * whatever the certificate. verified: with a certificate that the system trusts and that names the host. dane: with
 * one that the TLSA records name.
 */
export type TlsLevel = 'none' | 'opportunistic' | 'required' | 'verified' | 'dane';

export type TlsSource = 'own' | 'default' | 'configured' | 'mta-sts' | 'dane';

/** What the destination publishes, for reports to it (RFC 8460 4.4). */
export interface PublishedPolicy {
  type: TlsPolicyType;
  /** The policy as published: lines of the MTA-STS policy, or TLSA records. */
  strings: readonly string[];
  /** MTA-STS: its mx patterns. */
  mxPatterns: readonly string[];
}

export interface TlsPolicy {
  level: TlsLevel;
  source: TlsSource;
  /** Level dane. */
  tlsa?: readonly TlsaRecord[];
  /** Names that a certificate under a DANE trust anchor may have (RFC 7672 3.2.3). */
  certificateNames?: readonly string[];
}

export interface TlsFailure {
  result: TlsResultType;
  host: string;
  address: string;
  /** For people and for `failure-reason-code`. */
  reason: string;
  /** What the host's side publishes, where that is its own and not the domain's: TLSA records. */
  published?: PublishedPolicy;
}

/** What a secured connection turned out to be. */
export interface TlsFacts {
  protocol: string;
  cipher: string;
  /** Of the server's certificate; empty when it sent none. */
  subject: string;
  issuer: string;
  validTo: string;
  /** What vouches for the server; null: nothing, the connection is merely encrypted. */
  authenticatedBy: 'dane' | 'webpki' | null;
  /** Why the public trust store and the host's name do not vouch for it; null when they do. */
  webpkiFailure: { result: TlsResultType; reason: string } | null;
}

export const NO_POLICY: PublishedPolicy = { type: 'no-policy-found', strings: [], mxPatterns: [] };
