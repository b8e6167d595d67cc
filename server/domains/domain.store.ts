// SQL for hosted domains and DKIM keys.
import type { Queryable } from '../infra/db/pool.ts';
import type { DkimAlgorithm } from './dkim-key.ts';

export interface DkimKeyRow {
  id: string;
  domainName: string;
  selector: string;
  algorithm: DkimAlgorithm;
  status: 'published' | 'signing' | 'retired';
  privateKeySealed: Buffer;
  publicKey: string;
}

/** Inserts the domain; null when the name is taken, by whichever tenant. */
export async function insertDomain(
  db: Queryable,
  domain: { id: string; tenantId: string; name: string },
): Promise<boolean> {
  const result = await db.query(
    'INSERT INTO domain (id, tenant_id, name) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING',
    [domain.id, domain.tenantId, domain.name],
  );
  return result.rowCount === 1;
}

export async function insertDkimKey(
  db: Queryable,
  key: Omit<DkimKeyRow, 'domainName'> & { tenantId: string; domainId: string },
): Promise<void> {
  await db.query(
    `INSERT INTO dkim_key (id, tenant_id, domain_id, selector, algorithm, status, private_key_sealed, public_key, signing_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE $6 WHEN 'signing' THEN now() END)`,
    [key.id, key.tenantId, key.domainId, key.selector, key.algorithm, key.status, key.privateKeySealed, key.publicKey],
  );
}

/** The active domain of that name (A-labels, lower case). */
export async function selectDomain(
  db: Queryable,
  name: string,
): Promise<{ tenantId: string; domainId: string } | null> {
  const result = await db.query<{ tenantId: string; domainId: string }>(
    `SELECT tenant_id AS "tenantId", id AS "domainId" FROM domain WHERE name = $1 AND status = 'active'`,
    [name],
  );
  return result.rows[0] ?? null;
}

/** A tenant's domains by name. */
export async function selectDomains(
  db: Queryable,
  tenantId: string,
): Promise<{ domainId: string; name: string; status: string; createdAt: Date }[]> {
  const result = await db.query<{ domainId: string; name: string; status: string; createdAt: Date }>(
    `SELECT id AS "domainId", name, status, created_at AS "createdAt" FROM domain WHERE tenant_id = $1 ORDER BY name`,
    [tenantId],
  );
  return result.rows;
}

/** All DKIM keys of an active domain, oldest first. */
export async function selectDkimKeys(db: Queryable, domainName: string): Promise<DkimKeyRow[]> {
  const result = await db.query<DkimKeyRow>(
    `SELECT k.id, d.name AS "domainName", k.selector, k.algorithm, k.status,
            k.private_key_sealed AS "privateKeySealed", k.public_key AS "publicKey"
       FROM dkim_key k JOIN domain d ON d.id = k.domain_id
      WHERE d.name = $1 AND d.status = 'active' ORDER BY k.created_at, k.selector`,
    [domainName],
  );
  return result.rows;
}
