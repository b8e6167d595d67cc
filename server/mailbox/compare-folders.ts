// The account's folders brought in step with the store's mailboxes: new, renamed, hidden, gone, or begun anew
// under another UIDVALIDITY. Their messages are compare-mailbox.ts's.
import type { Pool } from '../infra/db/pool.ts';
import type { StoredMailbox } from '../infra/wildduck/store.ts';
import { changeAccount, type Writer } from './account.store.ts';
import { remakeRows } from './conversation-row.store.ts';
import { conversationsOfFolder, dropFolder, indexedFolders, saveFolder, toSpecialUse, type IndexedFolder } from './folder.store.ts';
import { removeFolderItems } from './item.store.ts';
import { dropOrphans } from './message.store.ts';

const REMOVE_CHUNK = 1000;
const REMAKE_CHUNK = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Brings folder rows in step with `mailboxes`; idempotent. */
export async function compareFolders(
  pool: Pool,
  accountId: string,
  writer: Writer,
  mailboxes: readonly StoredMailbox[],
): Promise<void> {
  const indexed = new Map((await indexedFolders(pool, accountId)).map((folder) => [folder.folderId, folder]));
  for (const mailbox of mailboxes) {
    const known = indexed.get(mailbox.id);
    indexed.delete(mailbox.id);
    if (known && known.uidValidity !== mailbox.uidValidity && known.uidValidity !== 0) {
      await emptyFolder(pool, accountId, writer, mailbox.id);
    }
    if (!known || differs(known, mailbox)) {
      await changeAccount(pool, accountId, writer, async (client) => {
        await saveFolder(client, accountId, mailbox);
        return { changedFolders: [mailbox.id] };
      });
    }
    if (known && (known.hidden !== mailbox.hidden || known.specialUse !== toSpecialUse(mailbox))) {
      await remakeFolder(pool, accountId, writer, mailbox.id);
    }
  }
  for (const folderId of indexed.keys()) {
    await emptyFolder(pool, accountId, writer, folderId);
    await changeAccount(pool, accountId, writer, async (client) => {
      await dropFolder(client, accountId, folderId);
      return { changedFolders: [folderId] };
    });
  }
}

function differs(known: IndexedFolder, mailbox: StoredMailbox): boolean {
  return (
    known.path !== mailbox.path || known.specialUse !== toSpecialUse(mailbox) ||
    known.subscribed !== mailbox.subscribed || known.hidden !== mailbox.hidden || known.uidValidity !== mailbox.uidValidity
  );
}

/** Removes all of a folder's items, in steps. */
async function emptyFolder(pool: Pool, accountId: string, writer: Writer, folderId: string): Promise<void> {
  for (let left = true; left; ) {
    await changeAccount(pool, accountId, writer, async (client) => {
      const removed = await removeFolderItems(client, accountId, folderId, REMOVE_CHUNK);
      const changedFolders = await remakeRows(client, accountId, removed.conversationIds);
      await dropOrphans(client, accountId, removed.messageKeys);
      left = removed.messageKeys.length === REMOVE_CHUNK;
      return { changedFolders };
    });
  }
}

/** Makes the rows of all of a folder's conversations again: what its messages count for has changed. */
async function remakeFolder(pool: Pool, accountId: string, writer: Writer, folderId: string): Promise<void> {
  for (let after: string | undefined = FIRST_ID; after !== undefined; ) {
    const ids: string[] = await conversationsOfFolder(pool, accountId, folderId, after, REMAKE_CHUNK);
    await changeAccount(pool, accountId, writer, async (client) => ({
      changedFolders: await remakeRows(client, accountId, ids),
    }));
    after = ids.length === REMAKE_CHUNK ? ids.at(-1) : undefined;
  }
}
