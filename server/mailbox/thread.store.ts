// Which conversation each new message joins: by shared ids, by subject as a fallback, merging where a message
// connects two. Runs within the account's write transaction; the keys come from thread.ts.
import type { PoolClient } from '../infra/db/pool.ts';
import { conversationIdFor, threadKeys, type ThreadKeys } from './thread.ts';
import type { MessageContent } from './types.ts';

/** A reply without references joins a conversation of the same subject that is at most this old. */
const FALLBACK_WINDOW_DAYS = 30;
const FALLBACK_CANDIDATES = 5;

export interface ThreadedMessage {
  content: MessageContent;
  keys: ThreadKeys;
  conversationId: string;
}

export interface Threading {
  messages: ThreadedMessage[];
  /** Conversations that were merged into others, and now hold nothing. */
  merged: { from: string; into: string }[];
}

/**
 * Assigns conversations to new messages, in order of arrival, and stores refs and conversations.
 * @param known conversation ids to be used again (an index built anew), by message key
 */
export async function assignConversations(
  client: PoolClient,
  accountId: string,
  contents: readonly MessageContent[],
  known: ReadonlyMap<string, string> = new Map(),
): Promise<Threading> {
  const inOrder = contents
    .map((content) => ({ content, keys: threadKeys(content) }))
    .sort((a, b) => a.content.receivedAt.getTime() - b.content.receivedAt.getTime());
  const byRef = await loadRefs(client, accountId, inOrder.flatMap(({ keys }) => keys.refs));
  const merges = new Map<string, string>();
  const current = (id: string): string => {
    const into = merges.get(id);
    return into === undefined ? id : current(into);
  };
  const messages: ThreadedMessage[] = [];
  // Conversations that begin in this very batch, for replies that fall back to the subject.
  const begun = new Map<string, ThreadedMessage[]>();
  for (const { content, keys } of inOrder) {
    const found = [...new Set(keys.refs.flatMap((ref) => byRef.get(ref) ?? []).map(current))];
    let conversationId: string;
    if (found.length > 0) {
      conversationId = found.length === 1 ? found[0]! : await oldest(client, accountId, found, messages, current);
      for (const other of found) if (other !== conversationId) merges.set(other, conversationId);
    } else {
      conversationId =
        current((await sameSubject(client, accountId, content, keys, begun)) ?? known.get(content.messageKey) ??
          conversationIdFor(accountId, content.messageKey));
    }
    for (const ref of keys.refs) byRef.set(ref, conversationId);
    const threaded = { content, keys, conversationId };
    messages.push(threaded);
    begun.set(keys.subjectKey, [...(begun.get(keys.subjectKey) ?? []), threaded]);
  }
  for (const message of messages) message.conversationId = current(message.conversationId);
  const merged = [...merges.keys()].map((from) => ({ from, into: current(from) }));
  await mergeStored(client, accountId, merged);
  await saveConversations(client, accountId, messages);
  await saveRefs(client, accountId, messages);
  return { messages, merged };
}

async function loadRefs(client: PoolClient, accountId: string, refs: string[]): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map();
  const { rows } = await client.query<{ ref: string; conversation_id: string }>({
    name: 'mailbox-load-refs',
    text: `SELECT ref::text AS ref, conversation_id FROM mailbox_thread_ref
           WHERE account_id = $1 AND ref = ANY($2::bigint[])`,
    values: [accountId, refs],
  });
  return new Map(rows.map((row) => [row.ref, row.conversation_id]));
}

/** Of conversations that turn out to be one, the one that began first keeps its id. */
async function oldest(
  client: PoolClient,
  accountId: string,
  ids: readonly string[],
  batch: readonly ThreadedMessage[],
  current: (id: string) => string,
): Promise<string> {
  const { rows } = await client.query<{ conversation_id: string; first_at: Date }>(
    `SELECT conversation_id, min(received_at) AS first_at FROM mailbox_message
     WHERE account_id = $1 AND conversation_id = ANY($2) GROUP BY conversation_id`,
    [accountId, ids],
  );
  const firstAt = new Map(rows.map((row) => [row.conversation_id, row.first_at.getTime()]));
  for (const { content, conversationId } of batch) {
    const id = current(conversationId);
    firstAt.set(id, Math.min(firstAt.get(id) ?? Infinity, content.receivedAt.getTime()));
  }
  return [...ids].sort((a, b) => (firstAt.get(a) ?? Infinity) - (firstAt.get(b) ?? Infinity) || (a < b ? -1 : 1))[0]!;
}

