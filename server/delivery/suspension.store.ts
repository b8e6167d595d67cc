// What operators have stopped, by tenant, domain, lane or MX: the table that the claim honours. Who may stop what,
// and the audit of it, is the commands'.
import type { Queryable } from '../infra/db/pool.ts';

export type SuspensionScope = 'tenant' | 'domain' | 'lane' | 'mx' | 'tenant-lane' | 'sender-domain';

export interface Suspension {
  id: string;
  scope: SuspensionScope;
  /**
   * A tenant's id, a recipients' domain (A-labels), a lane, an MX host's name or a suffix of one (`.example.com`); a tenant's
   * id and its lane, or its id and the domain that it sends as. Lower case.
   */
  match: string;
  reason: string;
  /** Null: until somebody resumes it. */
  until: Date | null;
  createdBy: string;
  createdAt: Date;
}

const COLUMNS = `id, scope, match, reason, until, created_by AS "createdBy", created_at AS "createdAt"`;

/** Stops new attempts that match; attempts under way end. Stopping again replaces reason and end. */
export async function suspendDelivery(db: Queryable, stop: Omit<Suspension, 'id' | 'createdAt'>): Promise<Suspension> {
  const result = await db.query<Suspension>(
    `INSERT INTO delivery_suspension (scope, match, reason, until, created_by) VALUES ($1, lower($2), $3, $4, $5)
     ON CONFLICT (scope, match) DO UPDATE SET reason = excluded.reason, until = excluded.until,
       created_by = excluded.created_by, created_at = now()
     RETURNING ${COLUMNS}`,
    [stop.scope, stop.match, stop.reason, stop.until, stop.createdBy],
  );
  return result.rows[0]!;
}

/** Lets what matched go again, within about a second. @returns what was ended, or null when there was no such suspension */
export async function resumeDelivery(db: Queryable, scope: SuspensionScope, match: string): Promise<Suspension | null> {
  const result = await db.query<Suspension>(
    `DELETE FROM delivery_suspension WHERE scope = $1 AND match = lower($2) RETURNING ${COLUMNS}`,
    [scope, match],
  );
  return result.rows[0] ?? null;
}

/** Those in force, oldest first. */
export async function listSuspensions(db: Queryable): Promise<Suspension[]> {
  const result = await db.query<Suspension>({
    name: 'list-suspensions',
    text: `SELECT ${COLUMNS} FROM delivery_suspension WHERE until IS NULL OR until > now() ORDER BY created_at`,
  });
  return result.rows;
}

/** Ends those of a maker whose time is over. @returns them */
export async function endOverSuspensions(db: Queryable, createdBy: string): Promise<Suspension[]> {
  const result = await db.query<Suspension>(`DELETE FROM delivery_suspension WHERE created_by = $1 AND until <= now() RETURNING ${COLUMNS}`, [createdBy]);
  return result.rows;
}

/** Removes those whose end has passed. @returns how many */
export async function deleteEndedSuspensions(db: Queryable): Promise<number> {
  return (await db.query('DELETE FROM delivery_suspension WHERE until <= now()')).rowCount ?? 0;
}
