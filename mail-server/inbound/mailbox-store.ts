// Recipients and their mailboxes in WildDuck: who an address belongs to, and putting a message there.
// Owns the translation of WildDuck's outcomes; the SMTP replies are the callers'.
import { USER_FIELDS, type Library, type Prepared, type UserData } from './wildduck-library.ts';

export interface Mailbox {
  userId: string;
  /** Bytes that still fit; Infinity without a quota. */
  freeBytes: number;
  closed: boolean;
  user: UserData;
}

export interface Delivery {
  mailbox: Mailbox;
  /** The address as it stood in RCPT TO. */
  recipient: string;
}

export interface Envelope {
  /** '' for the null reverse-path. */
  reversePath: string;
  clientAddress: string;
  clientName: string;
  helo: string;
  protocol: string;
}

export type StoreResult =
  | { kind: 'stored'; folder: string; id: string }
  /** WildDuck found the same Message-ID and Date in the same folder. */
  | { kind: 'duplicate' }
  /** The user's own filter throws such mail away. */
  | { kind: 'dropped' }
  | { kind: 'failed'; error: Error };

export interface MailboxStore {
  /** The mailbox behind an address (aliases, plus-tags, wildcards, domain aliases), or null. */
  find(address: string): Promise<Mailbox | null>;
  /** Stores one message for several mailboxes, one after another; the results are in the same order. */
  store(content: Buffer, envelope: Envelope, deliveries: Delivery[], spam: boolean): AsyncGenerator<{ delivery: Delivery; result: StoreResult }>;
}

export function createMailboxStore(library: Library): MailboxStore {
  return {
    async find(address) {
      const user = await library.userHandler.asyncGet(address, USER_FIELDS);
      if (!user) return null;
      const quota = Number(user.quota) || 0;
      return {
        userId: user._id.toString(),
        freeBytes: quota > 0 ? Math.max(0, quota - (Number(user.storageUsed) || 0)) : Infinity,
        closed: Boolean(user.disabled || user.suspended),
        user,
      };
    },

    async *store(content, envelope, deliveries, spam) {
      let prepared: Prepared | false | undefined;
      for (const delivery of deliveries) {
        try {
          const outcome = await library.filterHandler.storeMessage(delivery.mailbox.user, {
            mimeTree: prepared ? prepared.mimeTree : undefined,
            maildata: prepared ? prepared.maildata : undefined,
            sender: envelope.reversePath,
            recipient: delivery.recipient,
            chunks: [content],
            chunklen: content.length,
            meta: storeMeta(envelope, delivery.recipient, spam),
          });
          prepared ||= outcome.prepared;
          yield { delivery, result: translate(outcome.response) };
        } catch (error) {
          yield { delivery, result: { kind: 'failed', error: error as Error } };
        }
      }
    },
  };
}

function storeMeta(envelope: Envelope, recipient: string, spam: boolean): Record<string, unknown> {
  return {
    source: 'MX',
    from: envelope.reversePath,
    to: [recipient],
    origin: envelope.clientAddress,
    originhost: envelope.clientName,
    transhost: envelope.helo,
    transtype: envelope.protocol,
    time: new Date(),
    // WildDuck weighs the scanner's action against the user's spam level (50 unless changed): this one weighs 50.
    spamAction: spam ? 'rewrite subject' : 'no action',
  };
}

function translate(response: Awaited<ReturnType<Library['filterHandler']['storeMessage']>>['response']): StoreResult {
  if (!response) return { kind: 'failed', error: new Error('WildDuck gave no result') };
  const results = response.filterResults ?? [];
  if (response.error) {
    if (response.error.code === 'DroppedByPolicy') return { kind: 'dropped' };
    return { kind: 'failed', error: response.error };
  }
  if (results.some((entry) => entry.duplicate)) return { kind: 'duplicate' };
  const place = results.find((entry) => entry.id);
  if (!place) return { kind: 'failed', error: new Error('WildDuck did not say where the message went') };
  return { kind: 'stored', folder: place.path ?? '', id: place.id! };
}
