// The web's own changes, repeated in the index once the mail store has accepted them, so that a user reads what
// they wrote. The indexer reads the same from the store moments later and has the last word.
import type { Pool } from '../infra/db/pool.ts';
import { changeAccount } from './account.store.ts';
import { remakeRows } from './conversation-row.store.ts';
import { moveItems, removeItems, setFlags, type FlagChanges } from './item.store.ts';
import { dropOrphans } from './message.store.ts';
import type { ItemPlace } from './types.ts';

/** Flags or labels of messages were changed. Repeating it is harmless. */
export async function applyFlags(
  pool: Pool,
  { accountId, places, changes }: { accountId: string; places: readonly ItemPlace[]; changes: FlagChanges },
): Promise<void> {
  if (places.length === 0) return;
  await changeAccount(pool, accountId, { kind: 'web' }, async (client) => {
    const touched = await setFlags(client, accountId, places, changes);
    return { changedFolders: await remakeRows(client, accountId, touched.conversationIds) };
  });
}

/** Messages were moved; `moved` pairs old UIDs with those in the target, as WildDuck's answer has them. */
export async function applyMove(
  pool: Pool,
  { accountId, folderId, targetFolderId, moved }: {
    accountId: string; folderId: string; targetFolderId: string; moved: readonly { from: number; to: number }[];
  },
): Promise<void> {
  if (moved.length === 0) return;
  await changeAccount(pool, accountId, { kind: 'web' }, async (client) => {
    const touched = await moveItems(client, accountId, folderId, targetFolderId, moved);
    const changedFolders = await remakeRows(client, accountId, touched.conversationIds);
    await dropOrphans(client, accountId, touched.messageKeys);
    return { changedFolders };
  });
}

/** Messages were deleted for good. Repeating it is harmless. */
export async function applyDelete(
  pool: Pool,
  { accountId, places }: { accountId: string; places: readonly ItemPlace[] },
): Promise<void> {
  if (places.length === 0) return;
  await changeAccount(pool, accountId, { kind: 'web' }, async (client) => {
    const touched = await removeItems(client, accountId, places);
    const changedFolders = await remakeRows(client, accountId, touched.conversationIds);
    await dropOrphans(client, accountId, touched.messageKeys);
    return { changedFolders };
  });
}
