// What list rows and counters ought to be, worked out from the messages in the plainest way, to compare with.
import type { Pool } from '../../infra/db/pool.ts';

interface Item {
  folder_id: string;
  uid: number;
  message_key: string;
  conversation_id: string;
  received_at: Date;
  unread: boolean;
  starred: boolean;
  draft: boolean;
  answered: boolean;
  labels: string[];
  special_use: string | null;
  subject: string;
  from_address: string;
  has_attachment: boolean;
}

export interface ExpectedRow {
  folderId: string;
  conversationId: string;
  latestAt: number;
  latestUid: number;
  folderMessages: number;
  folderUnread: number;
  messageCount: number;
  starred: boolean;
  hasAttachment: boolean;
  hasDraft: boolean;
  answered: boolean;
  labels: string[];
  senders: string[];
}

export interface Expected {
  rows: ExpectedRow[];
  /** `messages unread conversations unreadConversations` by folder or view. */
  counters: Record<string, string>;
}

const newestFirst = (a: Item, b: Item) => b.received_at.getTime() - a.received_at.getTime() || b.uid - a.uid;
const byId = (a: ExpectedRow, b: ExpectedRow) => (a.conversationId + a.folderId < b.conversationId + b.folderId ? -1 : 1);

/** From mailbox_item, _message and _folder alone. */
export async function recompute(pool: Pool, accountId: string): Promise<Expected> {
  const { rows: items } = await pool.query<Item>(
    `SELECT i.*, f.special_use, m.subject, m.from_address, m.has_attachment
     FROM mailbox_item i JOIN mailbox_folder f USING (account_id, folder_id) JOIN mailbox_message m USING (account_id, message_key)
     WHERE i.account_id = $1 AND NOT i.deleted AND NOT f.hidden`,
    [accountId],
  );
  const aside = (item: Item) => item.special_use === 'junk' || item.special_use === 'trash';
  const views = new Map<string, Item[]>();
  for (const item of items) {
    const names = [item.folder_id, ...(aside(item) ? [] : [...(item.starred ? ['starred'] : []), ...item.labels.map((label) => `label:${label}`)])];
    for (const name of names) {
      const key = `${item.conversation_id} ${name}`;
      views.set(key, [...(views.get(key) ?? []), item]);
    }
  }
  const rows = [...views].map(([key, here]): ExpectedRow => {
    const [conversationId, ...name] = key.split(' ') as [string, ...string[]];
    const scope = items.filter(
      (item) => item.conversation_id === conversationId && (aside(here[0]!) ? item.folder_id === here[0]!.folder_id : !aside(item)),
    );
    const latest = here.toSorted(newestFirst)[0]!;
    return {
      folderId: name.join(' '), conversationId, latestAt: latest.received_at.getTime(), latestUid: latest.uid,
      folderMessages: here.length, folderUnread: here.filter((item) => item.unread).length,
      messageCount: new Set(scope.map((item) => item.message_key)).size,
      starred: scope.some((item) => item.starred), hasAttachment: scope.some((item) => item.has_attachment),
      hasDraft: scope.some((item) => item.draft), answered: scope.some((item) => item.answered),
      labels: [...new Set(scope.flatMap((item) => item.labels))].sort(),
      senders: [...new Set(scope.map((item) => item.from_address))].sort(),
    };
  });
  const counters: Record<string, string> = {};
  for (const folderId of new Set(rows.map((row) => row.folderId))) {
    const own = rows.filter((row) => row.folderId === folderId);
    const sum = (pick: (row: ExpectedRow) => number) => own.reduce((total, row) => total + pick(row), 0);
    counters[folderId] = [
      sum((row) => row.folderMessages), sum((row) => row.folderUnread), own.length, own.filter((row) => row.folderUnread > 0).length,
    ].join(' ');
  }
  return { rows: rows.sort(byId), counters };
}

