// The rows that lists show, made again from the messages for every conversation that a change touched. One
// statement: rows and the folders' counters cannot part. Nothing else writes either of them.
import type { PoolClient } from '../infra/db/pool.ts';

/** Conversations per statement: bounds the memory of its sorts. */
const CHUNK = 1000;

/**
 * Makes the list rows of conversations again, and brings the counters of folders and views in step.
 * @returns the folders and views whose rows may have changed
 */
export async function remakeRows(client: PoolClient, accountId: string, conversationIds: Iterable<string>): Promise<Set<string>> {
  const changed = new Set<string>();
  const ids = [...new Set(conversationIds)];
  for (let start = 0; start < ids.length; start += CHUNK) {
    const { rows } = await client.query<{ folder_id: string }>({
      name: 'mailbox-remake-rows',
      text: REMAKE_ROWS,
      values: [accountId, ids.slice(start, start + CHUNK)],
    });
    for (const row of rows) changed.add(row.folder_id);
  }
  return changed;
}

/**
 * `live`: what can be shown: neither marked deleted nor in a hidden mailbox. Junk and Trash are worlds of their
 * own (`scope`): a row elsewhere neither counts nor shows what is in them, and they show nothing but their own.
 * `shown_at`: when a message counts as having come: on its arrival, or, in the inbox, when it woke from a snooze.
 * `placed`: each message under its folder and under the views that it belongs to.
 */
