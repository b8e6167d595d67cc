// SQL: who answers for a hosted domain.
import type { Queryable } from '../../server/infra/db/pool.ts';

/** WildDuck's id of the longest-serving active administrator of the domain's tenant, or null. */
export async function selectResponsibleUser(db: Queryable, domain: string): Promise<string | null> {
  const { rows } = await db.query<{ wildduck_user_id: string }>(
    `SELECT account.wildduck_user_id
       FROM domain JOIN account ON account.tenant_id = domain.tenant_id
      WHERE domain.name = $1 AND account.status = 'active' AND account.role IN ('admin', 'operator')
        AND account.wildduck_user_id IS NOT NULL
      ORDER BY account.role, account.created_at
      LIMIT 1`,
    [domain],
  );
  return rows[0]?.wildduck_user_id ?? null;
}
