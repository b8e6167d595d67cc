// What the operator demands of TLS to single domains.
import type { Queryable } from '../../infra/db/pool.ts';

export type DemandedLevel = 'required' | 'verified';

export interface TlsDemand {
  domain: string;
  level: DemandedLevel;
}

/** All demands; they are few. */
export async function selectTlsDemands(db: Queryable): Promise<TlsDemand[]> {
  return (await db.query<TlsDemand>('SELECT domain, level FROM tls_demand ORDER BY domain')).rows;
}

/** Demands a level for a domain, or for `*.domain`, instead of what was demanded before. */
export async function upsertTlsDemand(db: Queryable, demand: TlsDemand): Promise<void> {
  await db.query('INSERT INTO tls_demand (domain, level) VALUES ($1, $2) ON CONFLICT (domain) DO UPDATE SET level = excluded.level', [demand.domain, demand.level]);
}

/** @returns false when nothing was demanded */
export async function deleteTlsDemand(db: Queryable, domain: string): Promise<boolean> {
  return ((await db.query('DELETE FROM tls_demand WHERE domain = $1', [domain])).rowCount ?? 0) > 0;
}
