// SQL of DKIM rotation: the steps of keys, each guarded by the state that it starts from.
import type { Queryable } from '../../infra/db/pool.ts';
import type { DkimAlgorithm } from '../dkim-key.ts';
import type { KeyState } from './rotation-rules.ts';

export interface RotatingKey extends KeyState {
  id: string;
  algorithm: DkimAlgorithm;
  publicKey: string;
  createdAt: Date;
  signingAt: Date | null;
}

const COLUMNS = `k.id, k.selector, k.status, k.algorithm, k.public_key AS "publicKey", k.created_at AS "createdAt",
  k.seen_at AS "seenAt", k.signing_at AS "signingAt", k.retired_at AS "retiredAt"`;

/** All keys of a domain, oldest first. With `lock`, other rotations of the same domain wait. */
export async function selectRotatingKeys(db: Queryable, domainId: string, options: { lock?: boolean } = {}): Promise<RotatingKey[]> {
  if (options.lock) await db.query('SELECT 1 FROM domain WHERE id = $1 FOR UPDATE', [domainId]);
  const { rows } = await db.query<RotatingKey>(`SELECT ${COLUMNS} FROM dkim_key k WHERE k.domain_id = $1 ORDER BY k.created_at, k.selector`, [domainId]);
  return rows;
}

/** Active domains that have keys on their way in or out. */
export async function selectRotatingDomains(db: Queryable): Promise<{ domainId: string; name: string }[]> {
  const { rows } = await db.query<{ domainId: string; name: string }>(
    `SELECT d.id AS "domainId", d.name FROM domain d
      WHERE d.status = 'active' AND EXISTS (SELECT FROM dkim_key k WHERE k.domain_id = d.id AND k.status <> 'signing') ORDER BY d.name`,
  );
  return rows;
}

/** Notes whether a key's record is in DNS now; what was seen before keeps its date. */
export async function markSeen(db: Queryable, keyId: string, seen: boolean, now: Date): Promise<void> {
  await db.query(`UPDATE dkim_key SET seen_at = CASE WHEN $2 THEN coalesce(seen_at, $3) END WHERE id = $1 AND status = 'published'`, [keyId, seen, now]);
}

/** Published keys sign from now on, those that signed are retired: one statement, so that there is no moment between. */
export async function switchKeys(db: Queryable, domainId: string, now: Date): Promise<void> {
  await db.query(
    `UPDATE dkim_key SET
       status     = CASE status WHEN 'published' THEN 'signing' ELSE 'retired' END,
       signing_at = CASE status WHEN 'published' THEN $2 ELSE signing_at END,
       retired_at = CASE status WHEN 'signing' THEN $2 ELSE retired_at END
     WHERE domain_id = $1 AND status IN ('published', 'signing')`,
    [domainId, now],
  );
}

export async function deleteKeys(db: Queryable, domainId: string, selectors: readonly string[]): Promise<void> {
  await db.query(`DELETE FROM dkim_key WHERE domain_id = $1 AND selector = ANY($2) AND status = 'retired'`, [domainId, selectors]);
}

/** A rotation given up before its keys signed. @returns how many keys went */
export async function deletePublished(db: Queryable, domainId: string): Promise<number> {
  const { rowCount } = await db.query(`DELETE FROM dkim_key WHERE domain_id = $1 AND status = 'published'`, [domainId]);
  return rowCount ?? 0;
}
