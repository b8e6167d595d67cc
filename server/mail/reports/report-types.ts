// What a received report says, as types: delivery status notifications, complaints, DMARC aggregate reports,
// TLS reports and automatic replies. parse-report.ts makes them; nothing here decides anything.
import type { HeaderField } from '../header.ts';
import type { ReplyCategory } from '../reply-rules.ts';

/** Why, in the vocabulary that bounce processing shares; the last three are no delivery failures. */
export type ReportReason = Exclude<ReplyCategory, 'greylisted' | 'ratelimited'> | 'speeding' | 'delivered' | 'feedback' | 'vacation';

/** RFC 3464 2.3.3, and what other reports say of a recipient: `complained` (ARF), `replied` (an automatic reply). */
export type ReportAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'complained' | 'replied';

export interface ReportRecipient {
  /** The address that the report names; empty when it names none (complaints are often redacted). */
  recipient: string;
  /** The address as the sender gave it (ORCPT), or null. */
  originalRecipient: string | null;
  action: ReportAction;
  /** Enhanced status code; of class only (`5.0.0`, `4.0.0`) when the report has none; empty for complaints and replies. */
  status: string;
  /** Three digits, or empty when no SMTP reply is reported. */
  replyCode: string;
  reason: ReportReason;
  /** The address is dead for good and may be suppressed. */
  permanent: boolean;
  /** What the remote server or the reporting one said, on one line, bounded; may be empty. */
  diagnostic: string;
  /** The host that refused, or null. */
  remoteMta: string | null;
  /** RFC 5965 feedback type of a complaint. */
  feedbackType?: string;
}

/** The message that a report is about, as far as it came back. */
export interface ReturnedMessage {
  /** With angle brackets, as written; null when absent. */
  messageId: string | null;
  /** In order, unfolded; empty when nothing came back. */
  headers: HeaderField[];
}

export interface DsnReport {
  /** Null when the report has no machine-readable part. */
  reportingMta: string | null;
  originalEnvelopeId: string | null;
  arrivalDate: string | null;
  original: ReturnedMessage;
}

/** RFC 5965 3.1 and 3.2, RFC 6591 3.1; null or empty where absent. */
export interface ArfReport {
  /** In lower case: `abuse`, `fraud`, `virus`, `opt-out`, `not-spam`, `auth-failure`, `other` … */
  feedbackType: string;
  userAgent: string | null;
  version: string | null;
  arrivalDate: string | null;
  incidents: number;
  originalEnvelopeId: string | null;
  originalMailFrom: string | null;
  originalRecipients: string[];
  reportedDomains: string[];
  reportedUris: string[];
  reportingMta: string | null;
  sourceIp: string | null;
  sourcePort: number | null;
  authenticationResults: string[];
  /** RFC 6591 (and RFC 9991 for DMARC), for the type `auth-failure` only. */
  authFailure: {
    kind: string | null;
    deliveryResult: string | null;
    identityAlignment: string | null;
    dkimDomain: string | null;
    dkimIdentity: string | null;
    dkimSelector: string | null;
    dkimCanonicalizedHeader: string | null;
    dkimCanonicalizedBody: string | null;
    dkimSelectorDns: string | null;
    spfDns: string | null;
  } | null;
  original: ReturnedMessage;
}

export type Alignment = 'pass' | 'fail';
export type DmarcDisposition = 'none' | 'pass' | 'quarantine' | 'reject';

/** One row of an aggregate report: so many messages from one address with one result. */
export interface DmarcRecord {
  sourceIp: string;
  count: number;
  disposition: DmarcDisposition | null;
  /** Aligned results, as the receiver evaluated the policy. */
  dkim: Alignment | null;
  spf: Alignment | null;
  overrides: { type: string; comment: string | null }[];
  headerFrom: string;
  envelopeFrom: string | null;
  envelopeTo: string | null;
  dkimResults: { domain: string; selector: string | null; result: string; humanResult: string | null }[];
  spfResults: { domain: string; scope: string | null; result: string; humanResult: string | null }[];
}

/** RFC 9990 (RFC 7489 appendix C before it). */
export interface DmarcReport {
  version: string | null;
  organization: string;
  email: string | null;
  extraContact: string | null;
  reportId: string;
  beginsAt: Date;
  endsAt: Date;
  errors: string[];
  generator: string | null;
  policy: {
    domain: string;
    version: string | null;
    discoveryMethod: string | null;
    adkim: 'relaxed' | 'strict' | null;
    aspf: 'relaxed' | 'strict' | null;
    p: DmarcDisposition | null;
    sp: DmarcDisposition | null;
    np: DmarcDisposition | null;
    testing: boolean;
    fo: string | null;
  };
  records: DmarcRecord[];
}

/** RFC 8460 4.4. */
export interface TlsReport {
  organization: string;
  contact: string | null;
  reportId: string;
  startsAt: Date;
  endsAt: Date;
  policies: {
    /** `sts`, `tlsa`, `no-policy-found`, or whatever the reporter wrote. */
    type: string;
    strings: string[];
    domain: string | null;
    mxHosts: string[];
    successfulSessions: number;
    failedSessions: number;
    failures: {
      resultType: string;
      sendingMtaIp: string | null;
      receivingMxHostname: string | null;
      receivingMxHelo: string | null;
      receivingIp: string | null;
      failedSessions: number;
      additionalInformation: string | null;
      reasonCode: string | null;
    }[];
  }[];
}

export type ParsedReport =
  | { kind: 'dsn'; recipients: ReportRecipient[]; dsn: DsnReport }
  | { kind: 'arf'; recipients: ReportRecipient[]; arf: ArfReport }
  | { kind: 'dmarc'; recipients: ReportRecipient[]; dmarc: DmarcReport }
  | { kind: 'tlsrpt'; recipients: ReportRecipient[]; tlsrpt: TlsReport }
  | { kind: 'autoreply'; recipients: ReportRecipient[]; autoreply: { original: ReturnedMessage; inReplyTo: string | null } }
  /** `refused`: it looked like a report and was not taken, and why (a limit, a DTD, a broken document). */
  | { kind: 'none'; recipients: ReportRecipient[]; refused: string | null };

export type ReportKind = ParsedReport['kind'];
