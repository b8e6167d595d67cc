// A part of a tenant, paused: a suspension like an operator's, so that the claim honours it and the queue view names it.
import type { Queryable } from '../../infra/db/pool.ts';
import type { Part } from './part-pauses.ts';
import { insertChange, measureAnew } from './reputation.store.ts';

/** Who made it. */
export const REPUTATION = 'reputation';

/**
 * Stops a lane or domain of a tenant for a time, and writes it down.
 * @returns false when it is stopped already, by whomever
 */
export async function pausePart(db: Queryable, tenantId: string, { scope, key, finding }: Part, hours: number): Promise<boolean> {
  const result = await db.query(
    `INSERT INTO delivery_suspension (scope, match, reason, until, created_by) VALUES ($1, lower($2), $3, now() + $4 * interval '1 hour', '${REPUTATION}')
     ON CONFLICT (scope, match) DO NOTHING`,
    [scope === 'lane' ? 'tenant-lane' : 'sender-domain', `${tenantId} ${key}`, finding.reason, hours],
  );
  if (result.rowCount !== 1) return false;
  await insertChange(db, { scope, tenantId, key, level: 'paused', reason: finding.reason, by: REPUTATION });
  return true;
}

/** Somebody has ended such a pause: written down, and the tenant measured anew. */
export async function resumedPart(db: Queryable, tenantId: string, { scope, key }: Pick<Part, 'scope' | 'key'>, by: string): Promise<void> {
  await measureAnew(db, tenantId);
  await insertChange(db, { scope, tenantId, key, level: 'resumed', reason: 'resumed', by });
}
