// Rows of mailbox_job: claiming by lease, the conversations, the steps back. Every write of a worker shows its lease.
import type { Pool, Queryable } from '../../infra/db/pool.ts';
import type { ActionBody } from '../contract/mailbox.ts';
import type { Job, JobCreateBody, JobScope } from '../contract/jobs.ts';

export type JobAction = Omit<JobCreateBody, 'scope'>;

export interface ClaimedJob {
  id: string;
  accountId: string;
  wildduckUserId: string;
  action: JobAction;
  scope: JobScope;
  state: 'collecting' | 'running' | 'undoing';
  done: number;
}

const LEASE_SECONDS = 30;
/** How long after its end a job can be taken back; the page offers it for 10 s. */
const UNDO_SECONDS = 600;

/** Not while a worker is still at the batch under which it was cancelled: its way back is not whole yet. */
const AT_REST = `(j.lease_until IS NULL OR j.lease_until < clock_timestamp())`;

const COLUMNS = `j.id, j.action->>'action' AS action, j.state, j.total, j.done, j.failed, j.created_at AS "createdAt", j.ended_at AS "endedAt",
  j.state IN ('done', 'cancelled') AND j.ended_at > now() - make_interval(secs => ${UNDO_SECONDS})
    AND ${AT_REST} AND EXISTS (SELECT 1 FROM mailbox_job_undo u WHERE u.job_id = j.id) AS undoable`;

type JobRow = Omit<Job, 'createdAt' | 'endedAt'> & { createdAt: Date; endedAt: Date | null };
const toJob = (row: JobRow): Job => ({ ...row, createdAt: row.createdAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null });

export async function insertJob(db: Queryable, owner: { tenantId: string; accountId: string }, action: JobAction, scope: JobScope): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    'INSERT INTO mailbox_job (tenant_id, account_id, action, scope) VALUES ($1, $2, $3, $4) RETURNING id',
    [owner.tenantId, owner.accountId, JSON.stringify(action), JSON.stringify(scope)],
  );
  return rows[0]!.id;
}

/** An account's job, or null. */
export async function findJob(db: Queryable, accountId: string, jobId: string): Promise<Job | null> {
  const { rows } = await db.query<JobRow>(`SELECT ${COLUMNS} FROM mailbox_job j WHERE j.account_id = $1 AND j.id::text = $2`, [accountId, jobId]);
  return rows[0] ? toJob(rows[0]) : null;
}

/** Jobs that are open or ended within the last minute, newest first. */
export async function recentJobs(db: Queryable, accountId: string): Promise<Job[]> {
  const { rows } = await db.query<JobRow>(
    `SELECT ${COLUMNS} FROM mailbox_job j WHERE j.account_id = $1 AND (j.ended_at IS NULL OR j.ended_at > now() - interval '1 minute')
     ORDER BY j.created_at DESC LIMIT 20`,
    [accountId],
  );
  return rows.map(toJob);
}

