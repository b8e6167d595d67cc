// Contents of messages: inserted once, dropped when the last mailbox lets go of them.
import type { PoolClient, Queryable } from '../infra/db/pool.ts';
import { chooseBuckets } from './bucket.store.ts';
import { toTsvector } from './search-terms.ts';
import { assignConversations, type Threading } from './thread.store.ts';
import type { MessageContent, Person } from './types.ts';

/** Which of these contents the index has already, with their conversations. */
export async function knownMessages(
  client: Queryable,
  accountId: string,
  messageKeys: readonly string[],
): Promise<Map<string, string>> {
  if (messageKeys.length === 0) return new Map();
  const { rows } = await client.query<{ message_key: string; conversation_id: string }>({
    name: 'mailbox-known-messages',
    text: 'SELECT message_key, conversation_id FROM mailbox_message WHERE account_id = $1 AND message_key = ANY($2)',
    values: [accountId, messageKeys],
  });
  return new Map(rows.map((row) => [row.message_key, row.conversation_id]));
}

/**
 * Adds contents that the index does not have yet: threads them, stores them and their words.
 * @param reuse conversation ids of an index that is built anew, by message key
 * @returns what became of the conversations
 */
export async function insertContents(
  client: PoolClient,
  accountId: string,
  contents: readonly MessageContent[],
  reuse?: ReadonlyMap<string, string>,
): Promise<Threading> {
  const unique = [...new Map(contents.map((content) => [content.messageKey, content])).values()];
  const known = await knownMessages(client, accountId, unique.map((content) => content.messageKey));
  const fresh = unique.filter((content) => !known.has(content.messageKey));
  if (fresh.length === 0) return { messages: [], merged: [] };
  const threading = await assignConversations(client, accountId, fresh, reuse);
  await insertMessages(client, accountId, threading);
  await insertTerms(client, accountId, fresh);
  return threading;
}

async function insertMessages(client: PoolClient, accountId: string, { messages }: Threading): Promise<void> {
  const column = <T>(pick: (content: MessageContent) => T): T[] => messages.map(({ content }) => pick(content));
  const people = (pick: (content: MessageContent) => Person[]): string[] => column((content) => JSON.stringify(pick(content)));
  await client.query({
    name: 'mailbox-insert-messages',
    text: `INSERT INTO mailbox_message (account_id, message_key, conversation_id, thread_refs, internet_id, subject,
             from_name, from_address, reply_to, to_list, cc_list, bcc_list, list_id, snippet, size_bytes,
             has_attachment, sent_at, received_at)
           SELECT $1, m.message_key, m.conversation_id, m.thread_refs::bigint[], m.internet_id, m.subject,
             m.from_name, m.from_address, m.reply_to, m.to_list, m.cc_list, m.bcc_list, m.list_id, m.snippet,
             m.size_bytes, m.has_attachment, m.sent_at, m.received_at
           FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
                       $10::jsonb[], $11::jsonb[], $12::jsonb[], $13::text[], $14::text[], $15::int[], $16::boolean[],
                       $17::timestamptz[], $18::timestamptz[])
             AS m (message_key, conversation_id, thread_refs, internet_id, subject, from_name, from_address, reply_to,
                   to_list, cc_list, bcc_list, list_id, snippet, size_bytes, has_attachment, sent_at, received_at)
           ON CONFLICT (account_id, message_key) DO NOTHING`,
    values: [
      accountId,
      column((content) => content.messageKey),
      messages.map((message) => message.conversationId),
      messages.map((message) => `{${message.keys.refs.join(',')}}`),
      column((content) => content.internetId),
      column((content) => content.subject),
      column((content) => content.from.name),
      column((content) => content.from.address),
      people((content) => content.replyTo),
      people((content) => content.to),
      people((content) => content.cc),
      people((content) => content.bcc),
      column((content) => content.listId),
      column((content) => content.snippet),
      column((content) => content.sizeBytes),
      column((content) => content.hasAttachment),
      column((content) => content.sentAt),
      column((content) => content.receivedAt),
    ],
  });
}

async function insertTerms(client: PoolClient, accountId: string, contents: readonly MessageContent[]): Promise<void> {
  const buckets = await chooseBuckets(client, accountId, contents.map((content) => content.receivedAt));
  await client.query({
    name: 'mailbox-insert-terms',
    text: `INSERT INTO mailbox_search (account_id, message_key, bucket_id, received_at, terms)
           SELECT $1, t.message_key, t.bucket_id, t.received_at, t.terms::tsvector
           FROM unnest($2::text[], $3::bigint[], $4::timestamptz[], $5::text[])
             AS t (message_key, bucket_id, received_at, terms)
           ON CONFLICT (account_id, message_key) DO NOTHING`,
    values: [
      accountId,
      contents.map((content) => content.messageKey),
      buckets,
      contents.map((content) => content.receivedAt),
      // The array is written here: it holds no quotation mark or backslash, which pg would look for in every byte.
      `{${contents.map((content, index) => `"${toTsvector(content.terms, buckets[index]!)}"`).join(',')}}`,
    ],
  });
}

/**
 * Drops contents that no mailbox holds any more, of those named, and conversations that thereby hold nothing.
 * A conversation that lives on keeps the ids of its dropped messages: later replies to them still find it.
 */
export async function dropOrphans(client: PoolClient, accountId: string, messageKeys: readonly string[]): Promise<void> {
  if (messageKeys.length === 0) return;
  const { rows } = await client.query<{ conversation_id: string }>({
    name: 'mailbox-drop-orphans',
    text: `WITH orphan AS (
             SELECT k.message_key FROM (SELECT DISTINCT unnest($2::text[]) AS message_key) k
             WHERE NOT EXISTS (SELECT 1 FROM mailbox_item i WHERE i.account_id = $1 AND i.message_key = k.message_key)
           ), words AS (
             DELETE FROM mailbox_search s USING orphan o
             WHERE s.account_id = $1 AND s.message_key = o.message_key RETURNING s.bucket_id
           ), booked AS (
             UPDATE mailbox_search_bucket b SET messages = greatest(0, b.messages - w.messages)
             FROM (SELECT bucket_id, count(*)::int AS messages FROM words GROUP BY bucket_id) w
             WHERE b.bucket_id = w.bucket_id
           )
           DELETE FROM mailbox_message m USING orphan o
           WHERE m.account_id = $1 AND m.message_key = o.message_key
           RETURNING m.conversation_id`,
    values: [accountId, messageKeys],
  });
  if (rows.length === 0) return;
  await client.query(
    `WITH empty AS (
       DELETE FROM mailbox_conversation c
       WHERE c.account_id = $1 AND c.conversation_id = ANY($2)
         AND NOT EXISTS (SELECT 1 FROM mailbox_message m WHERE m.account_id = $1 AND m.conversation_id = c.conversation_id)
       RETURNING c.conversation_id
     )
     DELETE FROM mailbox_thread_ref r USING empty e WHERE r.account_id = $1 AND r.conversation_id = e.conversation_id`,
    [accountId, [...new Set(rows.map((row) => row.conversation_id))]],
  );
}
