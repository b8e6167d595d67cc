// What becomes of one entry of WildDuck's queue: its place in ours, with the sender rewritten (SRS) and the
// authentication results sealed (ARC) where it is a forward. Owns the rules; reading and storing are the caller's.
import { createHash } from 'node:crypto';
import type { EnqueueInput, EnqueueResult } from '../../server/delivery/enqueue-types.ts';
import { domainOf, parseAddress } from '../../server/mail/address.ts';
import { headerValue, parseHeaderFields } from '../../server/mail/header.ts';
import { srsForward } from '../../server/mail/srs.ts';
import type { OutboundAccount } from './outbound-account.store.ts';
import type { OutboundEntry, OutboundMessage } from './outbound-entries.ts';

export interface TakeEntryDeps {
  findAccount(wildduckUserId: string): Promise<OutboundAccount | null>;
  /** ARC fields to put on top, each with its CRLF; empty when nothing can be sealed. */
  seal(content: Buffer, account: OutboundAccount): Promise<Buffer>;
  enqueue(input: EnqueueInput): Promise<EnqueueResult>;
  /** Mail of this kind that the account made in this hour, this one included. */
  countOf(kind: OutboundKind, accountId: string): Promise<number>;
  srsKey: Uint8Array;
}

export type OutboundKind = 'forward' | 'autoreply' | 'submit';

export type TakeOutcome =
  | { kind: 'taken'; queueId: string; repeated: boolean }
  /** Stays in WildDuck's queue until then. */
  | { kind: 'waits'; forMs: number; why: string }
  /** Will never be sent; it is said in the log and goes. */
  | { kind: 'refused'; why: string };

/** Messages an account may cause in an hour by each means, beyond which they wait: a loop costs no more than this. */
export const MAX_PER_HOUR: Record<OutboundKind, number> = { forward: 500, autoreply: 100, submit: 500 };

const MINUTE_MS = 60_000;
/** An entry that cannot be taken for so long never will be. */
const GIVE_UP_MS = 5 * 86_400_000;

/** Takes an entry exactly once: its own name is the idempotency key, so that a crash before its removal costs nothing. */
export async function takeEntry(deps: TakeEntryDeps, entry: OutboundEntry, message: OutboundMessage | null, now: Date): Promise<TakeOutcome> {
  const tooOld = now.getTime() - entry.created.getTime() > GIVE_UP_MS;
  const waits = (forMs: number, why: string): TakeOutcome => (tooOld ? { kind: 'refused', why } : { kind: 'waits', forMs, why });
  if (entry.http || entry.mx) return { kind: 'refused', why: 'targets other than mail addresses are not supported' };
  if (message === null) return waits(MINUTE_MS, 'its content is not there (yet)');
  const { userId } = message.meta;
  const account = userId === undefined ? null : await deps.findAccount(userId);
  if (account === null) return { kind: 'refused', why: 'its account does not exist any more' };
  if (!account.active) return waits(10 * MINUTE_MS, 'its account or tenant is not active');
  const kind = kindOf(message);
  if ((await deps.countOf(kind, account.accountId)) > MAX_PER_HOUR[kind]) return waits(10 * MINUTE_MS, `the account made more than ${MAX_PER_HOUR[kind]} of them in an hour (${kind})`);

  const input = await enqueueInput(deps, entry, message, account, kind, now);
  const result = await deps.enqueue(input);
  if (result.kind === 'accepted') return { kind: 'taken', queueId: result.queueId, repeated: result.duplicates ?? false };
  const why = `${result.field}: ${result.rule}`;
  // Nothing is wrong with it: a full queue and a paused tenant pass.
  if (result.code === 'busy' || result.code === 'sending-stopped') return waits((result.retryAfterSeconds ?? 600) * 1000, why);
  return { kind: 'refused', why };
}

function kindOf({ meta }: OutboundMessage): OutboundKind {
  return meta.reason === 'forward' || meta.reason === 'autoreply' ? meta.reason : 'submit';
}

async function enqueueInput(
  deps: TakeEntryDeps,
  entry: OutboundEntry,
  message: OutboundMessage,
  account: OutboundAccount,
  kind: OutboundKind,
  now: Date,
): Promise<EnqueueInput> {
  const fields = parseHeaderFields(message.content);
  const seal = kind === 'forward' ? await deps.seal(message.content, account) : Buffer.alloc(0);
  const subject = headerValue(fields, 'subject');
  return {
    tenantId: account.tenantId,
    accountId: account.accountId,
    source: kind === 'submit' ? 'submission' : 'forward',
    lane: 'transactional',
    reversePath: kind === 'forward' ? forwardPath(deps.srsKey, message.meta.from, account, now) : message.meta.from,
    recipients: [{ address: entry.recipient, ...(kind !== 'submit' && { notify: kind === 'autoreply' ? ['NEVER' as const] : ['FAILURE' as const] }) }],
    headerFrom: headerFrom(headerValue(fields, 'from') ?? '', account),
    messageIdHeader: headerValue(fields, 'message-id') ?? '',
    ...(subject !== undefined && { subject }),
    content: seal.length > 0 ? Buffer.concat([seal, message.content]) : message.content,
    idempotencyKey: { key: `wildduck:${entry.id}:${entry.seq}`, bodyHash: createHash('sha256').update(message.content).digest('hex') },
  };
}

/** A sender that cannot be rewritten makes way for the account itself, which then learns of the failure. */
function forwardPath(key: Uint8Array, from: string, account: OutboundAccount, now: Date): string {
  if (from === '') return '';
  const domain = domainOf(account.address);
  return srsForward(key, from, domain, now.getTime()) ?? account.address;
}

/** Who signs is chosen by this address: a From that is none, or several, is nobody's of ours. */
function headerFrom(value: string, account: OutboundAccount): string {
  const found = [...value.matchAll(/[^\s<>,;:"()]+@[^\s<>,;:"()]+/g)].map(([text]) => parseAddress(text));
  const [only] = found;
  if (found.length === 1 && only?.kind === 'address') return only.value.address;
  return `postmaster@invalid.${domainOf(account.address)}`;
}