export async function countOpenJobs(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM mailbox_job WHERE account_id = $1 AND state IN ('collecting', 'running', 'undoing')`, [accountId],
  );
  return rows[0]!.n;
}

/** Leases the oldest open job that nobody works on; one per account at a time, so that jobs act in the order of asking. */
export async function claimJob(db: Queryable, owner: string): Promise<ClaimedJob | null> {
  const { rows } = await db.query<ClaimedJob>(
    `UPDATE mailbox_job j SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     FROM account a
     WHERE a.id = j.account_id AND j.id = (
       SELECT o.id FROM mailbox_job o
       WHERE o.state IN ('collecting', 'running', 'undoing') AND (o.lease_until IS NULL OR o.lease_until < clock_timestamp())
         AND NOT EXISTS (SELECT 1 FROM mailbox_job e WHERE e.account_id = o.account_id AND e.id <> o.id
                           AND e.state IN ('collecting', 'running', 'undoing') AND (e.lease_until > clock_timestamp() OR e.created_at < o.created_at))
       ORDER BY o.created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING j.id, j.account_id AS "accountId", a.wildduck_user_id AS "wildduckUserId", j.action, j.scope, j.state, j.done`,
    [owner],
  );
  return rows[0] ?? null;
}

/** The conversations of a folder or view, newest first, as the job's. @returns how many */
export async function collectView(db: Queryable, job: { id: string; accountId: string }, viewId: string, filter: 'unread' | 'starred' | undefined): Promise<number> {
  const { rowCount } = await db.query(
    `INSERT INTO mailbox_job_item (job_id, position, conversation_id)
     SELECT $1, row_number() OVER (ORDER BY latest_at DESC, conversation_id DESC), conversation_id FROM mailbox_conversation_folder
     WHERE account_id = $2 AND folder_id = $3 AND ($4::text IS DISTINCT FROM 'unread' OR folder_unread > 0) AND ($4::text IS DISTINCT FROM 'starred' OR starred)`,
    [job.id, job.accountId, viewId, filter ?? null],
  );
  return rowCount ?? 0;
}

export async function addItems(db: Queryable, jobId: string, first: number, conversationIds: readonly string[]): Promise<void> {
  await db.query(
    'INSERT INTO mailbox_job_item (job_id, position, conversation_id) SELECT $1, $2 + ord - 1, id FROM unnest($3::uuid[]) WITH ORDINALITY AS c (id, ord)',
    [jobId, first, conversationIds],
  );
}

export async function dropItems(db: Queryable, jobId: string): Promise<void> {
  await db.query('DELETE FROM mailbox_job_item WHERE job_id = $1', [jobId]);
}

/** The next conversations after the first `done`. */
export async function nextItems(db: Queryable, jobId: string, done: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ conversation_id: string }>(
    'SELECT conversation_id FROM mailbox_job_item WHERE job_id = $1 AND position > $2 AND position <= $2 + $3 ORDER BY position',
    [jobId, done, limit],
  );
  return rows.map((row) => row.conversation_id);
}

export interface Progress {
  state?: 'running' | 'done' | 'failed' | 'undone';
  total?: number;
  done?: number;
  failed?: number;
  undo?: readonly ActionBody[];
  /** A step back that has been taken. */
  taken?: number;
}

/**
 * Writes what a step has come to and extends the lease. @returns false when the job is no longer the worker's: it was
 * cancelled, or its lease ran out and another has it
 */
export async function saveProgress(pool: Pool, jobId: string, owner: string, progress: Progress): Promise<boolean> {
  const { rowCount } = await pool.query(
    `WITH mine AS (
       UPDATE mailbox_job SET state = coalesce($3, state), total = coalesce($4, total), done = coalesce($5, done), failed = failed + coalesce($6, 0),
         lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}),
         ended_at = CASE WHEN $3 IN ('done', 'failed', 'undone') THEN now() ELSE ended_at END
       WHERE id = $1 AND lease_owner = $2 AND state IN ('collecting', 'running', 'undoing') RETURNING id
     ), kept AS (
       INSERT INTO mailbox_job_undo (job_id, action) SELECT mine.id, step FROM mine, unnest($7::jsonb[]) AS step
     ), taken AS (
       DELETE FROM mailbox_job_undo u USING mine WHERE u.job_id = mine.id AND u.step = $8
     )
     SELECT FROM mine`,
    [jobId, owner, progress.state ?? null, progress.total ?? null, progress.done ?? null, progress.failed ?? null,
      (progress.undo ?? []).map((step) => JSON.stringify(step)), progress.taken ?? null],
  );
  return (rowCount ?? 0) > 0;
}

/** The batch under which a job was cancelled: it was done all the same, and can be taken back. */
export async function keepLastBatch(db: Queryable, jobId: string, owner: string, batch: { done: number; failed: number; undo: readonly ActionBody[] }): Promise<void> {
  await db.query(
    `WITH mine AS (
       UPDATE mailbox_job SET done = $3, failed = failed + $4 WHERE id = $1 AND lease_owner = $2 AND state = 'cancelled' RETURNING id
     )
     INSERT INTO mailbox_job_undo (job_id, action) SELECT mine.id, step FROM mine, unnest($5::jsonb[]) AS step`,
    [jobId, owner, batch.done, batch.failed, batch.undo.map((step) => JSON.stringify(step))],
  );
}

/** The last step back that has not been taken. */
export async function lastUndoStep(db: Queryable, jobId: string): Promise<{ step: number; action: ActionBody } | null> {
  const { rows } = await db.query<{ step: number; action: ActionBody }>(
    'SELECT step, action FROM mailbox_job_undo WHERE job_id = $1 ORDER BY step DESC LIMIT 1', [jobId],
  );
  return rows[0] ?? null;
}

/** Gives the lease back, so that another need not wait for it to run out. */
export async function releaseJob(db: Queryable, jobId: string, owner: string): Promise<void> {
  await db.query('UPDATE mailbox_job SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2', [jobId, owner]);
}

/** Ends an open job where it stands. @returns whether it was open */
export async function cancelJob(db: Queryable, accountId: string, jobId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE mailbox_job SET state = 'cancelled', ended_at = now() WHERE account_id = $1 AND id::text = $2 AND state IN ('collecting', 'running')`, [accountId, jobId],
  );
  return (rowCount ?? 0) > 0;
}

/** Turns an ended job into its way back. @returns whether there is one */
export async function turnBack(db: Queryable, accountId: string, jobId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE mailbox_job j SET state = 'undoing', ended_at = NULL, lease_owner = NULL, lease_until = NULL
     WHERE j.account_id = $1 AND j.id::text = $2 AND j.state IN ('done', 'cancelled') AND j.ended_at > now() - make_interval(secs => ${UNDO_SECONDS})
       AND ${AT_REST} AND EXISTS (SELECT 1 FROM mailbox_job_undo u WHERE u.job_id = j.id)`,
    [accountId, jobId],
  );
  return (rowCount ?? 0) > 0;
}
