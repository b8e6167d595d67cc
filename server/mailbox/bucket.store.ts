// Spans of time into which an account's search terms are cut. Owns where a message's terms belong, and the
// splitting of spans that have grown. Why spans: see the migration.
import type { PoolClient } from '../infra/db/pool.ts';
import { bucketPrefix } from './search-terms.ts';

/**
 * Messages per bucket. A search reads whole buckets, newest first, until its page is full: a common word costs
 * one bucket (2,048 rows, about 5 ms), a rare one an index probe per bucket (some 20 µs; 500 buckets a million).
 */
export const BUCKET_SIZE = 2048;
/** A bucket in the past that has grown to this (an import) is split. */
const SPLIT_SIZE = 4 * BUCKET_SIZE;
/** Also holds what claims to be older. */
const BEGINNING = new Date(0);

export interface Bucket {
  bucketId: number;
  startsAt: Date;
  messages: number;
}

/** All buckets of an account, oldest first. */
export async function loadBuckets(client: PoolClient, accountId: string): Promise<Bucket[]> {
  const { rows } = await client.query<{ bucket_id: number; starts_at: Date; messages: number }>({
    name: 'mailbox-load-buckets',
    text: 'SELECT bucket_id, starts_at, messages FROM mailbox_search_bucket WHERE account_id = $1 ORDER BY starts_at',
    values: [accountId],
  });
  return rows.map((row) => ({ bucketId: row.bucket_id, startsAt: row.starts_at, messages: row.messages }));
}

/**
 * Chooses a bucket for each moment, making new ones where the newest is full, and books the messages on them.
 * Called within the account's write transaction, right before the terms are inserted.
 * @param moments when the messages were received, in any order
 * @returns bucket ids, in the order of `moments`
 */
export async function chooseBuckets(client: PoolClient, accountId: string, moments: readonly Date[]): Promise<number[]> {
  const buckets = await loadBuckets(client, accountId);
  if (buckets.length === 0) buckets.push(await createBucket(client, accountId, BEGINNING));
  const before = new Map(buckets.map((bucket) => [bucket.bucketId, bucket.messages]));
  const chosen: number[] = new Array<number>(moments.length);
  const oldestFirst = moments.map((moment, index) => ({ moment, index })).sort((a, b) => a.moment.getTime() - b.moment.getTime());
  let newest = buckets.at(-1)!;
  let newestEnd = newest.messages >= BUCKET_SIZE ? await lastMoment(client, newest.bucketId) : undefined;
  for (const { moment, index } of oldestFirst) {
    let bucket = bucketAt(buckets, moment);
    if (bucket === newest) {
      if (newest.messages >= BUCKET_SIZE && newestEnd !== undefined && moment > newestEnd) {
        bucket = await createBucket(client, accountId, moment);
        buckets.push(bucket);
        before.set(bucket.bucketId, 0);
        newest = bucket;
      }
      if (newestEnd === undefined || moment > newestEnd) newestEnd = moment;
    }
    bucket.messages++;
    chosen[index] = bucket.bucketId;
  }
  const grown = buckets.filter((bucket) => bucket.messages !== before.get(bucket.bucketId));
  await client.query({
    name: 'mailbox-book-buckets',
    text: `UPDATE mailbox_search_bucket b SET messages = n.messages
           FROM unnest($1::bigint[], $2::int[]) AS n (bucket_id, messages) WHERE b.bucket_id = n.bucket_id`,
    values: [grown.map((bucket) => bucket.bucketId), grown.map((bucket) => bucket.messages)],
  });
  return chosen;
}

/** Makes buckets ahead of a build, so that none has to be split: one per BUCKET_SIZE of the sorted moments. */
export async function planBuckets(client: PoolClient, accountId: string, sortedMoments: readonly Date[]): Promise<void> {
  const existing = await loadBuckets(client, accountId);
  if (existing.length > 0) return;
  let start = BEGINNING;
  for (let index = 0; index < sortedMoments.length || index === 0; index += BUCKET_SIZE) {
    if (index > 0) {
      const moment = sortedMoments[index]!;
      // Thousands of messages of one moment stay together: a bucket begins at a moment of its own.
      if (moment <= start || moment.getTime() === sortedMoments[index - 1]!.getTime()) continue;
      start = moment;
    }
    await createBucket(client, accountId, start);
  }
}

/** Splits buckets that have grown too large, at the middle of their messages; how many were split. */
export async function splitBuckets(client: PoolClient, accountId: string): Promise<number> {
  const large = (await loadBuckets(client, accountId)).filter((bucket) => bucket.messages > SPLIT_SIZE);
  let split = 0;
  for (const bucket of large) {
    const { rows } = await client.query<{ middle: Date; first: Date }>(
      `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY received_at) AS middle, min(received_at) AS first
       FROM mailbox_search WHERE bucket_id = $1`,
      [bucket.bucketId],
    );
    const middle = rows[0]?.middle;
    if (!middle || middle <= rows[0]!.first) continue;
    const upper = await createBucket(client, accountId, middle);
    // Terms are letters, digits and a few signs, so a quote in the text form always begins a term.
    await client.query(
      `UPDATE mailbox_search SET bucket_id = $2, terms = regexp_replace(terms::text, $3, $4, 'g')::tsvector
       WHERE bucket_id = $1 AND received_at >= $5`,
      [bucket.bucketId, upper.bucketId, `(^| )'${bucketPrefix(bucket.bucketId)}(?=[^0-9a-f])`, `\\1'${bucketPrefix(upper.bucketId)}`, middle],
    );
    await client.query(
      `UPDATE mailbox_search_bucket b SET messages = (SELECT count(*) FROM mailbox_search s WHERE s.bucket_id = b.bucket_id)
       WHERE b.bucket_id = ANY($1)`,
      [[bucket.bucketId, upper.bucketId]],
    );
    split++;
  }
  return split;
}

/** The bucket that holds `moment`: the last that starts at or before it. */
export function bucketAt(buckets: readonly Bucket[], moment: Date): Bucket {
  let low = 0;
  let high = buckets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (buckets[middle]!.startsAt <= moment) low = middle;
    else high = middle - 1;
  }
  return buckets[low]!;
}

async function createBucket(client: PoolClient, accountId: string, startsAt: Date): Promise<Bucket> {
  const { rows } = await client.query<{ bucket_id: number }>(
    'INSERT INTO mailbox_search_bucket (account_id, starts_at) VALUES ($1, $2) RETURNING bucket_id',
    [accountId, startsAt],
  );
  return { bucketId: rows[0]!.bucket_id, startsAt, messages: 0 };
}

async function lastMoment(client: PoolClient, bucketId: number): Promise<Date | undefined> {
  const { rows } = await client.query<{ last: Date | null }>(
    'SELECT max(received_at) AS last FROM mailbox_search WHERE bucket_id = $1',
    [bucketId],
  );
  return rows[0]?.last ?? undefined;
}
