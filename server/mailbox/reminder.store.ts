// Reminders of messages that nobody answers. An answer is whatever came into the conversation later from somebody else; it is
// looked for when it matters, so that one that arrives by any way, or is indexed late, counts.
import type { Queryable } from '../infra/db/pool.ts';
import { isUuid } from './conversation.store.ts';
import type { ItemPlace } from './types.ts';

/** A claimed reminder goes to another worker after this long. */
const LEASE_SECONDS = 60;
/** After so many tries the message is taken not to come back: its store refuses it. */
const TRY_LIMIT = 50;

/** Reminds of a message at that time; given before, at the new time. */
export async function setReminder(db: Queryable, accountId: string, reminder: { internetId: string; sentAt: Date; remindAt: Date }): Promise<void> {
  await db.query(
    `INSERT INTO mailbox_reminder (account_id, internet_id, sent_at, remind_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, internet_id) DO UPDATE SET state = 'waiting', remind_at = excluded.remind_at, lease_until = NULL, tries = 0`,
    [accountId, reminder.internetId, reminder.sentAt, reminder.remindAt],
  );
}

/** Notes the reminder of a message that has just left, unless that is done. */
export async function noteReminder(db: Queryable, accountId: string, reminder: { internetId: string; sentAt: Date; days: number }): Promise<void> {
  await db.query(
    `INSERT INTO mailbox_reminder (account_id, internet_id, sent_at, remind_at) VALUES ($1, $2, $3, $3::timestamptz + make_interval(days => $4))
     ON CONFLICT DO NOTHING`,
    [accountId, reminder.internetId, reminder.sentAt, reminder.days],
  );
}

/** Ends the reminders of a conversation that wait. One that brought its message back stays: it tells the copy from the message. */
export async function dropReminders(db: Queryable, accountId: string, conversationId: string): Promise<void> {
  await db.query(
    `DELETE FROM mailbox_reminder r USING mailbox_message m
      WHERE r.account_id = $1 AND m.account_id = $1 AND m.conversation_id = $2 AND m.internet_id = r.internet_id AND r.state = 'waiting'`,
    [accountId, conversationId],
  );
}

export async function endReminder(db: Queryable, accountId: string, internetId: string): Promise<void> {
  await db.query('DELETE FROM mailbox_reminder WHERE account_id = $1 AND internet_id = $2', [accountId, internetId]);
}

/** SQL: somebody else wrote into the conversation of `m` after `r` was sent. Reports of mail servers are no answer. `$own`: own addresses. */
const answered = (own: string) => `EXISTS (
  SELECT 1 FROM mailbox_message a
   WHERE a.account_id = r.account_id AND a.conversation_id = m.conversation_id AND a.received_at > r.sent_at
     AND lower(a.from_address) <> ALL(${own}::text[]) AND a.from_address !~* '^(mailer-daemon|postmaster)@')`;

export interface Reminder {
  conversationId: string;
  state: 'waiting' | 'reminded';
  sentAt: Date;
  remindAt: Date;
}

/** Of these conversations, those that still wait for an answer; the latest of each. */
export async function remindersOf(db: Queryable, accountId: string, conversationIds: readonly string[], own: Iterable<string>): Promise<Map<string, Reminder>> {
  const wanted = conversationIds.filter(isUuid);
  if (wanted.length === 0) return new Map();
  const { rows } = await db.query<Reminder>(
    `SELECT m.conversation_id AS "conversationId", r.state, r.sent_at AS "sentAt", r.remind_at AS "remindAt"
       FROM mailbox_reminder r JOIN mailbox_message m ON m.account_id = r.account_id AND m.internet_id = r.internet_id
      WHERE r.account_id = $1 AND m.conversation_id = ANY($2::uuid[]) AND NOT ${answered('$3')} ORDER BY r.sent_at`,
    [accountId, wanted, [...own]],
  );
  return new Map(rows.map((row) => [row.conversationId, row]));
}

export interface DueReminder {
  accountId: string;
  address: string;
  wildduckUserId: string;
  internetId: string;
  sentAt: Date;
}

/** Claims reminders whose time has come; those of a worker that died come again. Those that always fail end. */
export async function claimDueReminders(db: Queryable, limit: number): Promise<DueReminder[]> {
  await db.query(`DELETE FROM mailbox_reminder WHERE state = 'waiting' AND tries > ${TRY_LIMIT}`);
  const { rows } = await db.query<DueReminder>(
    `UPDATE mailbox_reminder r SET tries = r.tries + 1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       FROM account a
      WHERE a.id = r.account_id AND (r.account_id, r.internet_id) IN (
        SELECT d.account_id, d.internet_id FROM mailbox_reminder d
         WHERE d.state = 'waiting' AND d.remind_at <= now() AND (d.lease_until IS NULL OR d.lease_until < clock_timestamp())
         ORDER BY d.remind_at LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING r.account_id AS "accountId", a.address, a.wildduck_user_id AS "wildduckUserId", r.internet_id AS "internetId", r.sent_at AS "sentAt"`,
    [limit],
  );
  return rows;
}

export interface SentMessage extends ItemPlace {
  answered: boolean;
  inInbox: boolean;
}

/** Where the message is that a reminder is about, outside of junk and trash; null when it is nowhere any more. */
export async function findReminded(db: Queryable, due: Pick<DueReminder, 'accountId' | 'internetId' | 'sentAt'>, own: Iterable<string>): Promise<SentMessage | null> {
  const { rows } = await db.query<{ folderId: string; uid: number; answered: boolean; inInbox: boolean }>(
    `SELECT i.folder_id AS "folderId", i.uid, coalesce(f.special_use = 'inbox', false) AS "inInbox", ${answered('$4')} AS answered
       FROM mailbox_reminder r
       JOIN mailbox_item i ON i.account_id = r.account_id AND i.received_at > r.sent_at - interval '1 day'
       JOIN mailbox_message m ON m.account_id = i.account_id AND m.message_key = i.message_key AND m.internet_id = r.internet_id
       JOIN mailbox_folder f ON f.account_id = i.account_id AND f.folder_id = i.folder_id
      WHERE r.account_id = $1 AND r.internet_id = $2 AND i.received_at < $3::timestamptz + interval '400 days'
        AND NOT i.deleted AND f.special_use IS DISTINCT FROM 'junk' AND f.special_use IS DISTINCT FROM 'trash' AND f.special_use IS DISTINCT FROM 'drafts'
      ORDER BY "inInbox" DESC LIMIT 1`,
    [due.accountId, due.internetId, due.sentAt, [...own]],
  );
  return rows[0] ?? null;
}

/** It is back in the inbox. */
export async function noteReminded(db: Queryable, accountId: string, internetId: string): Promise<void> {
  await db.query(`UPDATE mailbox_reminder SET state = 'reminded', lease_until = NULL WHERE account_id = $1 AND internet_id = $2`, [accountId, internetId]);
}
