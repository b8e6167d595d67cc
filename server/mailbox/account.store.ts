// The account's row in the index: the lock on which its writers queue, the indexers' lease, the position in the
// store's journal, and the notice that goes out with each commit.
import type { Pool, PoolClient, Queryable } from '../infra/db/pool.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';

/** The PostgreSQL channel of change notices. Payload: `MailboxChange` as JSON. */
export const CHANGE_CHANNEL = 'mailbox_change';
/** NOTIFY takes 8,000 bytes; more folders than this are told as "all", an empty list. */
const NOTIFIED_FOLDERS = 100;

export interface MailboxChange {
  accountId: string;
  /** Folders and views whose lists or counts changed; empty: any. */
  folders: string[];
  /** Grows with every change of the account's index. */
  modseq: number;
}

/** Who writes. An indexer shows its lease; the web, which only repeats what the store has accepted, needs none. */
export type Writer = { kind: 'web' } | { kind: 'indexer'; owner: string };

/** The indexer's lease ran out or was taken over: nothing was written, and nothing may be. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError';
}

/**
 * Runs `work` as the account's only writer and, when it changed something, sends the notice with the commit.
 * @param work tells the folders and views that changed
 * @throws LeaseLostError when `writer` is an indexer without a valid lease
 */
export async function changeAccount(
  pool: Pool,
  accountId: string,
  writer: Writer,
  work: (client: PoolClient) => Promise<{ changedFolders: Iterable<string> }>,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const owner = writer.kind === 'indexer' ? writer.owner : null;
    // Batches differ in size by a thousand times, and a new installation has no statistics: a plan made once for
    // all (PostgreSQL's default from the sixth execution) was seen to take 150 ms where a fitting one takes 30.
    await client.query('SET LOCAL plan_cache_mode = force_custom_plan');
    const { rows } = await client.query<{ revision: number }>({
      name: 'mailbox-lock-account',
      text: `UPDATE mailbox_account SET revision = revision + 1
             WHERE account_id = $1 AND ($2::uuid IS NULL OR (lease_owner = $2 AND lease_until > clock_timestamp()))
             RETURNING revision`,
      values: [accountId, owner],
    });
    const revision = rows[0]?.revision;
    if (revision === undefined) {
      if (owner !== null) throw new LeaseLostError(`lease on account ${accountId} lost`);
      // The account is not indexed yet: the indexer will read the state that the web would have repeated.
      return;
    }
    const { changedFolders } = await work(client);
    const folders = [...new Set(changedFolders)];
    if (folders.length === 0) return;
    const change: MailboxChange = { accountId, folders: folders.length > NOTIFIED_FOLDERS ? [] : folders, modseq: revision };
    await client.query(`SELECT pg_notify($1, $2)`, [CHANGE_CHANNEL, JSON.stringify(change)]);
  });
}

export interface AccountPosition {
  accountId: string;
  userId: string;
  state: 'building' | 'ready';
  journalId: string | null;
  followedAt: Date | null;
  comparedAt: Date | null;
}

/**
 * Takes (or extends) the lease on an account for `seconds`; null when another indexer has it, or the account
 * is gone or has no mailbox in the store yet. Makes the account's row when it is new.
 */
export async function leaseAccount(
  db: Queryable,
  accountId: string,
  owner: string,
  seconds: number,
): Promise<AccountPosition | null> {
  const { rows } = await db.query({
    name: 'mailbox-lease-account',
    text: `INSERT INTO mailbox_account AS m (account_id, lease_owner, lease_until)
           SELECT id, $2, clock_timestamp() + make_interval(secs => $3)
           FROM account WHERE id = $1 AND wildduck_user_id IS NOT NULL
           ON CONFLICT (account_id) DO UPDATE
             SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
             WHERE m.lease_owner = excluded.lease_owner OR m.lease_until IS NULL OR m.lease_until < clock_timestamp()
           RETURNING m.account_id, m.state, m.journal_id, m.followed_at, m.compared_at,
             (SELECT wildduck_user_id FROM account WHERE id = $1)`,
    values: [accountId, owner, seconds],
  });
  return rows[0] ? toPosition(rows[0]) : null;
}

/** Accounts with a mailbox in the store, by address; only one when `address` is given (lower case). */
export async function indexableAccounts(db: Queryable, address?: string): Promise<{ accountId: string; address: string }[]> {
  const { rows } = await db.query<{ id: string; address: string }>(
    'SELECT id, address FROM account WHERE wildduck_user_id IS NOT NULL AND ($1::text IS NULL OR address = $1) ORDER BY address',
    [address ?? null],
  );
  return rows.map((row) => ({ accountId: row.id, address: row.address }));
}

