// Rows of mail_transfer: claiming by lease, progress, the end. Every write of a worker shows its lease.
import type { Queryable } from '../infra/db/pool.ts';
import type { ClaimedTransfer, FilesPosition, ImapPosition, InFlight, Transfer, TransferProblem, TransferSpec } from './transfer.ts';

/** A worker that dies is replaced after so long; one that lives writes more often. */
const LEASE_SECONDS = 15;
/** An upload that stopped coming, an export that nobody fetched. */
const ABANDONED = `t.state = 'preparing' AND t.touched_at < now() - interval '1 day'`;

const COLUMNS = `t.id, t.spec, t.state, t.total, t.done, t.skipped, t.failed, t.problem, t.created_at AS "createdAt", t.ended_at AS "endedAt"`;
interface Owner {
  tenantId: string;
  accountId: string;
}

/** @param id of a transfer whose secret was sealed for it */
export async function insertTransfer(
  db: Queryable, owner: Owner, { id, spec, secret, state, total }: { id: string; spec: TransferSpec; secret?: Buffer; state: 'preparing' | 'running'; total?: number },
): Promise<void> {
  await db.query(
    'INSERT INTO mail_transfer (id, tenant_id, account_id, kind, spec, secret, state, total) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    [id, owner.tenantId, owner.accountId, spec.kind, JSON.stringify(spec), secret ?? null, state, total ?? 0],
  );
}

/** The newest first. */
export async function listTransfers(db: Queryable, accountId: string): Promise<Transfer[]> {
  const { rows } = await db.query<Transfer>(`SELECT ${COLUMNS} FROM mail_transfer t WHERE t.account_id = $1 ORDER BY t.created_at DESC LIMIT 20`, [accountId]);
  return rows;
}

export async function findTransfer(db: Queryable, accountId: string, id: string): Promise<Transfer | null> {
  const { rows } = await db.query<Transfer>(`SELECT ${COLUMNS} FROM mail_transfer t WHERE t.account_id = $1 AND t.id::text = $2`, [accountId, id]);
  return rows[0] ?? null;
}

/** Open ones of the kinds that read mail in. */
export async function countOpenImports(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM mail_transfer t WHERE account_id = $1 AND kind <> 'export' AND state IN ('preparing', 'running') AND NOT (${ABANDONED})`, [accountId],
  );
  return rows[0]!.n;
}

/** A file that has come in whole. @returns false when the transfer is no longer preparing */
export async function addFile(db: Queryable, accountId: string, id: string, index: number, file: { name: string; chunks: number; bytes: number }): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE mail_transfer SET spec = jsonb_set(spec, '{files}', (spec->'files') || $4::jsonb), touched_at = now()
      WHERE account_id = $1 AND id::text = $2 AND state = 'preparing' AND jsonb_array_length(spec->'files') = $3`,
    [accountId, id, index, JSON.stringify([file])],
  );
  return rowCount === 1;
}

/** @returns whether it was preparing */
export async function beginTransfer(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(`UPDATE mail_transfer SET state = 'running', touched_at = now() WHERE account_id = $1 AND id::text = $2 AND state = 'preparing'`, [accountId, id]);
  return rowCount === 1;
}

