// SQL: the Eider account behind a WildDuck user.
import type { Queryable } from '../../server/infra/db/pool.ts';

export interface SubmittingAccount {
  accountId: string;
  tenantId: string;
}

/** The active account of an active tenant, or null. */
export async function selectSubmittingAccount(db: Queryable, wildduckUserId: string): Promise<SubmittingAccount | null> {
  const { rows } = await db.query<{ id: string; tenant_id: string }>(
    `SELECT account.id, account.tenant_id
       FROM account JOIN tenant ON tenant.id = account.tenant_id
      WHERE account.wildduck_user_id = $1 AND account.status = 'active' AND tenant.status <> 'suspended'`,
    [wildduckUserId],
  );
  const row = rows[0];
  return row ? { accountId: row.id, tenantId: row.tenant_id } : null;
}
