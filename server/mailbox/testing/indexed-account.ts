// An indexed account for tests, filled through the same functions that the indexer uses, without a mail store.
import { randomBytes } from 'node:crypto';
import type { Pool } from '../../infra/db/pool.ts';
import { changeAccount } from '../account.store.ts';
import { toContent, toItemState } from '../content.ts';
import { saveFolder } from '../folder.store.ts';
import type { StoredMessage } from '../../infra/wildduck/store.ts';
import type { ItemPlace } from '../types.ts';
import { mergePendingTerms } from '../search-index.store.ts';
import { writeChanges } from '../write-changes.ts';

export interface MessageInput {
  folder?: string;
  id?: string;
  references?: string[];
  subject?: string;
  from?: string;
  to?: string[];
  cc?: string[];
  text?: string;
  html?: string[];
  at?: Date;
  /** Of the Date header; `at` when absent. */
  sentAt?: Date;
  flags?: string[];
  filenames?: string[];
  sizeBytes?: number;
  listId?: string;
  modseq?: number;
  /** The content's key, for a copy of a message that is there already. */
  key?: string;
}

export interface IndexedAccount {
  accountId: string;
  address: string;
  /** Folder ids by path. */
  folders: Record<string, string>;
  /** Stores a message as the indexer does and tells where it is. */
  add(input: MessageInput): Promise<ItemPlace & { key: string; conversationId: string }>;
  addAll(inputs: readonly MessageInput[]): Promise<(ItemPlace & { key: string })[]>;
}

const FOLDERS: [string, string | null][] = [
  ['INBOX', '\\Inbox'], ['Sent Mail', '\\Sent'], ['Archive', '\\Archive'], ['Drafts', '\\Drafts'], ['Junk', '\\Junk'], ['Trash', '\\Trash'], ['Work/Plans', null],
];

/** Ids look like the store's: 24 hex digits. */
export const newKey = (): string => randomBytes(12).toString('hex');

/** Makes an account with the usual folders. */
export async function createIndexedAccount(pool: Pool, name: string): Promise<IndexedAccount> {
  const address = `${name}@eider.test`;
  await pool.query(`INSERT INTO tenant (slug, name) VALUES ('mail', 'Mail') ON CONFLICT DO NOTHING`);
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO account (tenant_id, address, wildduck_user_id) SELECT id, $1, $2 FROM tenant WHERE slug = 'mail' RETURNING id`,
    [address, newKey()],
  );
  const accountId = rows[0]!.id;
  await pool.query(`INSERT INTO mailbox_account (account_id, state) VALUES ($1, 'ready')`, [accountId]);
  const folders = Object.fromEntries(FOLDERS.map(([path]) => [path, newKey()]));
  await changeAccount(pool, accountId, { kind: 'web' }, async (client) => {
    for (const [path, specialUse] of FOLDERS) {
      await saveFolder(client, accountId, {
        id: folders[path]!, path, specialUse, subscribed: true, hidden: false, uidValidity: 1, modifyIndex: 1, uidNext: 1,
      });
    }
    return { changedFolders: [] };
  });
  const uids = new Map<string, number>();
  const toStored = (input: MessageInput): StoredMessage => {
    const folderId = folders[input.folder ?? 'INBOX']!;
    const uid = (uids.get(folderId) ?? 0) + 1;
    uids.set(folderId, uid);
    const people = (list: string[] = []) => list.map((entry) => ({ name: entry.split('@')[0]!, address: entry }));
    const key = input.key ?? newKey();
    const at = input.at ?? new Date('2026-05-01T12:00:00Z');
    return {
      mailboxId: folderId, uid, messageKey: key, modseq: input.modseq ?? 1, flags: input.flags ?? [], receivedAt: at, sentAt: input.sentAt ?? at,
      internetId: input.id ?? `${key}@test`, references: input.references ?? [], subject: input.subject ?? 'Subject',
      from: people([input.from ?? 'bob@example.com']), replyTo: [], to: people(input.to ?? [address]), cc: people(input.cc), bcc: [],
      listId: input.listId ?? null, sizeBytes: input.sizeBytes ?? 1000,
      attachments: (input.filenames ?? []).map((filename) => ({ filename, contentType: 'application/octet-stream', related: false })),
      text: input.text ?? 'Some text', html: input.html ?? [],
    };
  };
  const addAll: IndexedAccount['addAll'] = async (inputs) => {
    const stored = inputs.map(toStored);
    await writeChanges(pool, accountId, { kind: 'web' }, {
      items: stored.map((message) => toItemState(message.mailboxId, message)),
      contents: stored.map(toContent),
    });
    await mergePendingTerms(pool);
    return stored.map((message) => ({ folderId: message.mailboxId, uid: message.uid, key: message.messageKey }));
  };
  return {
    accountId, address, folders, addAll,
    async add(input) {
      const place = (await addAll([input]))[0]!;
      return { ...place, conversationId: await conversationOf(pool, accountId, place) };
    },
  };
}

export async function conversationOf(pool: Pool, accountId: string, place: ItemPlace): Promise<string> {
  const { rows } = await pool.query<{ conversation_id: string }>(
    'SELECT conversation_id FROM mailbox_item WHERE account_id = $1 AND folder_id = $2 AND uid = $3',
    [accountId, place.folderId, place.uid],
  );
  return rows[0]?.conversation_id ?? 'gone';
}
