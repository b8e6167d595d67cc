// Loads and signs messages for delivery: look-ups of one turn share a query, and a message that goes to many
// domains is loaded and signed once.
import { domainOf } from '../mail/address.ts';
import type { BlobStore } from '../infra/blobs/blob-store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { type DkimSigner, signMessage } from '../mail/dkim/sign-message.ts';
import { toSevenBit } from '../mail/seven-bit.ts';
import { selectMessages, type StoredMessage } from './message.store.ts';

export interface LoadedMessage extends Omit<StoredMessage, 'content'> {
  content: Buffer;
  /** Fields that go before the content, DKIM-Signature first; made at the first call. */
  signature(): Promise<Buffer>;
  /** The message for a server that takes no 8-bit content (RFC 6152 3): converted, and signed as converted. */
  sevenBit(): Promise<SevenBitMessage>;
}

export type SevenBitMessage = { kind: 'converted'; pieces: Buffer[] } | { kind: 'impossible'; reason: string };

export interface LoaderDeps {
  db: Queryable;
  blobs: BlobStore;
  /** The keys that sign for a sender's domain; none: the message goes unsigned. */
  signersFor(tenantId: string, domain: string): Promise<DkimSigner[]>;
  /** A field of ours that goes on top of the message and is signed with it; '' for none. */
  tokenField?(message: StoredMessage): string;
}

export interface MessageLoader {
  /** Null when there is no such message: its partition was dropped under it, or its blob is gone. */
  load(queueId: string): Promise<LoadedMessage | null>;
}

const MAX_QUERY_MESSAGES = 100;
/** Finished messages kept for their next recipients, by content size. */
const CACHE_BYTES = 16 * 1024 * 1024;

export function messageLoader(deps: LoaderDeps): MessageLoader {
  /** Oldest first; `bytes` is 0 until it has been loaded. */
  const cache = new Map<string, { message: Promise<LoadedMessage | null>; bytes: number }>();
  let cachedBytes = 0;
  const asked: { queueId: string; resolve(message: LoadedMessage | null): void; reject(error: unknown): void }[] = [];

  async function flush(): Promise<void> {
    const batch = asked.splice(0, MAX_QUERY_MESSAGES);
    if (asked.length > 0) setImmediate(() => void flush());
    try {
      const rows = await selectMessages(deps.db, batch.map((entry) => entry.queueId));
      const byId = new Map(rows.map((row) => [row.queueId, row]));
      for (const entry of batch) {
        const row = byId.get(entry.queueId);
        if (row) complete(row).then(entry.resolve, entry.reject);
        else entry.resolve(null);
      }
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }

  async function complete(row: StoredMessage): Promise<LoadedMessage | null> {
    const content = row.content ?? (await deps.blobs.get(row.contentBlob!));
    if (content === null) return null;
    let signature: Promise<Buffer> | undefined;
    let sevenBit: Promise<SevenBitMessage> | undefined;
    return {
      ...row,
      content,
      signature: () => (signature ??= signFor(deps, row, content)),
      sevenBit: () => (sevenBit ??= convertFor(deps, row, content)),
    };
  }

  function keep(queueId: string, bytes: number): void {
    const entry = cache.get(queueId);
    if (!entry) return;
    entry.bytes = bytes;
    cachedBytes += bytes;
    for (const [oldest, { bytes: freed }] of cache) {
      if (cachedBytes <= CACHE_BYTES) break;
      cache.delete(oldest);
      cachedBytes -= freed;
    }
  }

  return {
    load(queueId) {
      const known = cache.get(queueId);
      if (known) return known.message;
      const loading = new Promise<LoadedMessage | null>((resolve, reject) => {
        if (asked.length === 0) setImmediate(() => void flush());
        asked.push({ queueId, resolve, reject });
      });
      cache.set(queueId, { message: loading, bytes: 0 });
      loading.then(
        (message) => keep(queueId, message?.content.length ?? 0),
        () => cache.delete(queueId),
      );
      return loading;
    },
  };
}

async function convertFor(deps: LoaderDeps, row: StoredMessage, content: Buffer): Promise<SevenBitMessage> {
  const result = toSevenBit(content);
  return result.kind === 'impossible' ? result : { kind: 'converted', pieces: piecesOf(await signFor(deps, row, result.content), result.content) };
}

/** What is sent of a message: the signature's fields stand before it. */
export const piecesOf = (signature: Buffer, content: Buffer): Buffer[] => (signature.length > 0 ? [signature, content] : [content]);

async function signFor(deps: LoaderDeps, row: StoredMessage, content: Buffer): Promise<Buffer> {
  const domain = domainOf(row.headerFrom);
  const signers = await deps.signersFor(row.tenantId, domain);
  const field = deps.tokenField?.(row) ?? '';
  return Buffer.from((await signMessage(content, signers, new Date(), field)) + field, 'latin1');
}