/** Ends an open one where it stands. @returns whether it was open */
export async function cancelTransfer(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE mail_transfer SET state = 'cancelled', ended_at = now(), secret = NULL WHERE account_id = $1 AND id::text = $2 AND state IN ('preparing', 'running')`, [accountId, id],
  );
  return rowCount === 1;
}

/** Leases the oldest import that nobody works on; one per account at a time. */
export async function claimTransfer(db: Queryable, owner: string): Promise<ClaimedTransfer | null> {
  const { rows } = await db.query<ClaimedTransfer>(
    `UPDATE mail_transfer t SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       FROM account a
      WHERE a.id = t.account_id AND t.id = (
        SELECT o.id FROM mail_transfer o
         WHERE o.state = 'running' AND o.kind <> 'export' AND (o.lease_until IS NULL OR o.lease_until < clock_timestamp())
           AND NOT EXISTS (SELECT 1 FROM mail_transfer e WHERE e.account_id = o.account_id AND e.id <> o.id AND e.state = 'running' AND e.kind <> 'export'
                             AND (e.lease_until > clock_timestamp() OR e.created_at < o.created_at))
         ORDER BY o.created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING t.id, t.tenant_id AS "tenantId", t.account_id AS "accountId", a.wildduck_user_id AS "wildduckUserId", t.spec, t.secret, t.done, t.position, t.in_flight AS "inFlight"`,
    [owner],
  );
  return rows[0] ?? null;
}

export interface TransferProgress {
  total?: number;
  /** More than before. */
  done?: number;
  skipped?: number;
  failed?: number;
  position?: FilesPosition | ImapPosition;
  inFlight?: InFlight | null;
  /** Ends it. */
  end?: { state: 'done' | 'failed'; problem?: TransferProblem };
}

/**
 * Writes progress and extends the lease. @returns false when the transfer is no longer the worker's: it was cancelled,
 * or its lease ran out and another has it
 */
export async function noteProgress(db: Queryable, id: string, owner: string, progress: TransferProgress): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE mail_transfer SET total = coalesce($3, total), done = done + $4, skipped = skipped + $5, failed = failed + $6, position = coalesce($7::jsonb, position),
       in_flight = CASE WHEN $8 THEN $9::jsonb ELSE in_flight END, state = coalesce($10, state), problem = $11,
       ended_at = CASE WHEN $10 IS NULL THEN NULL ELSE now() END, secret = CASE WHEN $10 IS NULL THEN secret END,
       lease_until = CASE WHEN $10 IS NULL THEN clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}) END
     WHERE id = $1 AND lease_owner = $2 AND state = 'running'`,
    [
      id, owner, progress.total ?? null, progress.done ?? 0, progress.skipped ?? 0, progress.failed ?? 0, progress.position ? JSON.stringify(progress.position) : null,
      progress.inFlight !== undefined, progress.inFlight ? JSON.stringify(progress.inFlight) : null, progress.end?.state ?? null, progress.end?.problem ?? null,
    ],
  );
  return rowCount === 1;
}

/** Gives the lease back, so that another need not wait for it to run out. */
export async function releaseTransfer(db: Queryable, id: string, owner: string): Promise<void> {
  await db.query('UPDATE mail_transfer SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2', [id, owner]);
}

/** Progress of an export, which whoever fetches it works on. */
export async function noteExport(db: Queryable, id: string, progress: { total?: number; done?: number; state?: 'running' | 'done' | 'failed' }): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE mail_transfer SET total = coalesce($2, total), done = coalesce($3, done), state = coalesce($4, state), touched_at = now(),
       ended_at = CASE WHEN $4 IN ('done', 'failed') THEN now() END WHERE id = $1 AND kind = 'export' AND state <> 'cancelled'`,
    [id, progress.total ?? null, progress.done ?? null, progress.state ?? null],
  );
  return rowCount === 1;
}

/** Imports of files that have ended or were abandoned, whose files may still be kept. The abandoned ones end here. */
export async function endedFiles(db: Queryable): Promise<{ id: string; accountId: string }[]> {
  await db.query(`UPDATE mail_transfer t SET state = 'cancelled', ended_at = now() WHERE ${ABANDONED}`);
  const { rows } = await db.query<{ id: string; accountId: string }>(
    `SELECT id, account_id AS "accountId" FROM mail_transfer
      WHERE kind = 'files' AND NOT spec ? 'dropped' AND state IN ('done', 'cancelled', 'failed') AND (lease_until IS NULL OR lease_until < clock_timestamp())`,
  );
  return rows;
}

/** Its files are gone. */
export async function noteDropped(db: Queryable, id: string): Promise<void> {
  await db.query(`UPDATE mail_transfer SET spec = spec || '{"dropped": true}' WHERE id = $1`, [id]);
}

/** What is older than a month is of no interest. */
export async function deleteOldTransfers(db: Queryable): Promise<void> {
  await db.query(`DELETE FROM mail_transfer WHERE ended_at < now() - interval '30 days'`);
}
