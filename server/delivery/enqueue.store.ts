// The one statement that accepts messages: content, recipients, first events and idempotency records of a
// whole batch, committed together. Fastest of what was tried: one round trip, one flush per batch.
import type { Queryable } from '../infra/db/pool.ts';
import type { AcceptedMessage } from './accepted-message.ts';
import { sqlSuppressing } from './suppression/suppression-sql.store.ts';

/** Undelivered after this long, a recipient expires (RFC 5321 4.5.4.1: at least 4 to 5 days). */
export const MAX_AGE_DAYS = 5;
export const IDEMPOTENCY_HOURS = 48;

/** A message on its way into the store; large contents are in the blob store already. */
export interface StorableMessage extends AcceptedMessage {
  contentBlob: string | null;
}

/*
 * Contents travel as one binary parameter and are cut apart by the server: an array of bytea would be sent
 * as hexadecimal text, at twice the bytes and much more CPU on both sides.
 */
const INSERT = `
WITH input AS (
  SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::delivery_lane[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::int[], $11::bool[], $12::bool[], $13::text[], $14::text[], $15::int[], $16::int[], $17::text[],
    $18::text[], $19::text[], $20::timestamptz[], $21::smallint[], $22::int[], $30::bool[]
  ) WITH ORDINALITY AS i(
    queue_id, tenant_id, account_id, source, lane, reverse_path, header_from, message_id_header, subject,
    size, needs_8bit, needs_smtputf8, dsn_ret, dsn_envid, content_at, content_length, content_blob,
    idempotency_key, body_hash, send_at, priority, recipient_count, require_tls, n)
), recipients AS MATERIALIZED (
  SELECT r.*, i.queue_id, i.tenant_id, (SELECT s.reason ${sqlSuppressing({
    address: 'r.recipient', tenantId: 'i.tenant_id', lane: 'i.lane', source: 'i.source',
  })} ORDER BY s.created_at LIMIT 1) AS suppressed_by
    FROM input i
    JOIN unnest($24::int[], $25::int[], $26::text[], $27::text[], $28::text[], $29::text[])
      AS r(message_n, recipient_no, recipient, domain, notify, orcpt) ON r.message_n = i.n
), refused AS MATERIALIZED (
  -- All recipients suppressed, or a tenant that may not send. (Where some are suppressed, the message is taken and
  -- delivery ends those; so it does with forwards, whose senders are to get a report.) A call made before is none: its
  -- idempotency record answers it.
  SELECT i.n, i.queue_id, CASE WHEN stopped THEN 'stopped' ELSE 'suppressed' END AS refusal,
         CASE WHEN stopped THEN coalesce(owner.status_reason, owner.status) ELSE s.reason END AS why
    FROM input i
    JOIN (SELECT message_n, bool_and(suppressed_by IS NOT NULL) AS suppressed, min(suppressed_by) AS reason
            FROM recipients GROUP BY message_n) s ON s.message_n = i.n
    LEFT JOIN tenant owner ON owner.id = i.tenant_id
   CROSS JOIN LATERAL (SELECT coalesce(owner.status <> 'active' AND i.source <> 'dsn', false) AS stopped) x
   WHERE (stopped OR (s.suppressed AND i.source <> 'forward'))
     AND NOT EXISTS (SELECT FROM idempotency_record k
                      WHERE k.tenant_id = i.tenant_id AND k.key = i.idempotency_key AND k.expires_at > now())
), recorded AS (
  INSERT INTO idempotency_record (tenant_id, key, body_hash, queue_id, expires_at)
  SELECT tenant_id, idempotency_key, body_hash, queue_id, now() + interval '${IDEMPOTENCY_HOURS} hours'
    FROM input WHERE idempotency_key IS NOT NULL AND n NOT IN (SELECT n FROM refused) ORDER BY tenant_id, idempotency_key
  ON CONFLICT (tenant_id, key) DO UPDATE
    SET body_hash = excluded.body_hash, queue_id = excluded.queue_id, expires_at = excluded.expires_at
    WHERE idempotency_record.expires_at <= now()
  RETURNING queue_id
), fresh AS (
  SELECT * FROM input
   WHERE (idempotency_key IS NULL OR queue_id IN (SELECT queue_id FROM recorded)) AND n NOT IN (SELECT n FROM refused)
), messages AS (
  INSERT INTO outgoing_message (queue_id, tenant_id, account_id, source, lane, reverse_path, header_from,
    message_id_header, subject, size, needs_8bit, needs_smtputf8, dsn_ret, dsn_envid, require_tls, content_blob, content)
  SELECT queue_id, tenant_id, account_id, source, lane, reverse_path, header_from,
    message_id_header, subject, size, needs_8bit, needs_smtputf8, dsn_ret, dsn_envid, require_tls, content_blob,
    CASE WHEN content_blob IS NULL THEN substring($23::bytea FROM content_at FOR content_length) END
  FROM fresh
), deliveries AS (
  INSERT INTO delivery (queue_id, recipient_no, tenant_id, lane, state, priority, recipient, domain, notify, orcpt,
    size, due_at, expires_at)
  SELECT f.queue_id, r.recipient_no, f.tenant_id, f.lane,
    CASE WHEN f.send_at > now() THEN 'scheduled' ELSE 'queued' END::delivery_state,
    f.priority, r.recipient, r.domain, r.notify, r.orcpt, f.size,
    coalesce(f.send_at, now()), greatest(f.send_at, now()) + interval '${MAX_AGE_DAYS} days'
  FROM fresh f JOIN recipients r ON r.message_n = f.n
), events AS (
  INSERT INTO delivery_event (tenant_id, queue_id, type, data)
  SELECT tenant_id, queue_id, 'accepted', jsonb_build_object('source', source, 'lane', lane, 'reversePath', reverse_path,
    'headerFrom', header_from, 'messageId', message_id_header, 'size', size, 'recipients', recipient_count)
  FROM fresh
), suppressions AS (
  INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, recipient, data)
  SELECT r.tenant_id, r.queue_id, r.recipient_no, 'suppressed', r.recipient, jsonb_build_object('reason', r.suppressed_by)
    FROM recipients r JOIN refused ON refused.n = r.message_n WHERE refused.refusal = 'suppressed'
)
SELECT queue_id AS "queueId", NULL AS refusal, NULL AS why FROM fresh
UNION ALL SELECT queue_id, refusal, why FROM refused`;

