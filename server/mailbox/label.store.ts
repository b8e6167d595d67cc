// Names and colours of an account's labels. Who carries which label stands in the index's items and views.
import type { Queryable } from '../infra/db/pool.ts';
import { sqlState } from '../infra/db/faults.ts';
import type { LabelColor } from './label-keyword.ts';
import type { ItemPlace } from './types.ts';

export interface NamedLabel {
  /** The IMAP keyword, lower case. */
  keyword: string;
  name: string;
  color: LabelColor;
}

/** All that have been named, by name. */
export async function namedLabels(db: Queryable, accountId: string): Promise<NamedLabel[]> {
  const { rows } = await db.query<NamedLabel>({
    name: 'mailbox-named-labels',
    text: 'SELECT keyword, name, color FROM mailbox_label WHERE account_id = $1 ORDER BY lower(name)',
    values: [accountId],
  });
  return rows;
}

/**
 * Names a keyword, or names it anew. @returns false when another label has that name (letter case aside)
 */
export async function saveLabel(db: Queryable, accountId: string, label: NamedLabel): Promise<boolean> {
  try {
    await db.query(
      `INSERT INTO mailbox_label (account_id, keyword, name, color) VALUES ($1, $2, $3, $4)
       ON CONFLICT (account_id, keyword) DO UPDATE SET name = excluded.name, color = excluded.color`,
      [accountId, label.keyword, label.name, label.color],
    );
    return true;
  } catch (error) {
    if (sqlState(error) === '23505') return false;
    throw error;
  }
}

/** Forgets a label's name; messages that carry its keyword are the caller's. */
export async function dropLabel(db: Queryable, accountId: string, keyword: string): Promise<void> {
  await db.query('DELETE FROM mailbox_label WHERE account_id = $1 AND keyword = $2', [accountId, keyword]);
}

/** Messages that carry a label, in whatever folder, by folder and UID; up to `limit`, which a caller repeats until none is left. */
export async function labelledItems(
  db: Queryable,
  accountId: string,
  keyword: string,
  limit: number,
): Promise<ItemPlace[]> {
  const { rows } = await db.query<{ folder_id: string; uid: number }>(
    `SELECT i.folder_id, i.uid FROM mailbox_item i
     WHERE i.account_id = $1 AND EXISTS (SELECT 1 FROM unnest(i.labels) AS label WHERE lower(label) = $2)
     ORDER BY i.folder_id, i.uid LIMIT $3`,
    [accountId, keyword, limit],
  );
  return rows.map((row) => ({ folderId: row.folder_id, uid: row.uid }));
}
