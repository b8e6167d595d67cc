// Kept MTA-STS policies of other domains: read, written and let go. When to fetch one is mta-sts-policies.ts.
import type { Queryable } from '../../infra/db/pool.ts';
import type { StsPolicy } from '../../mail/mta-sts.ts';

export interface KeptStsPolicy {
  policyId: string;
  policy: StsPolicy;
  fetchedAt: Date;
  expiresAt: Date;
}

/** The domain's policy, unless it has expired. */
export async function selectStsPolicy(db: Queryable, domain: string): Promise<KeptStsPolicy | null> {
  const result = await db.query<StsPolicy & Omit<KeptStsPolicy, 'policy'>>({
    name: 'select-sts-policy',
    text: `SELECT policy_id AS "policyId", mode, mx_patterns AS "mxPatterns", max_age_seconds AS "maxAgeSeconds", lines,
      fetched_at AS "fetchedAt", expires_at AS "expiresAt" FROM mta_sts_policy WHERE domain = $1 AND expires_at > now()`,
    values: [domain],
  });
  const row = result.rows[0];
  if (!row) return null;
  const { policyId, fetchedAt, expiresAt, ...policy } = row;
  return { policyId, policy, fetchedAt, expiresAt };
}

/** Keeps a policy that was just fetched, for its max_age. */
export async function upsertStsPolicy(db: Queryable, domain: string, policyId: string, policy: StsPolicy): Promise<void> {
  await db.query(
    `INSERT INTO mta_sts_policy (domain, policy_id, mode, mx_patterns, max_age_seconds, lines, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + $5::bigint * interval '1 second')
     ON CONFLICT (domain) DO UPDATE SET policy_id = excluded.policy_id, mode = excluded.mode, mx_patterns = excluded.mx_patterns,
       max_age_seconds = excluded.max_age_seconds, lines = excluded.lines, fetched_at = now(), expires_at = excluded.expires_at`,
    [domain, policyId, policy.mode, policy.mxPatterns, policy.maxAgeSeconds, policy.lines],
  );
}

/** Domains whose enforced or tested policy was last fetched longer ago than `ageMs` and which still send somebody mail. */
export async function selectStsPoliciesToRefresh(db: Queryable, ageMs: number, limit: number): Promise<string[]> {
  const result = await db.query<{ domain: string }>(
    `SELECT domain FROM mta_sts_policy WHERE expires_at > now() AND mode <> 'none'
       AND fetched_at < now() - least($1::bigint, max_age_seconds * 500) * interval '1 millisecond' ORDER BY fetched_at LIMIT $2`,
    [ageMs, limit],
  );
  return result.rows.map((row) => row.domain);
}

/** Lets go of policies whose time is over; returns how many. */
export async function deleteExpiredStsPolicies(db: Queryable): Promise<number> {
  return (await db.query('DELETE FROM mta_sts_policy WHERE expires_at <= now()')).rowCount ?? 0;
}
