// Rows of contact_group and contact_group_member.
import type { Queryable } from '../infra/db/pool.ts';
import type { Owner } from './contact.store.ts';

export interface GroupRow {
  id: string;
  name: string;
  members: number;
}

/** By name. */
export async function listGroups(db: Queryable, accountId: string): Promise<GroupRow[]> {
  const { rows } = await db.query<GroupRow>(
    `SELECT g.id, g.name, count(m.contact_id)::int AS members FROM contact_group g LEFT JOIN contact_group_member m ON m.group_id = g.id
      WHERE g.account_id = $1 GROUP BY g.id, g.name ORDER BY lower(g.name)`,
    [accountId],
  );
  return rows;
}

/** Null when the account has `most` already, or one of that name. @param id of a group that is put back */
export async function insertGroup(db: Queryable, owner: Owner, name: string, most: number, id?: string): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO contact_group (id, tenant_id, account_id, name)
     SELECT coalesce($5::uuid, uuidv7()), $1, $2, $3 WHERE (SELECT count(*) FROM contact_group WHERE account_id = $2) < $4 ON CONFLICT DO NOTHING RETURNING id`,
    [owner.tenantId, owner.accountId, name, most, id ?? null],
  );
  return rows[0]?.id ?? null;
}

/** @returns false when there is none of that id, or another has the name */
export async function renameGroup(db: Queryable, accountId: string, id: string, name: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE contact_group g SET name = $3 WHERE account_id = $1 AND id::text = $2
       AND NOT EXISTS (SELECT 1 FROM contact_group o WHERE o.account_id = $1 AND o.id <> g.id AND lower(o.name) = lower($3))`,
    [accountId, id, name],
  );
  return rowCount === 1;
}

/** @returns the group as it was with its members, or null */
export async function dropGroup(db: Queryable, accountId: string, id: string): Promise<{ id: string; name: string; memberIds: string[] } | null> {
  const { rows } = await db.query<{ id: string; name: string; memberIds: string[] }>(
    `WITH members AS (SELECT m.contact_id FROM contact_group_member m JOIN contact_group g ON g.id = m.group_id WHERE g.account_id = $1 AND g.id::text = $2),
          gone AS (DELETE FROM contact_group WHERE account_id = $1 AND id::text = $2 RETURNING id, name)
     SELECT gone.id, gone.name, coalesce((SELECT array_agg(contact_id::text) FROM members), '{}') AS "memberIds" FROM gone`,
    [accountId, id],
  );
  return rows[0] ?? null;
}

/** Adds and removes members; contacts and groups of others are passed over. */
export async function changeMembers(db: Queryable, accountId: string, groupId: string, change: { add: readonly string[]; remove: readonly string[] }): Promise<void> {
  await db.query(
    `INSERT INTO contact_group_member (group_id, contact_id)
     SELECT g.id, c.id FROM contact_group g, contact c WHERE g.account_id = $1 AND g.id::text = $2 AND c.account_id = $1 AND c.id::text = ANY ($3) ON CONFLICT DO NOTHING`,
    [accountId, groupId, change.add],
  );
  await db.query(
    `DELETE FROM contact_group_member m USING contact_group g WHERE g.id = m.group_id AND g.account_id = $1 AND g.id::text = $2 AND m.contact_id::text = ANY ($3)`,
    [accountId, groupId, change.remove],
  );
}
