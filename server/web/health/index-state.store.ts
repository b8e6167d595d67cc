// How many mailboxes the index covers, and how many it is still building.
import type { Queryable } from '../../infra/db/pool.ts';

export interface IndexState {
  accounts: number;
  /** Accounts whose index is being built from nothing: their lists are incomplete. */
  building: number;
}

export async function readIndexStates(db: Queryable): Promise<IndexState> {
  const { rows } = await db.query<IndexState>(
    `SELECT count(*)::int AS accounts, count(*) FILTER (WHERE state = 'building')::int AS building FROM mailbox_account`,
  );
  return rows[0]!;
}
