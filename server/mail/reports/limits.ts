// How much of a received report is looked at. Reports come from anyone: each limit is well above what honest
// reporters send, and what lies beyond is refused or not read.

export const REPORT_LIMITS = {
  /** A whole message; DMARC's own advice for senders of reports is 10 MB (RFC 7489 7.2.1.1). */
  messageOctets: 25 * 1024 * 1024,
  /** Text of one part that is searched for what it says. */
  textOctets: 256 * 1024,
  /** A header section; fields beyond are not read. */
  headerOctets: 256 * 1024,
  mimeDepth: 8,
  mimeParts: 100,
  recipients: 250,
  diagnosticLength: 2_000,
  /** What a gzip or zip member may grow to. */
  inflatedOctets: 20 * 1024 * 1024,
  zipMembers: 10,
  xmlDepth: 12,
  xmlElements: 500_000,
  xmlTextLength: 4_096,
  dmarcRecords: 20_000,
  tlsPolicies: 1_000,
  tlsFailures: 10_000,
} as const;
