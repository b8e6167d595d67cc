// SQL for tenants and accounts.
import type { Queryable } from '../infra/db/pool.ts';

export type AccountRole = 'operator' | 'admin' | 'user';

export interface TenantRow {
  id: string;
  slug: string;
  name: string;
  status: 'active' | 'suspended' | 'paused';
}

export interface AccountRow {
  id: string;
  tenantId: string;
  /** null: being created; the mail store has not answered yet. */
  wildduckUserId: string | null;
  address: string;
  displayName: string;
  role: AccountRole;
  status: 'active' | 'disabled';
}

const ACCOUNT_COLUMNS = `id, tenant_id AS "tenantId", wildduck_user_id AS "wildduckUserId", address,
  display_name AS "displayName", role, status`;

/** Inserts a tenant; null when the slug is taken. */
export async function insertTenant(db: Queryable, tenant: { slug: string; name: string }): Promise<string | null> {
  const result = await db.query<{ id: string }>(
    'INSERT INTO tenant (slug, name) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING RETURNING id',
    [tenant.slug, tenant.name],
  );
  return result.rows[0]?.id ?? null;
}

export async function selectTenantBySlug(db: Queryable, slug: string): Promise<TenantRow | null> {
  const result = await db.query<TenantRow>('SELECT id, slug, name, status FROM tenant WHERE slug = $1', [slug]);
  return result.rows[0] ?? null;
}

export interface TenantStatus {
  id: string;
  slug: string;
  status: TenantRow['status'];
  /** Why it may not send, by whom, and when it may again by itself. */
  statusReason: string | null;
  statusBy: string | null;
  resumeAt: Date | null;
}

/** All tenants with what is against their sending, by slug. */
export async function selectTenantStatuses(db: Queryable): Promise<TenantStatus[]> {
  const result = await db.query<TenantStatus>(
    `SELECT id, slug, status, status_reason AS "statusReason", status_by AS "statusBy", resume_at AS "resumeAt" FROM tenant ORDER BY slug`,
  );
  return result.rows;
}

export async function countTenants(db: Queryable): Promise<number> {
  const result = await db.query<{ count: number }>('SELECT count(*)::int AS count FROM tenant');
  return result.rows[0]?.count ?? 0;
}

/** Inserts an account without its mail store id; null when the address is taken. */
export async function insertAccount(
  db: Queryable,
  account: { tenantId: string; address: string; displayName: string; role: AccountRole },
): Promise<AccountRow | null> {
  const result = await db.query<AccountRow>(
    `INSERT INTO account (tenant_id, address, display_name, role) VALUES ($1, $2, $3, $4)
     ON CONFLICT (address) DO NOTHING RETURNING ${ACCOUNT_COLUMNS}`,
    [account.tenantId, account.address, account.displayName, account.role],
  );
  return result.rows[0] ?? null;
}

/** @param address in lower case */
export async function selectAccountByAddress(db: Queryable, address: string): Promise<AccountRow | null> {
  const result = await db.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account WHERE address = $1`, [address]);
  return result.rows[0] ?? null;
}

/** Ties the account to its user in the mail store; does nothing when it is tied already. */
export async function completeAccount(db: Queryable, accountId: string, wildduckUserId: string): Promise<void> {
  await db.query('UPDATE account SET wildduck_user_id = $2 WHERE id = $1 AND wildduck_user_id IS NULL', [accountId, wildduckUserId]);
}

/** Removes an account that the mail store refused; one that it has stays. */
export async function deleteIncompleteAccount(db: Queryable, accountId: string): Promise<void> {
  await db.query('DELETE FROM account WHERE id = $1 AND wildduck_user_id IS NULL', [accountId]);
}

/** All accounts, or one tenant's, by address. */
export async function selectAccounts(db: Queryable, tenantSlug?: string): Promise<(AccountRow & { tenant: string })[]> {
  const result = await db.query<AccountRow & { tenant: string }>(
    `SELECT account.id, tenant_id AS "tenantId", wildduck_user_id AS "wildduckUserId", address,
            display_name AS "displayName", role, account.status, tenant.slug AS tenant
       FROM account JOIN tenant ON tenant.id = tenant_id
      WHERE $1::text IS NULL OR tenant.slug = $1
      ORDER BY tenant.slug, address`,
    [tenantSlug ?? null],
  );
  return result.rows;
}

/** Every tenant's slug by its id: for lists that people read. */
export async function listTenantSlugs(db: Queryable): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; slug: string }>('SELECT id, slug FROM tenant');
  return new Map(rows.map((row) => [row.id, row.slug]));
}
