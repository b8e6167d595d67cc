// What callers hand to the delivery queue and what they get back. Types only.

/** Which part of Eider made the message; kept for people who read the queue. */
export type EnqueueSource = 'web' | 'submission' | 'api' | 'dsn' | 'forward' | 'tls-report';

export type Lane = 'transactional' | 'marketing';

/** RFC 3461 NOTIFY; absent means FAILURE. */
export type Notify = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

export interface EnqueueRecipient {
  /** An address as in RCPT TO, without angle brackets. */
  address: string;
  /** RFC 3461 4.1. `NEVER` stands alone. */
  notify?: Notify[];
  /** RFC 3461 4.2, as given: `rfc822;user+40example.com`. */
  orcpt?: string;
}

export interface EnqueueInput {
  tenantId: string;
  accountId: string | null;
  source: EnqueueSource;
  lane: Lane;
  /** The envelope sender; '' is the null reverse-path, which never gets a DSN. */
  reversePath: string;
  recipients: EnqueueRecipient[];
  /** The address of the From header; its domain chooses the DKIM keys. */
  headerFrom: string;
  /** With its angle brackets. */
  messageIdHeader: string;
  subject?: string;
  /** The whole message, header and body. Line ends are made CRLF; Bcc and Return-Path fields are dropped. */
  content: Buffer;
  /** The same key with the same body hash within 48 hours enqueues once. */
  idempotencyKey?: { key: string; bodyHash: string };
  /** Not before this moment. */
  sendAt?: Date;
  /** Lower goes first within one tenant, lane and domain (0). */
  priority?: number;
  /** RFC 3461 RET and ENVID. */
  dsn?: { ret?: 'FULL' | 'HDRS'; envid?: string };
  /** RFC 8689: only by servers that keep to TLS, or not at all. */
  requireTls?: boolean;
}

export type EnqueueRejectionCode =
  | 'invalid-recipient'
  | 'no-recipients'
  | 'too-many-recipients'
  | 'invalid-reverse-path'
  | 'invalid-header-from'
  | 'invalid-content'
  | 'message-too-large'
  | 'invalid-send-at'
  | 'invalid-dsn-parameter'
  | 'idempotency-mismatch'
  /** Every recipient is on the suppression list. */
  | 'suppressed'
  /** The tenant is paused or suspended. */
  | 'sending-stopped'
  /** Nothing is wrong with it: queue or disk are too full for its lane. Try again after `retryAfterSeconds`. */
  | 'busy';

export type EnqueueResult =
  /** On disk. `duplicates`: an earlier call with the same idempotency key enqueued it; `queueId` is that one's. */
  | { kind: 'accepted'; queueId: string; duplicates?: boolean }
  /** Nothing was stored. `field` names the input, `rule` what it breaks, in words for people. */
  | { kind: 'rejected'; code: EnqueueRejectionCode; field: string; rule: string; retryAfterSeconds?: number };