/**
 * A reply by its subject (`Re: …`) whose program sent no References: the newest conversation with the same base
 * subject in which the sender, or one of the people written to, already took part.
 */
async function sameSubject(
  client: PoolClient,
  accountId: string,
  content: MessageContent,
  keys: ThreadKeys,
  begun: ReadonlyMap<string, ThreadedMessage[]>,
): Promise<string | undefined> {
  if (!keys.isReply || keys.hasReferences || content.from.address === '') return undefined;
  const people = new Set([content.from.address]);
  const windowMs = FALLBACK_WINDOW_DAYS * 86_400_000;
  const inBatch = (begun.get(keys.subjectKey) ?? []).findLast(
    (other) =>
      content.receivedAt.getTime() - other.content.receivedAt.getTime() <= windowMs &&
      [other.content.from, ...other.content.to, ...other.content.cc].some((person) => people.has(person.address)),
  );
  if (inBatch) return inBatch.conversationId;
  const { rows } = await client.query<{ conversation_id: string }>({
    name: 'mailbox-same-subject',
    text: `SELECT c.conversation_id
           FROM (SELECT conversation_id, latest_at FROM mailbox_conversation
                 WHERE account_id = $1 AND subject_key = $2
                   AND latest_at BETWEEN $3::timestamptz - make_interval(days => $4) AND $3::timestamptz + interval '1 day'
                 ORDER BY latest_at DESC LIMIT $6) c
           WHERE EXISTS (
             SELECT 1 FROM mailbox_message m
             WHERE m.account_id = $1 AND m.conversation_id = c.conversation_id
               AND (m.from_address = $5 OR m.to_list @> $7::jsonb OR m.cc_list @> $7::jsonb))
           ORDER BY c.latest_at DESC LIMIT 1`,
    values: [
      accountId, keys.subjectKey, content.receivedAt, FALLBACK_WINDOW_DAYS, content.from.address, FALLBACK_CANDIDATES,
      JSON.stringify([{ address: content.from.address }]),
    ],
  });
  return rows[0]?.conversation_id;
}

/** Moves stored messages, items and refs of merged conversations over. Their list rows go with the next recomputation. */
async function mergeStored(client: PoolClient, accountId: string, merged: Threading['merged']): Promise<void> {
  for (const { from, into } of merged) {
    for (const table of ['mailbox_thread_ref', 'mailbox_message', 'mailbox_item']) {
      await client.query(`UPDATE ${table} SET conversation_id = $3 WHERE account_id = $1 AND conversation_id = $2`, [
        accountId, from, into,
      ]);
    }
    await client.query('DELETE FROM mailbox_conversation WHERE account_id = $1 AND conversation_id = $2', [accountId, from]);
  }
}

async function saveConversations(client: PoolClient, accountId: string, messages: readonly ThreadedMessage[]): Promise<void> {
  const latest = new Map<string, { subjectKey: string; at: Date }>();
  for (const { conversationId, keys, content } of messages) {
    const known = latest.get(conversationId);
    if (!known || content.receivedAt > known.at) {
      latest.set(conversationId, { subjectKey: known?.subjectKey ?? keys.subjectKey, at: content.receivedAt });
    }
  }
  await client.query({
    name: 'mailbox-save-conversations',
    text: `INSERT INTO mailbox_conversation (account_id, conversation_id, subject_key, latest_at)
           SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[])
           ON CONFLICT (account_id, conversation_id) DO UPDATE SET latest_at = excluded.latest_at
           WHERE excluded.latest_at > mailbox_conversation.latest_at`,
    values: [
      accountId, [...latest.keys()], [...latest.values()].map((entry) => entry.subjectKey),
      [...latest.values()].map((entry) => entry.at),
    ],
  });
}

async function saveRefs(client: PoolClient, accountId: string, messages: readonly ThreadedMessage[]): Promise<void> {
  const byRef = new Map<string, string>();
  for (const { keys, conversationId } of messages) for (const ref of keys.refs) byRef.set(ref, conversationId);
  await client.query({
    name: 'mailbox-save-refs',
    text: `INSERT INTO mailbox_thread_ref (account_id, ref, conversation_id)
           SELECT $1, * FROM unnest($2::bigint[], $3::uuid[])
           ON CONFLICT (account_id, ref) DO UPDATE SET conversation_id = excluded.conversation_id
           WHERE mailbox_thread_ref.conversation_id <> excluded.conversation_id`,
    values: [accountId, [...byRef.keys()], [...byRef.values()]],
  });
}