/** What the index has stored, in the same shape. */
export async function stored(pool: Pool, accountId: string): Promise<Expected> {
  const { rows } = await pool.query<Record<string, never>>('SELECT * FROM mailbox_conversation_folder WHERE account_id = $1', [accountId]);
  const { rows: folders } = await pool.query<{ folder_id: string; counters: string }>(
    `SELECT folder_id, concat_ws(' ', messages, unread, conversations, unread_conversations) AS counters
     FROM mailbox_folder WHERE account_id = $1 AND (messages, unread, conversations, unread_conversations) <> (0, 0, 0, 0)`,
    [accountId],
  );
  return {
    rows: rows
      .map((row): ExpectedRow => ({
        folderId: row['folder_id']!, conversationId: row['conversation_id']!, latestAt: (row['latest_at'] as unknown as Date).getTime(),
        latestUid: row['latest_uid']!, folderMessages: row['folder_messages']!, folderUnread: row['folder_unread']!,
        messageCount: row['message_count']!, starred: row['starred']!, hasAttachment: row['has_attachment']!, hasDraft: row['has_draft']!,
        answered: row['answered']!, labels: [...(row['labels']! as string[])].sort(),
        senders: (row['participants']! as { address: string }[]).map((person) => person.address).sort(),
      }))
      .sort(byId),
    counters: Object.fromEntries(folders.map((folder) => [folder.folder_id, folder.counters])),
  };
}

/** What must hold between the tables whatever happened; each entry is a violation. */
export async function violations(pool: Pool, accountId: string): Promise<string[]> {
  const checks: Record<string, string> = {
    'item without content': `SELECT FROM mailbox_item i WHERE account_id = $1 AND NOT EXISTS (SELECT FROM mailbox_message m WHERE m.account_id = $1 AND m.message_key = i.message_key)`,
    'content without item': `SELECT FROM mailbox_message m WHERE account_id = $1 AND NOT EXISTS (SELECT FROM mailbox_item i WHERE i.account_id = $1 AND i.message_key = m.message_key)`,
    'content without words': `SELECT FROM mailbox_message m WHERE account_id = $1 AND NOT EXISTS (SELECT FROM mailbox_search s WHERE s.account_id = $1 AND s.message_key = m.message_key)`,
    'words without content': `SELECT FROM mailbox_search s WHERE account_id = $1 AND NOT EXISTS (SELECT FROM mailbox_message m WHERE m.account_id = $1 AND m.message_key = s.message_key)`,
    'item and content in different conversations': `SELECT FROM mailbox_item i JOIN mailbox_message m USING (account_id, message_key) WHERE account_id = $1 AND i.conversation_id <> m.conversation_id`,
    'message without conversation': `SELECT FROM mailbox_message m WHERE account_id = $1 AND NOT EXISTS (SELECT FROM mailbox_conversation c WHERE c.account_id = $1 AND c.conversation_id = m.conversation_id)`,
    'conversation without message': `SELECT FROM mailbox_conversation c WHERE account_id = $1 AND NOT EXISTS (SELECT FROM mailbox_message m WHERE m.account_id = $1 AND m.conversation_id = c.conversation_id)`,
    'id that points to no conversation': `SELECT FROM mailbox_thread_ref r WHERE account_id = $1 AND NOT EXISTS (SELECT FROM mailbox_conversation c WHERE c.account_id = $1 AND c.conversation_id = r.conversation_id)`,
    'message whose id points elsewhere': `SELECT FROM mailbox_message m JOIN mailbox_thread_ref r ON r.account_id = $1 AND r.ref = ANY(m.thread_refs) WHERE m.account_id = $1 AND r.conversation_id <> m.conversation_id`,
    'words outside their bucket': `SELECT FROM mailbox_search s JOIN mailbox_search_bucket b USING (bucket_id) WHERE s.account_id = $1 AND (s.account_id <> b.account_id OR s.terms::text NOT LIKE '%''' || to_hex(b.bucket_id) || '.%')`,
    'bucket that miscounts': `SELECT FROM mailbox_search_bucket b WHERE account_id = $1 AND messages <> (SELECT count(*) FROM mailbox_search s WHERE s.bucket_id = b.bucket_id)`,
  };
  const found: string[] = [];
  for (const [name, sql] of Object.entries(checks)) {
    const { rowCount } = await pool.query(sql, [accountId]);
    if (rowCount) found.push(`${name}: ${rowCount}`);
  }
  return found;
}
