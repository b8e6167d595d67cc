// Rows of contact_undo: what a change did, so that it can be taken back for an hour.
import type { Queryable } from '../infra/db/pool.ts';
import type { Owner, StoredContact } from './contact.store.ts';

export interface UndoSteps {
  contacts: {
    id: string;
    /** As it was; null: there was none. */
    before: StoredContact | null;
    /** What the change left; null: nothing. Anything else there now was changed since. */
    left: number | null;
  }[];
  /** A group that was deleted. */
  group?: { id: string; name: string; memberIds: string[] };
  /** Groups that were made. */
  madeGroupIds?: string[];
}

export async function insertUndo(db: Queryable, owner: Owner, steps: UndoSteps): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    'INSERT INTO contact_undo (tenant_id, account_id, steps) VALUES ($1, $2, $3) RETURNING id', [owner.tenantId, owner.accountId, JSON.stringify(steps)],
  );
  return rows[0]!.id;
}

/** Takes an undo out, once. */
export async function takeUndo(db: Queryable, accountId: string, id: string): Promise<UndoSteps | null> {
  const { rows } = await db.query<{ steps: UndoSteps }>(
    'DELETE FROM contact_undo WHERE account_id = $1 AND id::text = $2 AND expires_at > now() RETURNING steps', [accountId, id],
  );
  return rows[0]?.steps ?? null;
}

export async function deleteExpiredUndos(db: Queryable): Promise<void> {
  await db.query('DELETE FROM contact_undo WHERE expires_at < now()');
}
