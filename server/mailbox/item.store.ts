// Messages in mailboxes: rows come, change and go. Every function tells which conversations it touched, for the
// list rows to be made again, and runs within the account's write transaction.
import type { PoolClient, Queryable } from '../infra/db/pool.ts';
import type { ItemPlace, ItemState } from './types.ts';

/** What a change touched. */
export interface Touched {
  conversationIds: string[];
  /** Contents that may have lost their last mailbox. */
  messageKeys: string[];
}

/**
 * Stores states as read from the mail store. A row is written only by a newer modification sequence, so that
 * repeating and reordering do no harm. Items whose content the index lacks are left out. Touched are conversations
 * of which something changed that a list shows: what the web has written before comes back with another sequence only.
 */
export async function upsertItems(client: PoolClient, accountId: string, items: readonly ItemState[]): Promise<Touched> {
  if (items.length === 0) return { conversationIds: [], messageKeys: [] };
  const column = <T>(pick: (item: ItemState) => T): T[] => items.map(pick);
  const { rows } = await client.query<{ conversation_id: string; shown: boolean }>({
    name: 'mailbox-upsert-items',
    text: `INSERT INTO mailbox_item (account_id, folder_id, uid, message_key, conversation_id, received_at, modseq, unread,
             starred, draft, answered, forwarded, deleted, labels)
           SELECT $1, i.folder_id, i.uid, i.message_key, m.conversation_id, i.received_at, i.modseq, i.unread,
             i.starred, i.draft, i.answered, i.forwarded, i.deleted,
             ARRAY(SELECT jsonb_array_elements_text(i.labels))
           FROM unnest($2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::bigint[], $7::boolean[], $8::boolean[],
                       $9::boolean[], $10::boolean[], $11::boolean[], $12::boolean[], $13::jsonb[])
             AS i (folder_id, uid, message_key, received_at, modseq, unread, starred, draft, answered, forwarded,
                   deleted, labels)
           JOIN mailbox_folder f ON f.account_id = $1 AND f.folder_id = i.folder_id
           JOIN mailbox_message m ON m.account_id = $1 AND m.message_key = i.message_key
           ON CONFLICT (account_id, folder_id, uid) DO UPDATE
             SET modseq = excluded.modseq, unread = excluded.unread, starred = excluded.starred, draft = excluded.draft,
                 answered = excluded.answered, forwarded = excluded.forwarded, deleted = excluded.deleted,
                 labels = excluded.labels
             WHERE mailbox_item.modseq < excluded.modseq
           RETURNING new.conversation_id, old.uid IS NULL
             OR (old.unread, old.starred, old.draft, old.answered, old.forwarded, old.deleted, old.labels)
               IS DISTINCT FROM (new.unread, new.starred, new.draft, new.answered, new.forwarded, new.deleted, new.labels) AS shown`,
    values: [
      accountId,
      column((item) => item.folderId),
      column((item) => item.uid),
      column((item) => item.messageKey),
      column((item) => item.receivedAt),
      // A stored 0 would look like a row that nobody has confirmed.
      column((item) => Math.max(1, item.modseq)),
      column((item) => item.unread),
      column((item) => item.starred),
      column((item) => item.draft),
      column((item) => item.answered),
      column((item) => item.forwarded),
      column((item) => item.deleted),
      column((item) => JSON.stringify(item.labels)),
    ],
  });
  return { conversationIds: rows.filter((row) => row.shown).map((row) => row.conversation_id), messageKeys: [] };
}

/** Removes rows; those that are gone already are skipped. */
export async function removeItems(client: PoolClient, accountId: string, places: readonly ItemPlace[]): Promise<Touched> {
  if (places.length === 0) return { conversationIds: [], messageKeys: [] };
  const { rows } = await client.query<{ conversation_id: string; message_key: string }>({
    name: 'mailbox-remove-items',
    text: `DELETE FROM mailbox_item i USING unnest($2::text[], $3::bigint[]) AS p (folder_id, uid)
           WHERE i.account_id = $1 AND i.folder_id = p.folder_id AND i.uid = p.uid
           RETURNING i.conversation_id, i.message_key`,
    values: [accountId, places.map((place) => place.folderId), places.map((place) => place.uid)],
  });
  return toTouched(rows);
}

/** Removes up to `limit` rows of a folder. Called until it removes none, so that no transaction grows without bound. */
export async function removeFolderItems(client: PoolClient, accountId: string, folderId: string, limit: number): Promise<Touched> {
  const { rows } = await client.query<{ conversation_id: string; message_key: string }>(
    `DELETE FROM mailbox_item WHERE account_id = $1 AND folder_id = $2 AND uid IN (
       SELECT uid FROM mailbox_item WHERE account_id = $1 AND folder_id = $2 ORDER BY uid LIMIT $3)
     RETURNING conversation_id, message_key`,
    [accountId, folderId, limit],
  );
  return toTouched(rows);
}

export interface FlagChanges {
  unread?: boolean;
  starred?: boolean;
  draft?: boolean;
  deleted?: boolean;
  addLabels?: readonly string[];
  removeLabels?: readonly string[];
}

