// Rows of push_subscription: one a session, and the new mail that each has not been told of.
import type { Queryable } from '../infra/db/pool.ts';

export interface PushKeys {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface Arrival {
  conversationId: string;
  fromName: string;
  fromAddress: string;
  subject: string;
}

export interface DueNotice extends PushKeys {
  sessionId: string;
  /** Newest first; at most `NOTICES_MAX`. */
  arrivals: Arrival[];
  /** All that came. */
  count: number;
}

/** More at once would only be noise: the newest stand for them. */
const NOTICES_MAX = 3;
/** Mail that was moved into the inbox long after it came is no news. */
const NEWS_MINUTES = 60;
const BATCH = 200;

/** Keeps the session's subscription, told of all that is in the inbox now. Idempotent. */
export async function saveSubscription(db: Queryable, owner: { tenantId: string; accountId: string; sessionId: string }, keys: PushKeys): Promise<void> {
  await db.query(
    `INSERT INTO push_subscription AS s (session_id, tenant_id, account_id, endpoint, p256dh, auth, told_uid, uid_validity)
     SELECT $1, $2, $3, $4, $5, $6,
            coalesce((SELECT max(i.uid) FROM mailbox_item i WHERE i.account_id = f.account_id AND i.folder_id = f.folder_id), 0),
            coalesce(f.uid_validity, 0)
       FROM (SELECT 1) one LEFT JOIN mailbox_folder f ON f.account_id = $3 AND f.special_use = 'inbox'
     ON CONFLICT (session_id) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth, failures = 0`,
    [owner.sessionId, owner.tenantId, owner.accountId, keys.endpoint, keys.p256dh, keys.auth],
  );
}

export async function deleteSubscription(db: Queryable, sessionId: string): Promise<void> {
  await db.query('DELETE FROM push_subscription WHERE session_id = $1', [sessionId]);
}

export async function hasSubscription(db: Queryable, sessionId: string): Promise<boolean> {
  const { rows } = await db.query('SELECT 1 FROM push_subscription WHERE session_id = $1', [sessionId]);
  return rows.length > 0;
}

/**
 * Takes what is to be told, and notes it as told: when a process dies with it, a notice is missed, never told twice.
 * Any number of processes may ask at the same time.
 */
export async function takeDueNotices(db: Queryable): Promise<DueNotice[]> {
  const { rows } = await db.query<PushKeys & { sessionId: string; arrivals: Arrival[] | null; count: number }>(
    `WITH due AS (
       SELECT s.session_id, s.told_uid, s.account_id, f.folder_id, f.uid_validity, s.uid_validity = f.uid_validity AS same,
              (SELECT max(i.uid) FROM mailbox_item i WHERE i.account_id = s.account_id AND i.folder_id = f.folder_id) AS last_uid
         FROM push_subscription s
         JOIN mailbox_folder f ON f.account_id = s.account_id AND f.special_use = 'inbox'
         JOIN web_session w ON w.id = s.session_id AND w.expires_at > now()
        WHERE s.uid_validity <> f.uid_validity
           OR EXISTS (SELECT 1 FROM mailbox_item i WHERE i.account_id = s.account_id AND i.folder_id = f.folder_id AND i.uid > s.told_uid)
        LIMIT ${BATCH} FOR UPDATE OF s SKIP LOCKED
     ), told AS (
       UPDATE push_subscription s SET told_uid = coalesce(d.last_uid, 0), uid_validity = d.uid_validity
         FROM due d WHERE s.session_id = d.session_id
       RETURNING s.session_id, s.endpoint, s.p256dh, s.auth
     )
     SELECT t.session_id AS "sessionId", t.endpoint, t.p256dh, t.auth, n.count, n.arrivals
       FROM told t JOIN due d USING (session_id)
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS count,
                (array_agg(jsonb_build_object('conversationId', i.conversation_id, 'fromName', m.from_name, 'fromAddress', m.from_address,
                                              'subject', m.subject) ORDER BY i.uid DESC))[1:${NOTICES_MAX}] AS arrivals
           FROM mailbox_item i JOIN mailbox_message m ON m.account_id = i.account_id AND m.message_key = i.message_key
          WHERE d.same AND i.account_id = d.account_id AND i.folder_id = d.folder_id AND i.uid > d.told_uid AND i.uid <= d.last_uid
            AND i.unread AND NOT i.deleted AND m.received_at > now() - interval '${NEWS_MINUTES} minutes'
       ) n
      WHERE n.count > 0`,
  );
  return rows.map((row) => ({ ...row, arrivals: row.arrivals ?? [] }));
}

/** @returns whether it was given up, after `most` failures in a row */
export async function noteFailure(db: Queryable, sessionId: string, most: number): Promise<boolean> {
  const { rows } = await db.query<{ failures: number }>('UPDATE push_subscription SET failures = failures + 1 WHERE session_id = $1 RETURNING failures', [sessionId]);
  if ((rows[0]?.failures ?? 0) < most) return false;
  await deleteSubscription(db, sessionId);
  return true;
}

export async function noteSuccess(db: Queryable, sessionId: string): Promise<void> {
  await db.query('UPDATE push_subscription SET failures = 0 WHERE session_id = $1 AND failures > 0', [sessionId]);
}
