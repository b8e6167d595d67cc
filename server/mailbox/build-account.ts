// An account's index built where there is none: in order of arrival over all mailboxes, so that conversations
// form as they did, with the search buckets laid out beforehand. Reading runs one step ahead of writing.
import type { Pool } from '../infra/db/pool.ts';
import type { StoredMailbox, WildduckStore } from '../infra/wildduck/store.ts';
import { changeAccount, type AccountPosition, type Writer } from './account.store.ts';
import { planBuckets } from './bucket.store.ts';
import { compareFolders } from './compare-folders.ts';
import { toContent, toItemState } from './content.ts';
import { positionAt } from './follow-journal.ts';
import { mergePendingTerms, refreshStatistics } from './search-index.store.ts';
import type { ItemState, MessageContent } from './types.ts';
import { writeChanges } from './write-changes.ts';

const SCAN_CHUNK = 10_000;
const BUILD_CHUNK = 500;
/** Chunks between merges of the full-text index's pending list. Nobody searches an index that is being built. */
const CHUNKS_PER_MERGE = 4;
/** Chunks read ahead of the one that is being written. */
const AHEAD = 2;

export interface BuildProgress {
  done: number;
  total: number;
}

export interface BuildOptions {
  /** Conversation ids to be used again, by message key. */
  reuse?: ReadonlyMap<string, string>;
  /** Called after each step; may throw to stop, what is written stays and a comparison completes it. */
  onProgress?: (progress: BuildProgress) => Promise<void> | void;
}

interface Entry {
  mailboxId: string;
  uid: number;
  receivedAt: Date;
}

/**
 * Builds the index of an account that has none. Afterwards the account is `ready`, and the journal is followed
 * from the moment at which the build began.
 */
export async function buildAccount(
  deps: { pool: Pool; store: WildduckStore },
  position: AccountPosition,
  writer: Writer,
  now: Date,
  options: BuildOptions = {},
): Promise<BuildProgress> {
  const { accountId, userId } = position;
  const { pool, store } = deps;
  const journalId = positionAt(now);
  const mailboxes = await store.listMailboxes(userId);
  await compareFolders(pool, accountId, writer, mailboxes);
  const entries = await listEntries(store, mailboxes);
  await changeAccount(pool, accountId, writer, async (client) => {
    await planBuckets(client, accountId, entries.map((entry) => entry.receivedAt));
    return { changedFolders: [] };
  });
  const progress: BuildProgress = { done: 0, total: entries.length };
  const ahead: ReturnType<typeof readChunk>[] = [];
  const readOn = (start: number) => {
    const chunk = readChunk(store, entries, start);
    // A fault of this read shows when it is awaited; until then it must not count as unhandled.
    chunk.catch(() => undefined);
    ahead.push(chunk);
  };
  for (let n = 0; n < AHEAD; n++) readOn(n * BUILD_CHUNK);
  let merged: Promise<void> = Promise.resolve();
  for (let start = 0, chunk = 1; start < entries.length; start += BUILD_CHUNK, chunk++) {
    const { items, contents } = await ahead.shift()!;
    readOn(start + AHEAD * BUILD_CHUNK);
    await writeChanges(pool, accountId, writer, { items, contents, ...(options.reuse && { reuse: options.reuse }) });
    progress.done = Math.min(progress.total, start + BUILD_CHUNK);
    // At one, two, four, eight, … chunks.
    if ((chunk & (chunk - 1)) === 0) await refreshStatistics(pool, progress.done);
    if (chunk % CHUNKS_PER_MERGE === 0) {
      // Beside the next chunks, but never two at once.
      await merged;
      merged = mergePendingTerms(pool);
      merged.catch(() => undefined);
    }
    await options.onProgress?.(progress);
  }
  await merged;
  await mergePendingTerms(pool);
  await writeChanges(pool, accountId, writer, {
    inStep: mailboxes.map((mailbox) => ({ folderId: mailbox.id, modseq: mailbox.modifyIndex })),
    position: { journalId, followedAt: now, comparedAt: now, state: 'ready' },
  });
  return progress;
}

async function listEntries(store: WildduckStore, mailboxes: readonly StoredMailbox[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const mailbox of mailboxes) {
    for (let after = 0; ; ) {
      const states = await store.scanArrivals(mailbox.id, after, SCAN_CHUNK);
      for (const { uid, receivedAt } of states) entries.push({ mailboxId: mailbox.id, uid, receivedAt });
      if (states.length < SCAN_CHUNK) break;
      after = states.at(-1)!.uid;
    }
  }
  return entries.sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime());
}

async function readChunk(
  store: WildduckStore,
  entries: readonly Entry[],
  start: number,
): Promise<{ items: ItemState[]; contents: MessageContent[] }> {
  const items: ItemState[] = [];
  const contents: MessageContent[] = [];
  const byMailbox = Map.groupBy(entries.slice(start, start + BUILD_CHUNK), (entry) => entry.mailboxId);
  for (const [mailboxId, chunk] of byMailbox) {
    for await (const messages of store.readMessages(mailboxId, chunk.map((entry) => entry.uid))) {
      for (const message of messages) {
        items.push(toItemState(mailboxId, message));
        contents.push(toContent(message));
      }
    }
  }
  return { items, contents };
}