/** Changes flags of rows as the store has accepted them. The modification sequence stays: the store's reading follows. */
export async function setFlags(
  client: PoolClient,
  accountId: string,
  places: readonly ItemPlace[],
  changes: FlagChanges,
): Promise<Touched> {
  if (places.length === 0) return { conversationIds: [], messageKeys: [] };
  const { rows } = await client.query<{ conversation_id: string }>({
    name: 'mailbox-set-flags',
    text: `UPDATE mailbox_item i
           SET unread = coalesce($4, i.unread), starred = coalesce($5, i.starred), draft = coalesce($6, i.draft),
               deleted = coalesce($7, i.deleted),
               labels = ARRAY(
                 -- Letter case makes no other keyword: what is there in another spelling stays as it is.
                 SELECT label FROM unnest(i.labels || ARRAY(
                   SELECT fresh FROM unnest($8::text[]) AS fresh
                   WHERE lower(fresh) <> ALL (SELECT lower(there) FROM unnest(i.labels) AS there))) AS label
                 WHERE lower(label) <> ALL (SELECT lower(gone) FROM unnest($9::text[]) AS gone)
                 GROUP BY label ORDER BY label)
           FROM unnest($2::text[], $3::bigint[]) AS p (folder_id, uid)
           WHERE i.account_id = $1 AND i.folder_id = p.folder_id AND i.uid = p.uid
           RETURNING i.conversation_id`,
    values: [
      accountId, places.map((place) => place.folderId), places.map((place) => place.uid),
      changes.unread ?? null, changes.starred ?? null, changes.draft ?? null, changes.deleted ?? null,
      changes.addLabels ?? [], changes.removeLabels ?? [],
    ],
  });
  return { conversationIds: rows.map((row) => row.conversation_id), messageKeys: [] };
}

/**
 * Moves rows to another folder under the UIDs that the store gave them there. The new rows count as unconfirmed
 * (modseq 0) until the indexer has read them; a row that is there already is left as it is.
 */
export async function moveItems(
  client: PoolClient,
  accountId: string,
  folderId: string,
  targetFolderId: string,
  moved: readonly { from: number; to: number }[],
): Promise<Touched> {
  if (moved.length === 0) return { conversationIds: [], messageKeys: [] };
  const { rows } = await client.query<{ conversation_id: string; message_key: string }>({
    name: 'mailbox-move-items',
    text: `WITH gone AS (
             DELETE FROM mailbox_item i USING unnest($4::bigint[], $5::bigint[]) AS p (uid, new_uid)
             WHERE i.account_id = $1 AND i.folder_id = $2 AND i.uid = p.uid
             RETURNING i.*, p.new_uid
           ), come AS (
             INSERT INTO mailbox_item (account_id, folder_id, uid, message_key, conversation_id, received_at, modseq,
               unread, starred, draft, answered, forwarded, deleted, labels)
             SELECT account_id, $3, new_uid, message_key, conversation_id, received_at, 0, unread, starred, draft,
               answered, forwarded, deleted, labels FROM gone
             WHERE EXISTS (SELECT 1 FROM mailbox_folder f WHERE f.account_id = $1 AND f.folder_id = $3)
             ON CONFLICT (account_id, folder_id, uid) DO NOTHING
           )
           SELECT conversation_id, message_key FROM gone`,
    values: [accountId, folderId, targetFolderId, moved.map((entry) => entry.from), moved.map((entry) => entry.to)],
  });
  return toTouched(rows);
}

/** Indexed modification sequences of a folder's rows with UIDs above `after`, up to `upTo`, by UID. */
export async function sequencesInRange(
  db: Queryable,
  accountId: string,
  folderId: string,
  after: number,
  upTo: number,
): Promise<Map<number, number>> {
  const { rows } = await db.query<{ uid: number; modseq: number }>({
    name: 'mailbox-sequences-in-range',
    text: `SELECT uid, modseq FROM mailbox_item
           WHERE account_id = $1 AND folder_id = $2 AND uid > $3 AND uid <= $4`,
    values: [accountId, folderId, after, upTo],
  });
  return new Map(rows.map((row) => [row.uid, row.modseq]));
}

/** Rows that the web made and the indexer has not seen in the store yet. */
export async function unconfirmedItems(db: Queryable, accountId: string): Promise<ItemPlace[]> {
  const { rows } = await db.query<{ folder_id: string; uid: number }>({
    name: 'mailbox-unconfirmed-items',
    text: 'SELECT folder_id, uid FROM mailbox_item WHERE account_id = $1 AND modseq = 0 LIMIT 1000',
    values: [accountId],
  });
  return rows.map((row) => ({ folderId: row.folder_id, uid: row.uid }));
}

function toTouched(rows: readonly { conversation_id: string; message_key: string }[]): Touched {
  return {
    conversationIds: rows.map((row) => row.conversation_id),
    messageKeys: rows.map((row) => row.message_key),
  };
}
