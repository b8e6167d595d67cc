// A message that passed validation, ready to be stored: the one shape between enqueue's rules and its SQL.
import { isAscii, isUtf8 } from 'node:buffer';
import { parseAddress } from '../mail/address.ts';
import { bodyOffset, completeMessage, crlfLineEnds, dropFields, headerValue, parseHeaderFields } from '../mail/header.ts';
import type { EnqueueInput, EnqueueRecipient, EnqueueRejectionCode, EnqueueResult, EnqueueSource, Lane } from './enqueue-types.ts';
import { newQueueId } from './queue-id.ts';

export const MAX_RECIPIENTS = 1_000;
export const MAX_CONTENT_BYTES = 50 * 1024 * 1024;
/** Larger contents go to the blob store: beyond this a row's write-ahead log costs more than a file. */
export const MAX_INLINE_BYTES = 256 * 1024;
const MAX_SEND_AT_DAYS = 366;

export interface AcceptedRecipient {
  address: string;
  domain: string;
  /** Comma-separated, as in RCPT TO. */
  notify: string | null;
  orcpt: string | null;
}

export interface AcceptedMessage {
  queueId: string;
  tenantId: string;
  accountId: string | null;
  source: EnqueueSource;
  lane: Lane;
  reversePath: string;
  headerFrom: string;
  messageIdHeader: string;
  subject: string | null;
  content: Buffer;
  needs8bit: boolean;
  needsSmtputf8: boolean;
  dsnRet: 'FULL' | 'HDRS' | null;
  dsnEnvid: string | null;
  requireTls: boolean;
  priority: number;
  sendAt: Date | null;
  idempotencyKey: { key: string; bodyHash: string } | null;
  recipients: AcceptedRecipient[];
}

type Rejected = Extract<EnqueueResult, { kind: 'rejected' }>;
export type Acceptance = { kind: 'acceptable'; message: AcceptedMessage } | Rejected;

const reject = (code: EnqueueRejectionCode, field: string, rule: string): Rejected => ({ kind: 'rejected', code, field, rule });

/**
 * Checks one enqueue call and brings it into normal form; pure but for the new queue id.
 * @param now what a send_at is compared with
 */
export function acceptMessage(input: EnqueueInput, now: Date): Acceptance {
  let reversePath = '';
  let needsSmtputf8 = false;
  if (input.reversePath !== '') {
    const parsed = parseAddress(input.reversePath);
    if (parsed.kind === 'invalid') return reject('invalid-reverse-path', 'reversePath', parsed.rule);
    reversePath = parsed.value.address;
    needsSmtputf8 = parsed.value.needsSmtputf8;
  }
  const from = parseAddress(input.headerFrom);
  if (from.kind === 'invalid') return reject('invalid-header-from', 'headerFrom', from.rule);
  const recipients = acceptRecipients(input.recipients);
  if (!Array.isArray(recipients)) return recipients;
  const content = acceptContent(input.content);
  if (!Buffer.isBuffer(content)) return content;
  const badDsn = dsnParameterFault(input);
  if (badDsn) return badDsn;
  if (input.sendAt) {
    const aheadMs = input.sendAt.getTime() - now.getTime();
    if (Number.isNaN(aheadMs)) return reject('invalid-send-at', 'sendAt', 'not a date');
    if (aheadMs > MAX_SEND_AT_DAYS * 86_400_000) return reject('invalid-send-at', 'sendAt', `at most ${MAX_SEND_AT_DAYS} days ahead`);
  }
  const header = content.subarray(0, bodyOffset(content));
  // A header in some other 8-bit charset is no SMTPUTF8 message: it goes out as the sender made it.
  needsSmtputf8 ||= recipients.some((recipient) => !isAscii(Buffer.from(recipient.address))) || (!isAscii(header) && isUtf8(header));
  return {
    kind: 'acceptable',
    message: {
      queueId: newQueueId(now.getTime()),
      tenantId: input.tenantId,
      accountId: input.accountId,
      source: input.source,
      lane: input.lane,
      reversePath,
      headerFrom: from.value.address,
      messageIdHeader: storableText(input.messageIdHeader),
      subject: input.subject === undefined ? null : storableText(input.subject),
      content,
      needs8bit: !isAscii(content),
      needsSmtputf8,
      dsnRet: input.dsn?.ret ?? null,
      dsnEnvid: input.dsn?.envid ?? null,
      requireTls: input.requireTls ?? false,
      priority: Math.max(-100, Math.min(100, Math.trunc(input.priority ?? 0))),
      sendAt: input.sendAt && input.sendAt > now ? input.sendAt : null,
      idempotencyKey: input.idempotencyKey ?? null,
      recipients,
    },
  };
}

function acceptRecipients(recipients: EnqueueRecipient[]): AcceptedRecipient[] | Rejected {
  if (recipients.length === 0) return reject('no-recipients', 'recipients', 'at least one recipient');
  if (recipients.length > MAX_RECIPIENTS) {
    return reject('too-many-recipients', 'recipients', `at most ${MAX_RECIPIENTS} recipients`);
  }
  const accepted = new Map<string, AcceptedRecipient>();
  for (const [index, recipient] of recipients.entries()) {
    const field = `recipients[${index}]`;
    const parsed = parseAddress(recipient.address);
    if (parsed.kind === 'invalid') return reject('invalid-recipient', field, parsed.rule);
    if (parsed.value.isLiteral) return reject('invalid-recipient', field, 'an address in square brackets cannot be delivered to');
    const notify = recipient.notify ?? [];
    if (notify.includes('NEVER') && notify.length > 1) {
      return reject('invalid-dsn-parameter', `${field}.notify`, 'NEVER stands alone');
    }
    if (recipient.orcpt !== undefined && !/^[\x21-\x7e]{1,500}$/.test(recipient.orcpt)) {
      return reject('invalid-dsn-parameter', `${field}.orcpt`, 'at most 500 printable characters without spaces');
    }
    // The same address twice gets one copy, as every MTA does.
    if (accepted.has(parsed.value.address)) continue;
    accepted.set(parsed.value.address, {
      address: parsed.value.address,
      domain: parsed.value.domain,
      notify: notify.length > 0 ? notify.join(',') : null,
      orcpt: recipient.orcpt ?? null,
    });
  }
  return [...accepted.values()];
}

function acceptContent(raw: Buffer): Buffer | Rejected {
  if (raw.length > MAX_CONTENT_BYTES) return reject('message-too-large', 'content', `at most ${MAX_CONTENT_BYTES} octets`);
  if (raw.includes(0)) return reject('invalid-content', 'content', 'a message holds no NUL octets');
  const content = completeMessage(dropFields(crlfLineEnds(raw), ['bcc', 'return-path']));
  if (headerValue(parseHeaderFields(content), 'from') === undefined) {
    return reject('invalid-content', 'content', 'the header has no From field');
  }
  return content;
}

function dsnParameterFault(input: EnqueueInput): Rejected | null {
  const envid = input.dsn?.envid;
  if (envid !== undefined && !/^[\x21-\x7e]{1,100}$/.test(envid)) {
    return reject('invalid-dsn-parameter', 'dsn.envid', 'at most 100 printable characters without spaces');
  }
  const key = input.idempotencyKey;
  if (key && !/^[\x20-\x7e]{1,255}$/.test(key.key)) {
    return reject('idempotency-mismatch', 'idempotencyKey', 'a key has 1 to 255 printable ASCII characters');
  }
  return null;
}

/** PostgreSQL's text holds no NUL and no lone surrogates. */
function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed().slice(0, 2_000);
}