const REMAKE_ROWS = `
WITH touched AS MATERIALIZED (
  SELECT unnest($2::uuid[]) AS conversation_id
), live AS MATERIALIZED (
  SELECT i.conversation_id, i.folder_id, i.uid, i.message_key, i.received_at, i.unread, i.starred, i.draft, i.answered,
         i.labels, m.subject, m.snippet, m.from_name, m.from_address, m.to_list, m.has_attachment,
         CASE WHEN f.special_use IN ('junk', 'trash') THEN i.folder_id ELSE '' END AS scope,
         greatest(i.received_at, CASE WHEN f.special_use = 'inbox' THEN z.woke_at END) AS shown_at
  FROM touched t
  JOIN mailbox_item i ON i.account_id = $1 AND i.conversation_id = t.conversation_id
  JOIN mailbox_folder f ON f.account_id = $1 AND f.folder_id = i.folder_id
  JOIN mailbox_message m ON m.account_id = $1 AND m.message_key = i.message_key
  LEFT JOIN mailbox_snooze z ON z.account_id = $1 AND z.message_key = i.message_key AND z.state = 'awake'
  WHERE NOT i.deleted AND NOT f.hidden
), placed AS (
  SELECT folder_id AS view_id, live.* FROM live
  UNION ALL
  SELECT 'starred', live.* FROM live WHERE starred AND scope = ''
  UNION ALL
  SELECT 'label:' || label, live.* FROM live, unnest(live.labels) AS label WHERE scope = ''
), view_row AS (
  SELECT conversation_id, view_id, min(scope) AS scope, max(CASE WHEN view_id = folder_id THEN shown_at ELSE received_at END) AS latest_at,
         (array_agg(folder_id ORDER BY received_at DESC, uid DESC))[1] AS latest_folder_id,
         (array_agg(uid ORDER BY received_at DESC, uid DESC))[1] AS latest_uid,
         (array_agg(to_list ORDER BY received_at DESC, uid DESC))[1] AS recipients,
         count(*)::int AS folder_messages, count(*) FILTER (WHERE unread)::int AS folder_unread
  FROM placed GROUP BY conversation_id, view_id
), scope_row AS (
  SELECT conversation_id, scope, count(DISTINCT message_key)::int AS message_count, bool_or(starred) AS starred,
         bool_or(has_attachment) AS has_attachment, bool_or(draft) AS has_draft, bool_or(answered) AS answered,
         (array_agg(subject ORDER BY received_at, uid))[1] AS subject,
         (array_agg(snippet ORDER BY draft, received_at DESC, uid DESC))[1] AS snippet,
         -- In the same pass: as a query of its own, joined, it was made anew for each row.
         array_agg(DISTINCT label ORDER BY label) FILTER (WHERE label IS NOT NULL) AS labels
  FROM live LEFT JOIN LATERAL unnest(live.labels) AS label ON true GROUP BY conversation_id, scope
), sender AS (
  SELECT conversation_id, scope, from_address, (array_agg(from_name ORDER BY received_at DESC))[1] AS from_name,
         min(received_at) AS first_at, max(received_at) AS last_at
  FROM live GROUP BY conversation_id, scope, from_address
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY conversation_id, scope ORDER BY first_at, from_address) AS from_first,
         row_number() OVER (PARTITION BY conversation_id, scope ORDER BY last_at DESC, from_address) AS from_last
  FROM sender
), people AS (
  SELECT conversation_id, scope,
         jsonb_agg(jsonb_build_object('name', from_name, 'address', from_address) ORDER BY from_first) AS participants
  FROM (
    SELECT *, row_number() OVER (PARTITION BY conversation_id, scope ORDER BY from_first = 1 DESC, from_last) AS place
    FROM ranked
  ) best WHERE place <= 6 GROUP BY conversation_id, scope
), fresh AS MATERIALIZED (
  SELECT v.view_id AS folder_id, v.conversation_id, v.latest_at, v.latest_folder_id, v.latest_uid, v.folder_messages,
         v.folder_unread, s.message_count, s.starred, s.has_attachment, s.has_draft, s.answered,
         coalesce(s.labels, '{}') AS labels, s.subject, s.snippet, p.participants,
         jsonb_path_query_array(v.recipients, '$[0 to 2]') AS recipients
  FROM view_row v
  JOIN scope_row s USING (conversation_id, scope)
  JOIN people p USING (conversation_id, scope)
), old AS MATERIALIZED (
  SELECT r.folder_id, r.conversation_id, r.folder_messages, r.folder_unread
  FROM touched t JOIN mailbox_conversation_folder r ON r.account_id = $1 AND r.conversation_id = t.conversation_id
), gone AS (
  DELETE FROM mailbox_conversation_folder r USING old o
  WHERE r.account_id = $1 AND r.conversation_id = o.conversation_id AND r.folder_id = o.folder_id
    -- NOT IN is looked up in a hash; NOT EXISTS compared each with each, since the planner expects one fresh row.
    AND (r.folder_id, r.conversation_id) NOT IN (SELECT f.folder_id, f.conversation_id FROM fresh f)
), written AS (
  INSERT INTO mailbox_conversation_folder AS r (account_id, folder_id, conversation_id, latest_at, latest_folder_id,
    latest_uid, folder_messages, folder_unread, message_count, starred, has_attachment, has_draft, answered, labels,
    subject, snippet, participants, recipients)
  SELECT $1, fresh.* FROM fresh
  ON CONFLICT (account_id, conversation_id, folder_id) DO UPDATE
    SET latest_at = excluded.latest_at, latest_folder_id = excluded.latest_folder_id, latest_uid = excluded.latest_uid,
        folder_messages = excluded.folder_messages, folder_unread = excluded.folder_unread,
        message_count = excluded.message_count, starred = excluded.starred, has_attachment = excluded.has_attachment,
        has_draft = excluded.has_draft, answered = excluded.answered, labels = excluded.labels,
        subject = excluded.subject, snippet = excluded.snippet, participants = excluded.participants,
        recipients = excluded.recipients
    WHERE r IS DISTINCT FROM excluded
), delta AS (
  SELECT folder_id,
         sum(coalesce(f.folder_messages, 0) - coalesce(o.folder_messages, 0))::int AS messages,
         sum(coalesce(f.folder_unread, 0) - coalesce(o.folder_unread, 0))::int AS unread,
         sum((f.conversation_id IS NOT NULL)::int - (o.conversation_id IS NOT NULL)::int)::int AS conversations,
         sum((coalesce(f.folder_unread, 0) > 0)::int - (coalesce(o.folder_unread, 0) > 0)::int)::int AS unread_conversations
  FROM fresh f FULL JOIN old o USING (folder_id, conversation_id) GROUP BY folder_id
), counted AS (
  INSERT INTO mailbox_folder AS c (account_id, folder_id, kind, path, messages, unread, conversations, unread_conversations)
  SELECT $1, folder_id, CASE WHEN folder_id = 'starred' THEN 'starred' ELSE 'label' END,
         regexp_replace(folder_id, '^label:', ''), messages, unread, conversations, unread_conversations
  FROM delta WHERE (messages, unread, conversations, unread_conversations) <> (0, 0, 0, 0)
  ON CONFLICT (account_id, folder_id) DO UPDATE
    SET messages = c.messages + excluded.messages, unread = c.unread + excluded.unread,
        conversations = c.conversations + excluded.conversations,
        unread_conversations = c.unread_conversations + excluded.unread_conversations
)
SELECT folder_id FROM delta`;
