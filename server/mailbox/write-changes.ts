// One batch of what was read from the mail store, written in one transaction with the position that it brings
// the account to. Idempotent: a batch that was written before changes nothing.
import type { Pool } from '../infra/db/pool.ts';
import { changeAccount, savePosition, type PositionChange, type Writer } from './account.store.ts';
import { splitBuckets } from './bucket.store.ts';
import { remakeRows } from './conversation-row.store.ts';
import { saveFolderModseq } from './folder.store.ts';
import { removeItems, upsertItems } from './item.store.ts';
import { dropOrphans, insertContents, knownMessages } from './message.store.ts';
import { noteForLabels } from './label-due.store.ts';
import { noteMuted } from './snooze.store.ts';
import type { ItemPlace, ItemState, MessageContent } from './types.ts';

export interface StoreChanges {
  /** States of messages, new and changed ones alike. */
  items?: readonly ItemState[];
  /** Contents of those messages among `items` that the index does not have yet; more do no harm. */
  contents?: readonly MessageContent[];
  /** Places where there is nothing any more. */
  removed?: readonly ItemPlace[];
  /** Folders that are in step with the store at a modification index. */
  inStep?: readonly { folderId: string; modseq: number }[];
  position?: PositionChange;
  /** Conversation ids to be used again, by message key (an index built anew). */
  reuse?: ReadonlyMap<string, string>;
}

/**
 * Writes a batch.
 * @returns keys of those items that were left out, because the index has no content for them
 * @throws LeaseLostError when `writer` is an indexer that lost its lease; nothing is written then
 */
export async function writeChanges(
  pool: Pool,
  accountId: string,
  writer: Writer,
  changes: StoreChanges,
): Promise<{ withoutContent: string[] }> {
  let withoutContent: string[] = [];
  await changeAccount(pool, accountId, writer, async (client) => {
    const contents = changes.contents ?? [];
    const items = changes.items ?? [];
    const threading = await insertContents(client, accountId, contents, changes.reuse);
    // A message that moved is removed in one place and comes in another: its content must outlive the step between.
    const upserted = await upsertItems(client, accountId, items);
    if (contents.length > 0) {
      await noteMuted(client, accountId, items);
      await noteForLabels(client, accountId, contents.map((content) => content.messageKey));
    }
    const known = await knownMessages(client, accountId, items.map((item) => item.messageKey));
    withoutContent = items.filter((item) => !known.has(item.messageKey)).map((item) => item.messageKey);
    const removed = await removeItems(client, accountId, changes.removed ?? []);
    const changedFolders = await remakeRows(client, accountId, [
      ...upserted.conversationIds,
      ...removed.conversationIds,
      ...threading.merged.flatMap(({ from, into }) => [from, into]),
    ]);
    // Also contents that came with these changes and found no place: their message was gone again already.
    await dropOrphans(client, accountId, [...removed.messageKeys, ...contents.map((content) => content.messageKey)]);
    if (contents.length > 0) await splitBuckets(client, accountId);
    for (const { folderId, modseq } of changes.inStep ?? []) await saveFolderModseq(client, accountId, folderId, modseq);
    if (changes.position) await savePosition(client, accountId, changes.position);
    return { changedFolders };
  });
  return { withoutContent };
}