/** Whether Eider knows this account and it has a mailbox in the store. */
export async function isIndexable(db: Queryable, accountId: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM account WHERE id = $1 AND wildduck_user_id IS NOT NULL', [accountId]);
  return (rowCount ?? 0) > 0;
}

/** Whether the index holds no message of the account. */
export async function isEmpty(db: Queryable, accountId: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM mailbox_item WHERE account_id = $1 LIMIT 1', [accountId]);
  return rowCount === 0;
}

/** Gives the leases of an indexer back, so that another need not wait for them to run out. */
export async function releaseLeases(db: Queryable, owner: string): Promise<void> {
  await db.query('UPDATE mailbox_account SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1', [owner]);
}

export interface PositionChange {
  journalId?: string;
  followedAt?: Date;
  comparedAt?: Date;
  state?: 'building' | 'ready';
}

/** Moves the account's position; within `changeAccount`, so that rows and position are one commit. */
export async function savePosition(client: PoolClient, accountId: string, change: PositionChange): Promise<void> {
  await client.query({
    name: 'mailbox-save-position',
    text: `UPDATE mailbox_account
           SET journal_id = coalesce($2, journal_id), followed_at = coalesce($3, followed_at),
               compared_at = coalesce($4, compared_at), state = coalesce($5, state)
           WHERE account_id = $1`,
    values: [accountId, change.journalId ?? null, change.followedAt ?? null, change.comparedAt ?? null, change.state ?? null],
  });
}

/** Accounts by the store's user id, for those of `userIds` that are Eider's. */
export async function accountsOfUsers(db: Queryable, userIds: readonly string[]): Promise<{ accountId: string; userId: string }[]> {
  const { rows } = await db.query<{ id: string; wildduck_user_id: string }>(
    'SELECT id, wildduck_user_id FROM account WHERE wildduck_user_id = ANY($1)',
    [userIds],
  );
  return rows.map((row) => ({ accountId: row.id, userId: row.wildduck_user_id }));
}

/** Of accounts with the id of their newest journal entry, those whose index has not applied it. */
export async function accountsBehind(
  db: Queryable,
  newest: readonly { accountId: string; newestId: string }[],
): Promise<string[]> {
  if (newest.length === 0) return [];
  const { rows } = await db.query<{ account_id: string }>({
    name: 'mailbox-accounts-behind',
    text: `SELECT n.account_id FROM unnest($1::uuid[], $2::text[]) AS n (account_id, newest_id)
           LEFT JOIN mailbox_account m ON m.account_id = n.account_id
           WHERE m.journal_id IS NULL OR m.journal_id < n.newest_id`,
    values: [newest.map((entry) => entry.accountId), newest.map((entry) => entry.newestId)],
  });
  return rows.map((row) => row.account_id);
}

/** Accounts that want a full comparison: never built, or last compared before `before`; not those that others work on. */
export async function accountsToCompare(db: Queryable, owner: string, before: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT a.id FROM account a LEFT JOIN mailbox_account m ON m.account_id = a.id
     WHERE a.wildduck_user_id IS NOT NULL AND a.status = 'active'
       AND (m.account_id IS NULL OR m.compared_at IS NULL OR m.compared_at < $1)
       AND (m.lease_until IS NULL OR m.lease_until < clock_timestamp() OR m.lease_owner = $3)
     ORDER BY m.compared_at NULLS FIRST LIMIT $2`,
    [before, limit, owner],
  );
  return rows.map((row) => row.id);
}

/** Accounts that are gone while rows of their index are left, some of them. */
export async function orphanedIndexes(db: Queryable, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ account_id: string }>(
    `SELECT DISTINCT f.account_id FROM mailbox_folder f
     WHERE NOT EXISTS (SELECT 1 FROM mailbox_account m WHERE m.account_id = f.account_id) LIMIT $1`,
    [limit],
  );
  return rows.map((row) => row.account_id);
}

/** How far the index of an account is; null when it was never begun. */
export async function readIndexState(
  db: Queryable,
  accountId: string,
): Promise<{ state: 'building' | 'ready'; revision: number; followedAt: Date | null } | null> {
  const { rows } = await db.query<{ state: 'building' | 'ready'; revision: number; followed_at: Date | null }>(
    'SELECT state, revision, followed_at FROM mailbox_account WHERE account_id = $1',
    [accountId],
  );
  const row = rows[0];
  return row ? { state: row.state, revision: row.revision, followedAt: row.followed_at } : null;
}

function toPosition(row: Record<string, unknown>): AccountPosition {
  return {
    accountId: row['account_id'] as string,
    userId: row['wildduck_user_id'] as string,
    state: row['state'] as 'building' | 'ready',
    journalId: row['journal_id'] as string | null,
    followedAt: row['followed_at'] as Date | null,
    comparedAt: row['compared_at'] as Date | null,
  };
}
