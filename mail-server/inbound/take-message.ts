// The life of one inbound message from received bytes to reply. Owns the order of the steps; each step is
// a file of its own.
import type { Logger } from '../../server/infra/log/logger.ts';
import { ByteBudget } from '../smtp/byte-budget.ts';
import { ReplyError } from '../smtp/reply-error.ts';
import type { Spooled } from '../smtp/spool.ts';
import type { AuthResolver } from './auth-resolver.ts';
import type { VirusScanner } from '../../server/infra/clamd/virus-scanner.ts';
import type { Delivery, Envelope, MailboxStore, StoreResult } from './mailbox-store.ts';
import type { SpamScanner } from './rspamd.ts';
import { checkSender } from './sender-checks.ts';
import { transactionKey, type StoredEarlier } from './stored-earlier.ts';
import { receivedField, stamp, stripForgedFields } from './trace-header.ts';
import { decide, scanSummary, type SpamMark } from './verdict.ts';

/** WildDuck parses in memory and takes several times the message's size while at it. */
const BUDGET_BYTES = 64 * 1024 * 1024;
/** What a small message costs beside its bytes. */
const OVERHEAD_BYTES = 64 * 1024;

export interface MessageDeps {
  serverName: string;
  store: MailboxStore;
  resolver: AuthResolver;
  spam: SpamScanner;
  virus: VirusScanner;
  storedEarlier: StoredEarlier;
  log: Logger;
}

export interface IncomingMessage {
  queueId: string;
  envelope: Envelope;
  /** One per user, however many of their addresses were named. */
  deliveries: Delivery[];
  content: Spooled;
  tls?: { version: string; cipher: string } | undefined;
  receivedAt: Date;
}

export interface TakenMessage {
  /** Text of the 250, with its enhanced code. */
  text: string;
  /** Under which it is remembered as stored until the sender has read the reply (stored-earlier.ts). */
  key: string;
}

export type TakeMessage = (message: IncomingMessage) => Promise<TakenMessage>;

/** Makes the function that takes messages; it bounds how much of them is in memory at once. */
export function createTakeMessage(deps: MessageDeps): TakeMessage {
  const budget = new ByteBudget(BUDGET_BYTES);
  return (message) => budget.run(message.content.bytes + OVERHEAD_BYTES, () => takeMessage(deps, message));
}

/** @throws ReplyError unless the message is stored for every recipient */
async function takeMessage(deps: MessageDeps, message: IncomingMessage): Promise<TakenMessage> {
  const raw = await message.content.read();
  const verdict = await examine(deps, message, raw);
  const content = stamp(stripForgedFields(raw, deps.serverName), {
    ...verdict,
    received: receivedField({
      envelope: message.envelope,
      serverName: deps.serverName,
      queueId: message.queueId,
      tls: message.tls,
      recipient: message.deliveries.length === 1 ? message.deliveries[0]!.recipient : undefined,
      at: message.receivedAt,
    }),
  });
  const key = transactionKey(message.envelope.reversePath, raw);
  await storeForAll(deps, message, key, content, verdict.mark);
  return { text: `2.0.0 Stored as ${message.queueId}`, key };
}

/** Checks the sender and scans the content side by side. @throws ReplyError when the message is refused */
async function examine(deps: MessageDeps, message: IncomingMessage, raw: Buffer): Promise<{ mark: SpamMark; scan: string; authentication: string }> {
  const { envelope, queueId } = message;
  const recipients = message.deliveries.map((delivery) => delivery.recipient);
  const warn = (error: Error) => deps.log.warn({ queueId, reason: error.message }, 'sender checks failed');
  const [sender, spam, virus] = await Promise.all([
    checkSender(raw, envelope, deps.serverName, deps.resolver, warn),
    deps.spam.scan(raw, envelope, recipients, queueId),
    deps.virus.scan(raw),
  ]);
  const verdict = decide(spam, virus, sender.dmarc);
  if (verdict.kind === 'refuse') {
    deps.log.info({ queueId, bytes: raw.length, because: verdict.because, client: envelope.clientAddress }, 'refused');
    throw new ReplyError(verdict.reply.code, verdict.reply.text);
  }
  return { mark: verdict.mark, scan: scanSummary(spam, virus), authentication: sender.headers };
}

/** What the store says of documents deeper than it takes (MongoDB, and our front to DocumentDB): no retry changes that. */
const NESTED_TOO_DEEPLY = /\bnest(ed|ing)\b/i;

/** @throws ReplyError 554 for parts nested deeper than can be stored, 451 when any recipient's copy is not stored; a retry then skips those who have it */
async function storeForAll(deps: MessageDeps, message: IncomingMessage, key: string, content: Buffer, mark: SpamMark): Promise<void> {
  const { queueId, envelope } = message;
  const had = await deps.storedEarlier.known(key, message.deliveries.map(({ mailbox }) => mailbox.userId));
  const missing = message.deliveries.filter(({ mailbox }) => !had.has(mailbox.userId));
  const failures: Extract<StoreResult, { kind: 'failed' }>[] = [];
  for await (const { delivery, result } of deps.store.store(content, envelope, missing, mark === 'yes')) {
    const { userId } = delivery.mailbox;
    if (result.kind === 'failed') {
      failures.push(result);
      deps.log.error({ queueId, userId, reason: result.error.message }, 'not stored');
      continue;
    }
    await deps.storedEarlier.add(key, userId);
    const folder = result.kind === 'stored' ? result.folder : undefined;
    deps.log.info({ queueId, userId, bytes: content.length, result: result.kind, folder, spam: mark }, 'stored');
  }
  if (failures.some(({ error }) => NESTED_TOO_DEEPLY.test(error.message))) throw new ReplyError(554, '5.6.0 Message parts are nested too deeply');
  if (failures.length > 0) throw new ReplyError(451, `4.3.0 Not stored for ${failures.length} of ${message.deliveries.length} recipients, try again later`);
}
