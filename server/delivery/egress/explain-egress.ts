// Why mail of a tenant's lane to a site finds no egress now: for people who ask what a message waits for. Reads the
// database at the moment of asking, as no single worker knows what the others have used.
import type { Queryable } from '../../infra/db/pool.ts';
import type { Lane } from '../enqueue-types.ts';
import { providerOf } from '../provider-group.ts';
import { findCandidates, usedUp, waitReason } from './choose-egress.ts';
import { openBy } from './day-spread.ts';
import { readGranted, readSnapshot } from './egress.store.ts';

/**
 * @param hosts names of the site's MX hosts, lower case
 * @returns one sentence, and the first moment at which it may be otherwise; null: an address may send now
 */
export async function explainEgressWait(
  db: Queryable,
  { tenantId, lane, hosts, poolId = null }: { tenantId: string; lane: Lane; hosts: readonly string[]; poolId?: string | null },
  now: Date,
): Promise<{ reason: string; until: Date | null } | null> {
  const provider = providerOf(hosts);
  const found = findCandidates(await readSnapshot(db), { tenantId, lane, poolId, provider, stickTo: '', families: null, now });
  if (found.kind === 'own') return null;
  const granted = await readGranted(db, provider);
  const open = found.ordered.some(({ egress, capped }) => capped === null || (granted.get(egress.id) ?? 0) < openBy(capped.cap, now));
  if (open) return null;
  return waitReason(found.pool, [...found.ordered.map((candidate) => usedUp(candidate, provider, now)), ...found.refused]);
}
