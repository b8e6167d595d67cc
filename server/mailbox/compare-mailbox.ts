// One mailbox of the store compared with the index, message by message, and what differs written. Heals whatever
// the journal did not tell. Reads sequence numbers first and contents only of what the index lacks.
import type { Pool } from '../infra/db/pool.ts';
import type { StoredMailbox, WildduckStore } from '../infra/wildduck/store.ts';
import type { Writer } from './account.store.ts';
import { toContent, toItemState } from './content.ts';
import { sequencesInRange } from './item.store.ts';
import { knownMessages } from './message.store.ts';
import { mergePendingTerms } from './search-index.store.ts';
import type { ItemPlace } from './types.ts';
import { writeChanges } from './write-changes.ts';

/** UIDs compared at a time. */
const SCAN_CHUNK = 5000;
/** Messages written per transaction: few hundred milliseconds, so that the web's own changes need not wait long. */
export const WRITE_CHUNK = 400;

export interface CompareOutcome {
  changed: number;
  removed: number;
}

/** Brings a mailbox's items in step with the store. @param onProgress called with the messages written so far */
export async function compareMailbox(
  deps: { pool: Pool; store: WildduckStore },
  accountId: string,
  writer: Writer,
  mailbox: StoredMailbox,
  onProgress?: (written: number) => Promise<void>,
): Promise<CompareOutcome> {
  let changed = 0;
  let removed = 0;
  for (let after = 0; ; ) {
    const stored = await deps.store.scanSequences(mailbox.id, after, SCAN_CHUNK);
    const last = stored.at(-1)?.uid;
    const upTo = stored.length === SCAN_CHUNK ? last! : Number.MAX_SAFE_INTEGER;
    const indexed = await sequencesInRange(deps.pool, accountId, mailbox.id, after, upTo);
    const wanted = stored.filter(({ uid, modseq }) => (indexed.get(uid) ?? -1) < Math.max(1, modseq)).map(({ uid }) => uid);
    const inStore = new Set(stored.map(({ uid }) => uid));
    const gone = [...indexed.keys()].filter((uid) => !inStore.has(uid)).map((uid): ItemPlace => ({ folderId: mailbox.id, uid }));
    for (let start = 0; start < wanted.length; start += WRITE_CHUNK) {
      changed += await takeIn(deps, accountId, writer, mailbox.id, wanted.slice(start, start + WRITE_CHUNK));
      await onProgress?.(changed);
    }
    for (let start = 0; start < gone.length; start += WRITE_CHUNK) {
      await writeChanges(deps.pool, accountId, writer, { removed: gone.slice(start, start + WRITE_CHUNK) });
    }
    removed += gone.length;
    if (upTo === Number.MAX_SAFE_INTEGER) break;
    after = upTo;
  }
  await writeChanges(deps.pool, accountId, writer, { inStep: [{ folderId: mailbox.id, modseq: mailbox.modifyIndex }] });
  return { changed, removed };
}

/**
 * Reads messages from the store by UID and writes what the index lacks of them; UIDs that are gone from the store
 * are left to the caller. @returns how many were found
 */
export async function takeIn(
  { pool, store }: { pool: Pool; store: WildduckStore },
  accountId: string,
  writer: Writer,
  mailboxId: string,
  uids: readonly number[],
): Promise<number> {
  const states = await store.readStates(mailboxId, uids);
  const known = await knownMessages(pool, accountId, states.map((state) => state.messageKey));
  const missing = states.filter((state) => !known.has(state.messageKey)).map((state) => state.uid);
  const others = states.filter((state) => known.has(state.messageKey));
  if (others.length > 0) {
    const items = others.map((state) => toItemState(mailboxId, state));
    const { withoutContent } = await writeChanges(pool, accountId, writer, { items });
    // Their content was dropped since it was looked for: the web moved the last copy to where we have not read yet.
    const dropped = new Set(withoutContent);
    missing.push(...others.filter((state) => dropped.has(state.messageKey)).map((state) => state.uid));
  }
  for await (const messages of store.readMessages(mailboxId, missing)) {
    await writeChanges(pool, accountId, writer, {
      items: messages.map((message) => toItemState(mailboxId, message)),
      contents: messages.map(toContent),
    });
  }
  if (missing.length > 0) await mergePendingTerms(pool);
  return states.length;
}
