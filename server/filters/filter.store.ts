// Rows of mail_filter.
import type { Queryable } from '../infra/db/pool.ts';
import type { MailFilter } from './filter.ts';

export interface FilterRow extends MailFilter {
  storeId: string | null;
}

/** One writer per account at a time, until the transaction ends: the order of filters is one thing. */
export async function lockFilters(db: Queryable, accountId: string): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('filters:' || $1, 0))`, [accountId]);
}

/** In their order. */
export async function listFilters(db: Queryable, accountId: string): Promise<FilterRow[]> {
  const { rows } = await db.query<FilterRow>(
    `SELECT id, name, enabled, conditions, actions, store_id AS "storeId" FROM mail_filter
      WHERE account_id = $1 ORDER BY position, created_at`,
    [accountId],
  );
  return rows;
}

export type FilterContent = Pick<MailFilter, 'name' | 'enabled' | 'conditions' | 'actions'>;

/** At the end. */
export async function insertFilter(db: Queryable, owner: { accountId: string; tenantId: string }, filter: FilterContent): Promise<void> {
  await db.query(
    `INSERT INTO mail_filter (account_id, tenant_id, position, name, enabled, conditions, actions)
     VALUES ($1, $2, (SELECT coalesce(max(position), 0) + 1 FROM mail_filter WHERE account_id = $1), $3, $4, $5, $6)`,
    [owner.accountId, owner.tenantId, filter.name, filter.enabled, JSON.stringify(filter.conditions), JSON.stringify(filter.actions)],
  );
}

export async function updateFilter(db: Queryable, accountId: string, id: string, filter: FilterContent): Promise<boolean> {
  const result = await db.query(
    'UPDATE mail_filter SET name = $3, enabled = $4, conditions = $5, actions = $6 WHERE account_id = $1 AND id::text = $2',
    [accountId, id, filter.name, filter.enabled, JSON.stringify(filter.conditions), JSON.stringify(filter.actions)],
  );
  return result.rowCount === 1;
}

export async function deleteFilter(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const result = await db.query('DELETE FROM mail_filter WHERE account_id = $1 AND id::text = $2', [accountId, id]);
  return result.rowCount === 1;
}

/** Those named come first, in this order; others keep theirs behind them. */
export async function orderFilters(db: Queryable, accountId: string, ids: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE mail_filter f SET position = o.place FROM (
       SELECT id, row_number() OVER (ORDER BY array_position($2::text[], id::text) NULLS LAST, position) AS place
         FROM mail_filter WHERE account_id = $1) o
      WHERE f.id = o.id`,
    [accountId, ids],
  );
}

export async function setStoreIds(db: Queryable, ids: ReadonlyMap<string, string | null>): Promise<void> {
  await db.query('UPDATE mail_filter f SET store_id = n.store_id FROM unnest($1::uuid[], $2::text[]) AS n(id, store_id) WHERE f.id = n.id', [
    [...ids.keys()], [...ids.values()],
  ]);
}

