// Sums of TLS sessions by day, destination and result: added to, read for a report, let go.
import type { Queryable } from '../../infra/db/pool.ts';
import type { TlsPolicyType, TlsResultType } from '../../mail/tls-result.ts';

export interface TlsResultRow {
  /** YYYY-MM-DD, UTC. */
  day: string;
  /** The recipients' domain, which is told. */
  policyDomain: string;
  policyType: TlsPolicyType;
  policyStrings: readonly string[];
  mxPatterns: readonly string[];
  result: 'success' | TlsResultType;
  mxHost: string;
  receivingIp: string;
  sendingIp: string;
  reason: string;
}

/** Adds sessions to the sums; `key` (SHA-256, hex) identifies all but the count. */
export async function addTlsResults(db: Queryable, rows: readonly (TlsResultRow & { key: string; sessions: number })[]): Promise<void> {
  // In the order of keys: workers that add to the same rows would otherwise wait for each other in circles.
  const ordered = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  await db.query(
    `INSERT INTO tls_result (day, policy_domain, policy_type, policy_strings, mx_patterns, result, mx_host, receiving_ip, sending_ip, reason, sessions, key)
     SELECT r.day, r."policyDomain", r."policyType", r."policyStrings", r."mxPatterns", r.result, r."mxHost", r."receivingIp", r."sendingIp", r.reason,
            r.sessions, decode(r.key, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS r(day date, "policyDomain" text, "policyType" text, "policyStrings" text[], "mxPatterns" text[], result text,
            "mxHost" text, "receivingIp" text, "sendingIp" text, reason text, sessions bigint, key text)
     ON CONFLICT (day, key) DO UPDATE SET sessions = tls_result.sessions + excluded.sessions`,
    [JSON.stringify(ordered)],
  );
}

/** All sums of a day for one destination. */
export async function selectTlsResults(db: Queryable, day: string, policyDomain: string): Promise<(TlsResultRow & { sessions: number })[]> {
  const result = await db.query<TlsResultRow & { sessions: number }>(
    `SELECT day::text AS day, policy_domain AS "policyDomain", policy_type AS "policyType", policy_strings AS "policyStrings", mx_patterns AS "mxPatterns",
       result, mx_host AS "mxHost", receiving_ip AS "receivingIp", sending_ip AS "sendingIp", reason, sessions
       FROM tls_result WHERE day = $1 AND policy_domain = $2 ORDER BY policy_type, result, mx_host, key`,
    [day, policyDomain],
  );
  return result.rows;
}

/** Lets go of sums, and of what is known of reports, from before; returns how many sums. */
export async function deleteTlsResults(db: Queryable, days: number): Promise<number> {
  await db.query(`DELETE FROM tls_report WHERE day < (now() AT TIME ZONE 'UTC')::date - $1::int`, [days]);
  return (await db.query(`DELETE FROM tls_result WHERE day < (now() AT TIME ZONE 'UTC')::date - $1::int`, [days])).rowCount ?? 0;
}
