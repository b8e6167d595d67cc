// Taking over from workers of this machine that were killed: what they had delivered is recorded, what they had only
// claimed is ready again at once, what they had begun counts as of unknown outcome.
import type { Pool } from '../infra/db/pool.ts';
import { readLeftJournals } from './left-journals.ts';
import { releaseClaims } from './lease.store.ts';
import { outcomeBatch, type OutcomeBatchDeps } from './outcome-batch.ts';

export type AdoptDeps = Omit<OutcomeBatchDeps, 'journal' | 'onStored'> & { pool: Pool };

/**
 * Adopts whatever stands in `folder`. Safe to do by many at once and to be killed at any point: every statement shows
 * the lease token. A worker does it before its first claim, and then each second for its neighbours.
 */
export async function adoptLeft(deps: AdoptDeps, folder: string): Promise<void> {
  const left = readLeftJournals(folder);
  if (left === null) return;
  if (left.outcomes.length > 0) {
    const batch = outcomeBatch({ ...deps, journal: null, onStored: () => undefined });
    batch.add(left.outcomes);
    await batch.flushed();
  }
  const { released, lost } = await releaseClaims(deps.pool, left.claims, left.begun);
  left.remove();
  if (left.outcomes.length + released + lost > 0) {
    deps.log.info({ recorded: left.outcomes.length, released, lost }, 'work of a killed worker taken over');
  }
}
