// The life of one submitted message from received bytes to the queue. Owns the order of the steps.
import { createHash } from 'node:crypto';
import type { EnqueueInput, EnqueueRecipient, EnqueueRejectionCode, EnqueueResult } from '../../server/delivery/enqueue-types.ts';
import type { Logger } from '../../server/infra/log/logger.ts';
import { crlfLineEnds } from '../../server/mail/header.ts';
import { ByteBudget } from '../smtp/byte-budget.ts';
import { ReplyError } from '../smtp/reply-error.ts';
import type { Spooled } from '../smtp/spool.ts';
import { completeMessage, type CompleteMessage } from './complete-message.ts';
import { assertAuthors, type SenderRules } from './sender-rules.ts';
import type { SentCopies } from './sent-copies.ts';
import type { Submitter } from './sign-in.ts';

const BUDGET_BYTES = 160 * 1024 * 1024;
const OVERHEAD_BYTES = 64 * 1024;

export interface SubmissionDeps {
  serverName: string;
  rules: SenderRules;
  enqueue(input: EnqueueInput): Promise<EnqueueResult>;
  sentCopies: SentCopies;
  log: Logger;
}

export interface Submission {
  submitter: Submitter;
  reversePath: string;
  recipients: EnqueueRecipient[];
  dsn: { ret?: 'FULL' | 'HDRS'; envid?: string } | undefined;
  /** REQUIRETLS stood in MAIL (RFC 8689). */
  requireTls: boolean;
  content: Spooled;
  /** `ESMTPSA` and the like, for Received. */
  protocol: string;
  sessionId: string;
}

export type TakeSubmission = (submission: Submission) => Promise<string>;

/** Makes the function that takes submissions and answers with the text of the 250. */
export function createTakeSubmission(deps: SubmissionDeps): TakeSubmission {
  const budget = new ByteBudget(BUDGET_BYTES);
  return (submission) => budget.run(submission.content.bytes * 2 + OVERHEAD_BYTES, () => takeSubmission(deps, submission));
}

/** @throws ReplyError unless the message is in the queue, on disk */
async function takeSubmission(deps: SubmissionDeps, submission: Submission): Promise<string> {
  const raw = crlfLineEnds(await submission.content.read());
  const server = { name: deps.serverName, protocol: submission.protocol, id: submission.sessionId };
  const message = completeMessage(raw, server, new Date());
  const headerFrom = await assertAuthors(deps.rules, submission.submitter.userId, message.fields);
  const result = await enqueueOnce(deps, submission, message, headerFrom, raw);
  if (result.kind === 'rejected') {
    const { code, text } = rejectionReply(result.code, `${result.field}: ${result.rule}`);
    throw new ReplyError(code, text);
  }
  deps.log.info({
    queueId: result.queueId, accountId: submission.submitter.accountId, session: submission.sessionId,
    recipients: submission.recipients.length, bytes: message.content.length, repeated: result.duplicates ?? false,
  }, 'queued');
  if (!result.duplicates) await deps.sentCopies.add(submission.submitter.userId, message.content);
  return `2.0.0 Queued as ${result.queueId}`;
}

/**
 * A client whose connection broke before the 250 sends the same message again: the same Message-ID, bytes
 * and recipients enqueue once. Without a Message-ID of the client's own nothing tells a retry from a
 * second message with the same words, so each is taken. The same holds when a client uses one Message-ID
 * for different messages.
 */
async function enqueueOnce(
  deps: SubmissionDeps, submission: Submission, message: CompleteMessage, headerFrom: string, raw: Buffer,
): Promise<EnqueueResult> {
  const input: EnqueueInput = {
    tenantId: submission.submitter.tenantId,
    accountId: submission.submitter.accountId,
    source: 'submission',
    lane: 'transactional',
    reversePath: submission.reversePath,
    recipients: submission.recipients,
    headerFrom,
    messageIdHeader: message.messageId,
    content: message.content,
    ...(message.subject !== undefined && { subject: message.subject }),
    ...(submission.dsn && { dsn: submission.dsn }),
    ...(submission.requireTls && { requireTls: true }),
  };
  if (!message.ownMessageId) return deps.enqueue(input);
  const sha256 = (...parts: (string | Buffer)[]) => parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex');
  const envelope = [submission.reversePath, ...submission.recipients.map((recipient) => recipient.address).sort()].join('\n');
  const key = `smtp:${sha256(submission.submitter.accountId, message.messageId, envelope)}`;
  const result = await deps.enqueue({ ...input, idempotencyKey: { key, bodyHash: sha256(raw) } });
  return result.kind === 'rejected' && result.code === 'idempotency-mismatch' ? deps.enqueue(input) : result;
}

/** The reply to each of the queue's refusals. */
export function rejectionReply(code: EnqueueRejectionCode, rule: string): { code: number; text: string } {
  switch (code) {
    case 'message-too-large':
      return { code: 552, text: `5.3.4 ${rule}` };
    case 'too-many-recipients':
      return { code: 554, text: `5.5.3 ${rule}` };
    case 'invalid-recipient':
    case 'no-recipients':
      return { code: 550, text: `5.1.3 ${rule}` };
    case 'invalid-reverse-path':
      return { code: 550, text: `5.1.7 ${rule}` };
    case 'invalid-header-from':
    case 'invalid-content':
      return { code: 550, text: `5.6.0 ${rule}` };
    case 'invalid-dsn-parameter':
      return { code: 501, text: `5.5.4 ${rule}` };
    case 'suppressed':
      return { code: 550, text: `5.7.1 ${rule}` };
    // Temporary, and told at once: the person keeps the message and learns why.
    case 'sending-stopped':
      return { code: 450, text: `4.7.1 ${rule}` };
    case 'busy':
      return { code: 452, text: `4.3.1 ${rule}` };
    case 'invalid-send-at':
    case 'idempotency-mismatch':
      return { code: 554, text: `5.0.0 ${rule}` };
  }
}
