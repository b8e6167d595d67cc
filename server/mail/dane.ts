// DANE for SMTP (RFC 7672, RFC 6698, RFC 7671): does a certificate chain match TLSA records? Pure; where records and
// chains come from is elsewhere.
import { hash, type X509Certificate, createPublicKey, type KeyObject } from 'node:crypto';

export interface TlsaRecord {
  /** 2: trust anchor, 3: the server's own certificate; 0 and 1 are not used by SMTP (RFC 7672 3.1.3). */
  usage: number;
  /** 0: the whole certificate, 1: its public key. */
  selector: number;
  /** 0: as it is, 1: SHA-256, 2: SHA-512. */
  matchingType: number;
  data: Buffer;
}

const DANE_TA = 2;
const DANE_EE = 3;
const DIGEST_OCTETS: Record<number, number> = { 1: 32, 2: 64 };

/** Whether a record can be used by SMTP at all; others are as if they were not there (RFC 7672 3.1). */
export function isUsableTlsa(record: TlsaRecord): boolean {
  if (record.usage !== DANE_TA && record.usage !== DANE_EE) return false;
  if (record.selector > 1 || record.matchingType > 2 || record.data.length === 0) return false;
  const length = DIGEST_OCTETS[record.matchingType];
  return length === undefined || record.data.length === length;
}

/** `3 1 1 abcd…`, as zone files write it and TLS reports quote it. */
export const tlsaText = (record: TlsaRecord): string =>
  `${record.usage} ${record.selector} ${record.matchingType} ${record.data.toString('hex')}`;

export type DaneResult = { kind: 'match'; record: TlsaRecord } | { kind: 'mismatch'; reason: string };

/**
 * Verifies a chain against the usable records: any one that matches is enough.
 * @param chain as the server sent it, its own certificate first
 * @param names of which one must be in the certificate where a trust anchor vouches for it (RFC 7672 3.2.3); a
 *   certificate that a DANE-EE record names needs neither name nor date (RFC 7672 3.1.1)
 */
export function verifyDane(chain: readonly X509Certificate[], records: readonly TlsaRecord[], names: readonly string[], now: Date): DaneResult {
  const leaf = chain[0];
  if (!leaf) return { kind: 'mismatch', reason: 'the server sent no certificate' };
  const usable = records.filter(isUsableTlsa);
  for (const record of usable) {
    if (record.usage === DANE_EE && matches(leaf, record)) return { kind: 'match', record };
  }
  let reason = 'the certificate matches none of the TLSA records';
  for (const record of usable) {
    if (record.usage !== DANE_TA) continue;
    const fault = trustAnchorFault(chain, record, names, now);
    if (fault === null) return { kind: 'match', record };
    if (fault !== 'no anchor') reason = fault;
  }
  return { kind: 'mismatch', reason };
}

/** Null when the anchor that the record names stands above the leaf and all between is sound. */
function trustAnchorFault(chain: readonly X509Certificate[], record: TlsaRecord, names: readonly string[], now: Date): string | null {
  const leaf = chain[0]!;
  const anchorAt = chain.findIndex((certificate, index) => index > 0 && matches(certificate, record));
  let length = anchorAt;
  if (anchorAt < 0) {
    // A bare key or a whole certificate in the record need not be sent by the server (RFC 7671 5.2.2, 5.2.3).
    const key = keyIn(record);
    const signed = key === null ? -1 : chain.findIndex((certificate) => verifies(certificate, key));
    if (signed < 0) return matches(leaf, record) ? 'a trust anchor record names the server’s own certificate' : 'no anchor';
    length = signed;
  }
  for (let at = 0; at < length; at++) {
    const issuer = chain[at + 1]!;
    if (!chain[at]!.checkIssued(issuer) || !verifies(chain[at]!, issuer.publicKey)) return 'the chain up to the trust anchor is broken';
    if (!issuer.ca) return 'a certificate in the chain may not sign others';
  }
  for (const certificate of chain.slice(0, length + 1)) {
    if (certificate.validToDate < now) return 'a certificate in the chain has expired';
    if (certificate.validFromDate > now) return 'a certificate in the chain is not valid yet';
  }
  if (!names.some((name) => leaf.checkHost(name, { partialWildcards: false }) !== undefined)) {
    return `the certificate is not for ${names.join(' or ')}`;
  }
  return null;
}

function verifies(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.verify(key);
  } catch {
    // A key of another kind than the signature.
    return false;
  }
}

function matches(certificate: X509Certificate, record: TlsaRecord): boolean {
  const content = record.selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  if (record.matchingType === 0) return content.equals(record.data);
  return hash(record.matchingType === 1 ? 'sha256' : 'sha512', content, 'buffer').equals(record.data);
}

/** The key of a record that carries a whole one (matching type 0, selector 1). */
function keyIn(record: TlsaRecord): KeyObject | null {
  if (record.matchingType !== 0 || record.selector !== 1) return null;
  try {
    return createPublicKey({ key: record.data, type: 'spki', format: 'der' });
  } catch {
    return null;
  }
}
