// Snoozed messages by content, and muted conversations. What is on top of the inbox since it woke is read where list rows
// are made (conversation-row.store.ts).
import type { PoolClient, Queryable } from '../infra/db/pool.ts';
import { isUuid } from './conversation.store.ts';
import type { ItemPlace, SpecialUse } from './types.ts';

/** A claimed message goes to another worker after this long. */
const LEASE_SECONDS = 60;
/** What cannot be brought back or taken away by then is given up: the folder is gone, or the message. */
export const TRY_LIMIT = 50;

/** Puts messages to sleep, or gives those asleep another time. */
export async function putToSleep(
  db: Queryable,
  accountId: string,
  messages: readonly { messageKey: string; folderId: string }[],
  wakeAt: Date,
): Promise<void> {
  await db.query(
    `INSERT INTO mailbox_snooze AS s (account_id, message_key, wake_at, folder_id)
     SELECT $1, m.key, $2, m.folder_id FROM unnest($3::text[], $4::text[]) AS m (key, folder_id)
     ON CONFLICT (account_id, message_key) DO UPDATE
       SET state = 'sleeping', wake_at = excluded.wake_at, woke_at = NULL, lease_until = NULL, tries = 0,
           folder_id = CASE WHEN s.state = 'sleeping' THEN s.folder_id ELSE excluded.folder_id END`,
    [accountId, wakeAt, messages.map((message) => message.messageKey), messages.map((message) => message.folderId)],
  );
}

/** Forgets that messages are, or were, asleep. */
export async function forgetSleep(db: Queryable, accountId: string, messageKeys: readonly string[]): Promise<void> {
  await db.query('DELETE FROM mailbox_snooze WHERE account_id = $1 AND message_key = ANY($2::text[])', [accountId, messageKeys]);
}

export interface DueMessage {
  accountId: string;
  wildduckUserId: string;
  messageKey: string;
  /** Counting this one. */
  tries: number;
}

/** Claims messages whose time has come, up to `limit`; those of a worker that died come again. */
export async function claimDue(db: Queryable, limit: number): Promise<DueMessage[]> {
  const { rows } = await db.query<DueMessage>(
    `UPDATE mailbox_snooze s SET state = 'waking', tries = s.tries + 1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     FROM account a
     WHERE a.id = s.account_id AND (s.account_id, s.message_key) IN (
       SELECT d.account_id, d.message_key FROM mailbox_snooze d
       WHERE d.state <> 'awake' AND d.wake_at <= now() AND (d.lease_until IS NULL OR d.lease_until < clock_timestamp())
       ORDER BY d.wake_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING s.account_id AS "accountId", a.wildduck_user_id AS "wildduckUserId", s.message_key AS "messageKey", s.tries`,
    [limit],
  );
  return rows;
}

/** Messages are back: they stand on top of the inbox from now on. */
export async function noteAwake(db: Queryable, accountId: string, messageKeys: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE mailbox_snooze SET state = 'awake', woke_at = now(), lease_until = NULL WHERE account_id = $1 AND message_key = ANY($2::text[])`,
    [accountId, messageKeys],
  );
}

/** Where messages are, by content; one that stands in several folders comes several times. */
export async function placesOfMessages(
  db: Queryable,
  accountId: string,
  messageKeys: readonly string[],
): Promise<(ItemPlace & { messageKey: string; folderUse: SpecialUse | null; origin: string | null })[]> {
  const { rows } = await db.query<{ folder_id: string; uid: number; message_key: string; special_use: SpecialUse | null; origin: string | null }>(
    `SELECT i.folder_id, i.uid, i.message_key, f.special_use, s.folder_id AS origin FROM mailbox_item i
     JOIN mailbox_folder f ON f.account_id = i.account_id AND f.folder_id = i.folder_id
     LEFT JOIN mailbox_snooze s ON s.account_id = i.account_id AND s.message_key = i.message_key
     WHERE i.account_id = $1 AND i.message_key = ANY($2::text[])`,
    [accountId, messageKeys],
  );
  return rows.map((row) => ({ folderId: row.folder_id, uid: row.uid, messageKey: row.message_key, folderUse: row.special_use, origin: row.origin }));
}

/** When conversations come back: the earliest of their messages asleep. */
export async function wakeTimes(db: Queryable, accountId: string, conversationIds: readonly string[]): Promise<Map<string, Date>> {
  if (conversationIds.length === 0) return new Map();
  const { rows } = await db.query<{ conversation_id: string; wake_at: Date }>(
    `SELECT m.conversation_id, min(s.wake_at) AS wake_at FROM mailbox_message m
     JOIN mailbox_snooze s ON s.account_id = m.account_id AND s.message_key = m.message_key AND s.state <> 'awake'
     WHERE m.account_id = $1 AND m.conversation_id = ANY($2::uuid[]) GROUP BY m.conversation_id`,
    [accountId, conversationIds],
  );
  return new Map(rows.map((row) => [row.conversation_id, row.wake_at]));
}

/** Rows about messages that are no longer anywhere. @returns how many */
export async function dropStaleSleep(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM mailbox_snooze s WHERE s.created_at < now() - interval '1 day'
       AND EXISTS (SELECT 1 FROM mailbox_account a WHERE a.account_id = s.account_id AND a.state = 'ready')
       AND NOT EXISTS (SELECT 1 FROM mailbox_message m WHERE m.account_id = s.account_id AND m.message_key = s.message_key)`,
  );
  return rowCount ?? 0;
}

