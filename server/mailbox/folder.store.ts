// Folders: the store's mailboxes with the index's counters, and the views (starred, labels) beside them.
import type { PoolClient, Queryable } from '../infra/db/pool.ts';
import type { StoredMailbox } from '../infra/wildduck/store.ts';
import type { Folder, Label, SpecialUse } from './types.ts';

const SPECIAL_USES: Record<string, SpecialUse> = {
  '\\inbox': 'inbox',
  '\\drafts': 'drafts',
  '\\sent': 'sent',
  '\\archive': 'archive',
  '\\junk': 'junk',
  '\\trash': 'trash',
};
/** Where snoozed messages lie, for mail programs to see. */
export const SNOOZED_PATH = 'Snoozed';
/** Where each stands in a list of folders; ordinary ones follow by path. */
const ORDER: (SpecialUse | null)[] = ['inbox', 'snoozed', 'drafts', 'sent', 'archive', 'junk', 'trash', null];

interface FolderRecord {
  folder_id: string;
  path: string;
  special_use: SpecialUse | null;
  subscribed: boolean;
  messages: number;
  unread: number;
  conversations: number;
  unread_conversations: number;
}

/** An account's folders, special ones first, then by path. Hidden ones are left out. */
export async function listFolders(db: Queryable, accountId: string): Promise<Folder[]> {
  const { rows } = await db.query<FolderRecord>({
    name: 'mailbox-list-folders',
    text: `SELECT folder_id, path, special_use, subscribed, messages, unread, conversations, unread_conversations
           FROM mailbox_folder WHERE account_id = $1 AND kind = 'folder' AND NOT hidden`,
    values: [accountId],
  });
  const idByPath = new Map(rows.map((row) => [row.path, row.folder_id]));
  return rows
    .map((row): Folder => ({
      id: row.folder_id,
      path: row.path,
      name: row.path.slice(row.path.lastIndexOf('/') + 1),
      parentId: row.path.includes('/') ? (idByPath.get(row.path.slice(0, row.path.lastIndexOf('/'))) ?? null) : null,
      specialUse: row.special_use,
      subscribed: row.subscribed,
      messages: row.messages,
      unreadMessages: row.unread,
      conversations: row.conversations,
      unreadConversations: row.unread_conversations,
    }))
    .sort((a, b) => ORDER.indexOf(a.specialUse) - ORDER.indexOf(b.specialUse) || a.path.localeCompare(b.path));
}

/** The labels in use, by name, with their counts. */
export async function listLabels(db: Queryable, accountId: string): Promise<Label[]> {
  const { rows } = await db.query<FolderRecord>({
    name: 'mailbox-list-labels',
    text: `SELECT folder_id, path, conversations, unread_conversations FROM mailbox_folder
           WHERE account_id = $1 AND kind = 'label' AND conversations > 0 ORDER BY lower(path), path`,
    values: [accountId],
  });
  return rows.map((row) => ({
    name: row.path,
    viewId: row.folder_id,
    conversations: row.conversations,
    unreadConversations: row.unread_conversations,
  }));
}

/** What the index knows of a folder's place in the store. */
export interface IndexedFolder {
  folderId: string;
  path: string;
  specialUse: SpecialUse | null;
  subscribed: boolean;
  hidden: boolean;
  uidValidity: number;
  modseq: number;
  messages: number;
  unread: number;
}

/** A view's size, for choosing how to search. */
export interface IndexedView {
  viewId: string;
  /** A label's name; empty for `starred`. */
  label: string;
  messages: number;
}

/** All folders (hidden ones included) and views of an account. */
export async function foldersAndViews(db: Queryable, accountId: string): Promise<{ folders: IndexedFolder[]; views: IndexedView[] }> {
  const { rows } = await db.query<Record<string, unknown>>({
    name: 'mailbox-folders-and-views',
    text: `SELECT folder_id, kind, path, special_use, subscribed, hidden, uid_validity, modseq, messages, unread
           FROM mailbox_folder WHERE account_id = $1`,
    values: [accountId],
  });
  return {
    folders: rows.filter((row) => row['kind'] === 'folder').map(toIndexedFolder),
    views: rows.filter((row) => row['kind'] !== 'folder').map((row) => ({
      viewId: row['folder_id'] as string,
      label: row['kind'] === 'label' ? (row['path'] as string) : '',
      messages: row['messages'] as number,
    })),
  };
}

/** The account's folders as the indexer compares them with the store; views left out, hidden ones included. */
export async function indexedFolders(db: Queryable, accountId: string): Promise<IndexedFolder[]> {
  return (await foldersAndViews(db, accountId)).folders;
}

function toIndexedFolder(row: Record<string, unknown>): IndexedFolder {
  return {
    folderId: row['folder_id'] as string,
    path: row['path'] as string,
    specialUse: row['special_use'] as SpecialUse | null,
    subscribed: row['subscribed'] as boolean,
    hidden: row['hidden'] as boolean,
    uidValidity: row['uid_validity'] as number,
    modseq: row['modseq'] as number,
    messages: row['messages'] as number,
    unread: row['unread'] as number,
  };
}

/**
 * The special use by Eider's name; null for ordinary mailboxes and uses that Eider gives no meaning. The store cannot
 * set \\Archive, so that the mailbox of that name has it; no standard knows snoozing.
 */
export function toSpecialUse({ specialUse, path }: Pick<StoredMailbox, 'specialUse' | 'path'>): SpecialUse | null {
  if (specialUse !== null) return SPECIAL_USES[specialUse.toLowerCase()] ?? null;
  return path === 'Archive' ? 'archive' : path === SNOOZED_PATH ? 'snoozed' : null;
}

/** Adds or changes a folder's row. Counters and `modseq` are left as they are. */
export async function saveFolder(client: PoolClient, accountId: string, mailbox: StoredMailbox): Promise<void> {
  await client.query(
    `INSERT INTO mailbox_folder (account_id, folder_id, kind, path, special_use, subscribed, hidden, uid_validity)
     VALUES ($1, $2, 'folder', $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, folder_id) DO UPDATE
       SET path = excluded.path, special_use = excluded.special_use, subscribed = excluded.subscribed,
           hidden = excluded.hidden, uid_validity = excluded.uid_validity`,
    [
      accountId, mailbox.id, mailbox.path, toSpecialUse(mailbox), mailbox.subscribed, mailbox.hidden,
      mailbox.uidValidity,
    ],
  );
}

/** Records the store's modification index at which a folder was found in step. Never goes back. */
export async function saveFolderModseq(client: PoolClient, accountId: string, folderId: string, modseq: number): Promise<void> {
  await client.query('UPDATE mailbox_folder SET modseq = greatest(modseq, $3) WHERE account_id = $1 AND folder_id = $2', [
    accountId, folderId, modseq,
  ]);
}

/** Removes a folder's row; its items must have gone before. */
export async function dropFolder(client: PoolClient, accountId: string, folderId: string): Promise<void> {
  await client.query('DELETE FROM mailbox_folder WHERE account_id = $1 AND folder_id = $2', [accountId, folderId]);
}

/** Conversations with messages in a folder, up to `limit` after `afterId`, in order of id: to make all its rows again. */
export async function conversationsOfFolder(
  db: Queryable,
  accountId: string,
  folderId: string,
  afterId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ conversation_id: string }>(
    `SELECT DISTINCT conversation_id FROM mailbox_item
     WHERE account_id = $1 AND folder_id = $2 AND conversation_id > $3 ORDER BY conversation_id LIMIT $4`,
    [accountId, folderId, afterId, limit],
  );
  return rows.map((row) => row.conversation_id);
}