/** What became of one message. Absent: its idempotency key was already used, and nothing was stored. */
export type InsertResult =
  | { kind: 'stored' }
  /** Every recipient is on the suppression list; `reason` is the list's. Nothing but events was stored. */
  | { kind: 'suppressed'; reason: string }
  /** The tenant may not send at present; `reason` says why, in words for people. */
  | { kind: 'stopped'; reason: string };

/**
 * Stores the messages in one statement and so in one commit.
 * @returns by queue id what became of it; one is missing when its idempotency key was already used
 * @throws the database's error; then none is stored (or, when the connection broke, maybe all: see selectStored)
 */
export async function insertMessages(db: Queryable, messages: StorableMessage[]): Promise<Map<string, InsertResult>> {
  const inline = messages.map((message) => (message.contentBlob === null ? message.content : Buffer.alloc(0)));
  // substring() counts from 1.
  let at = 1;
  const contentAt = inline.map((content) => {
    const start = at;
    at += content.length;
    return start;
  });
  const column = <T>(pick: (message: StorableMessage, index: number) => T): T[] => messages.map(pick);
  const recipients = messages.flatMap((message, index) =>
    message.recipients.map((recipient, recipientNo) => ({ ...recipient, messageN: index + 1, recipientNo })),
  );
  const result = await db.query<{ queueId: string; refusal: 'suppressed' | 'stopped' | null; why: string | null }>({
    name: 'insert-messages',
    text: INSERT,
    values: [
      column((m) => m.queueId), column((m) => m.tenantId), column((m) => m.accountId), column((m) => m.source),
      column((m) => m.lane), column((m) => m.reversePath), column((m) => m.headerFrom), column((m) => m.messageIdHeader),
      column((m) => m.subject), column((m) => m.content.length), column((m) => m.needs8bit), column((m) => m.needsSmtputf8),
      column((m) => m.dsnRet), column((m) => m.dsnEnvid), contentAt, inline.map((content) => content.length),
      column((m) => m.contentBlob), column((m) => m.idempotencyKey?.key ?? null),
      column((m) => m.idempotencyKey?.bodyHash ?? null), column((m) => m.sendAt), column((m) => m.priority),
      column((m) => m.recipients.length), Buffer.concat(inline),
      recipients.map((r) => r.messageN), recipients.map((r) => r.recipientNo), recipients.map((r) => r.address),
      recipients.map((r) => r.domain), recipients.map((r) => r.notify), recipients.map((r) => r.orcpt),
      column((m) => m.requireTls),
    ],
  });
  return new Map(result.rows.map((row) => [row.queueId, row.refusal === null ? { kind: 'stored' } : { kind: row.refusal, reason: row.why ?? '' }]));
}

/** Which of these ids are stored: asked when a connection broke and the commit's fate is unknown. */
export async function selectStored(db: Queryable, queueIds: string[]): Promise<Set<string>> {
  const result = await db.query<{ queueId: string }>(
    'SELECT queue_id AS "queueId" FROM outgoing_message WHERE queue_id = ANY($1::uuid[])',
    [queueIds],
  );
  return new Set(result.rows.map((row) => row.queueId));
}

/** The live idempotency record of a key. */
export async function selectIdempotencyRecord(
  db: Queryable,
  tenantId: string,
  key: string,
): Promise<{ queueId: string; bodyHash: string } | null> {
  const result = await db.query<{ queueId: string; bodyHash: string }>(
    `SELECT queue_id AS "queueId", body_hash AS "bodyHash" FROM idempotency_record WHERE tenant_id = $1 AND key = $2`,
    [tenantId, key],
  );
  return result.rows[0] ?? null;
}

/** Makes the day partitions from yesterday to `daysAhead` days from now; returns how many were missing. */
export async function ensurePartitions(db: Queryable, daysAhead: number): Promise<number> {
  const result = await db.query<{ made: number }>(
    `SELECT ensure_delivery_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + $1::int) AS made`,
    [daysAhead],
  );
  return result.rows[0]!.made;
}

/** Makes the partitions around a moment of this machine's clock: queue ids carry it, and it may differ from the database's. */
export async function ensurePartitionsAround(db: Queryable, moment: Date): Promise<void> {
  await db.query(`SELECT ensure_delivery_partitions(($1::timestamptz AT TIME ZONE 'UTC')::date - 1, ($1::timestamptz AT TIME ZONE 'UTC')::date + 1)`, [moment]);
}
