// The audit log: what operators did, kept whatever becomes of the rest. Any part of Eider may write to it.
import type { Queryable } from '../db/pool.ts';

export interface AuditedAction {
  /** Who: `cli:root`, or the account of the console. */
  actor: string;
  /** What, as on the command line: `queue hold`. */
  action: string;
  /** To what: the filter or ids as given. */
  target: Record<string, unknown>;
  reason?: string | undefined;
}

export interface AuditEntry {
  id: number;
  at: Date;
  actor: string;
  action: string;
  target: Record<string, unknown>;
  reason: string | null;
  affected: number;
  /** Null: under way, or cut short. */
  finishedAt: Date | null;
}

/** Notes that something begins; its effects are counted with `countAudited` and it ends with `finishAudit`. */
export async function beginAudit(db: Queryable, audited: AuditedAction): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    'INSERT INTO audit_log (actor, action, target, reason) VALUES ($1, $2, $3, $4) RETURNING id',
    [audited.actor, audited.action, JSON.stringify(audited.target), audited.reason ?? null],
  );
  return rows[0]!.id;
}

/** Adds to the count; in the transaction of the effects. */
export async function countAudited(db: Queryable, id: number, affected: number): Promise<void> {
  await db.query('UPDATE audit_log SET affected = affected + $2 WHERE id = $1', [id, affected]);
}

export async function finishAudit(db: Queryable, id: number): Promise<void> {
  await db.query('UPDATE audit_log SET finished_at = now() WHERE id = $1', [id]);
}

/** Notes something that is done in one go; in the transaction of its effects. */
export async function writeAudit(db: Queryable, audited: AuditedAction, affected: number): Promise<void> {
  await db.query(
    'INSERT INTO audit_log (actor, action, target, reason, affected, finished_at) VALUES ($1, $2, $3, $4, $5, now())',
    [audited.actor, audited.action, JSON.stringify(audited.target), audited.reason ?? null, affected],
  );
}

export interface AuditFilter {
  action?: string;
  actor?: string;
  since?: Date;
  /** The most entries (100). */
  limit?: number;
}

/** The newest first. */
export async function listAudit(db: Queryable, filter: AuditFilter = {}): Promise<AuditEntry[]> {
  const { rows } = await db.query<AuditEntry>(
    `SELECT id, at, actor, action, target, reason, affected, finished_at AS "finishedAt" FROM audit_log
      WHERE ($1::text IS NULL OR action = $1 OR action LIKE $1 || ' %') AND ($2::text IS NULL OR actor = $2)
        AND ($3::timestamptz IS NULL OR at >= $3)
      ORDER BY id DESC LIMIT $4`,
    [filter.action ?? null, filter.actor ?? null, filter.since ?? null, filter.limit ?? 100],
  );
  return rows;
}
