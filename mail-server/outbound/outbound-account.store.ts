// SQL: the Eider account that WildDuck made mail for.
import type { Queryable } from '../../server/infra/db/pool.ts';

export interface OutboundAccount {
  accountId: string;
  tenantId: string;
  address: string;
  /** Account and tenant may send. */
  active: boolean;
}

export async function selectOutboundAccount(db: Queryable, wildduckUserId: string): Promise<OutboundAccount | null> {
  const { rows } = await db.query<OutboundAccount>(
    `SELECT account.id AS "accountId", account.tenant_id AS "tenantId", account.address,
            account.status = 'active' AND tenant.status = 'active' AS active
       FROM account JOIN tenant ON tenant.id = account.tenant_id
      WHERE account.wildduck_user_id = $1`,
    [wildduckUserId],
  );
  return rows[0] ?? null;
}
