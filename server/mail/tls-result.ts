// The words of SMTP TLS Reporting (RFC 8460 4.2, 4.3): policy types and result types, and which result an error of a
// TLS library is. Pure.

export type TlsPolicyType = 'tlsa' | 'sts' | 'no-policy-found';

/** RFC 8460 4.3.1, 4.3.2.1, 4.3.2.2. */
export type TlsResultType =
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure'
  | 'tlsa-invalid'
  | 'dnssec-invalid'
  | 'dane-required'
  | 'sts-policy-fetch-error'
  | 'sts-policy-invalid'
  | 'sts-webpki-invalid';

const BY_ERROR: Record<string, TlsResultType> = {
  CERT_HAS_EXPIRED: 'certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-host-mismatch',
  // What OpenSSL says of chains that end nowhere known.
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-not-trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-not-trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-not-trusted',
  CERT_UNTRUSTED: 'certificate-not-trusted',
  CERT_REVOKED: 'certificate-not-trusted',
  CERT_REJECTED: 'certificate-not-trusted',
  CERT_CHAIN_TOO_LONG: 'certificate-not-trusted',
  INVALID_CA: 'certificate-not-trusted',
  INVALID_PURPOSE: 'certificate-not-trusted',
};

/**
 * The result type of a certificate that failed verification.
 * @param code OpenSSL's or Node's name of the error
 */
export function tlsResultOf(code: string): TlsResultType {
  return BY_ERROR[code] ?? 'validation-failure';
}