/** @returns those that were not muted yet and exist */
export async function mute(db: Queryable, accountId: string, conversationIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ conversation_id: string }>(
    `INSERT INTO mailbox_mute (account_id, conversation_id)
     SELECT account_id, conversation_id FROM mailbox_conversation WHERE account_id = $1 AND conversation_id = ANY($2::uuid[])
     ON CONFLICT DO NOTHING RETURNING conversation_id`,
    [accountId, conversationIds.filter(isUuid)],
  );
  return rows.map((row) => row.conversation_id);
}

/** @returns those that were muted */
export async function unmute(db: Queryable, accountId: string, conversationIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ conversation_id: string }>(
    'DELETE FROM mailbox_mute WHERE account_id = $1 AND conversation_id = ANY($2::uuid[]) RETURNING conversation_id', [accountId, conversationIds.filter(isUuid)],
  );
  return rows.map((row) => row.conversation_id);
}

export async function isMuted(db: Queryable, accountId: string, conversationId: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM mailbox_mute WHERE account_id = $1 AND conversation_id = $2', [accountId, conversationId]);
  return (rowCount ?? 0) > 0;
}

/** Notes new messages of muted conversations in the inbox, to be taken away. Older ones were put there by their owner. */
export async function noteMuted(client: PoolClient, accountId: string, places: readonly ItemPlace[]): Promise<void> {
  if (places.length === 0) return;
  await client.query({
    name: 'mailbox-note-muted',
    text: `INSERT INTO mailbox_mute_due (account_id, folder_id, uid)
           SELECT i.account_id, i.folder_id, i.uid FROM unnest($2::text[], $3::bigint[]) AS p (folder_id, uid)
           JOIN mailbox_item i ON i.account_id = $1 AND i.folder_id = p.folder_id AND i.uid = p.uid
           JOIN mailbox_folder f ON f.account_id = $1 AND f.folder_id = i.folder_id AND f.special_use = 'inbox'
           JOIN mailbox_mute m ON m.account_id = $1 AND m.conversation_id = i.conversation_id
           WHERE i.received_at > greatest(m.muted_at, now() - interval '1 day') ON CONFLICT DO NOTHING`,
    values: [accountId, places.map((place) => place.folderId), places.map((place) => place.uid)],
  });
}

/** Noted messages that still lie in the inbox, up to `limit`; the others are forgotten. */
export async function takeMutedDue(db: Queryable, limit: number): Promise<(ItemPlace & { accountId: string; wildduckUserId: string })[]> {
  await db.query(
    `DELETE FROM mailbox_mute_due d WHERE d.tries >= ${TRY_LIMIT} OR NOT EXISTS (
       SELECT 1 FROM mailbox_item i WHERE i.account_id = d.account_id AND i.folder_id = d.folder_id AND i.uid = d.uid)`,
  );
  const { rows } = await db.query<{ account_id: string; folder_id: string; uid: number; wildduck_user_id: string }>(
    `UPDATE mailbox_mute_due d SET tries = d.tries + 1 FROM account a
     WHERE a.id = d.account_id AND (d.account_id, d.folder_id, d.uid) IN (
       SELECT account_id, folder_id, uid FROM mailbox_mute_due ORDER BY tries, noted_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING d.account_id, d.folder_id, d.uid, a.wildduck_user_id`,
    [limit],
  );
  return rows.map((row) => ({ accountId: row.account_id, folderId: row.folder_id, uid: row.uid, wildduckUserId: row.wildduck_user_id }));
}
