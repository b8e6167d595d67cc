// An account's index thrown away and built again, on an operator's word.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from '../infra/db/pool.ts';
import type { WildduckStore } from '../infra/wildduck/store.ts';
import { isIndexable, leaseAccount, releaseLeases, type AccountPosition } from './account.store.ts';
import { buildAccount, type BuildProgress } from './build-account.ts';
import { conversationIds } from './conversation.store.ts';
import { dropIndex } from './drop-index.store.ts';

const LEASE_SECONDS = 60;
const LEASE_RENEW_MS = 15_000;
const LEASE_PATIENCE_MS = 90_000;

export type RebuildOutcome =
  | ({ kind: 'rebuilt'; tookMs: number } & BuildProgress)
  /** No such account, or it has no mailbox in the store. */
  | { kind: 'unknown-account' }
  /** Another indexer kept its lease on the account for longer than a minute and a half. */
  | { kind: 'busy' };

/**
 * Builds an account's index from nothing. Lists fill as it goes; conversations keep their ids. Indexers may run
 * on: the account is leased meanwhile. Stopped half-way, the next indexer completes it.
 */
export async function rebuildIndex(
  deps: { pool: Pool; store: WildduckStore },
  accountId: string,
  onProgress?: (progress: BuildProgress) => void,
): Promise<RebuildOutcome> {
  const owner = randomUUID();
  if (!(await isIndexable(deps.pool, accountId))) return { kind: 'unknown-account' };
  const position = await waitForLease(deps.pool, accountId, owner);
  if (!position) return { kind: 'busy' };
  const renewal = setInterval(() => {
    // A lease that cannot be renewed shows in the next write, which is refused.
    leaseAccount(deps.pool, accountId, owner, LEASE_SECONDS).catch(() => undefined);
  }, LEASE_RENEW_MS);
  const started = performance.now();
  try {
    const reuse = await conversationIds(deps.pool, accountId);
    await dropIndex(deps.pool, accountId);
    const progress = await buildAccount(deps, position, { kind: 'indexer', owner }, new Date(), {
      reuse, ...(onProgress && { onProgress }),
    });
    return { kind: 'rebuilt', ...progress, tookMs: performance.now() - started };
  } finally {
    clearInterval(renewal);
    await releaseLeases(deps.pool, owner);
  }
}

async function waitForLease(pool: Pool, accountId: string, owner: string): Promise<AccountPosition | null> {
  const deadline = performance.now() + LEASE_PATIENCE_MS;
  for (;;) {
    const position = await leaseAccount(pool, accountId, owner, LEASE_SECONDS);
    if (position || performance.now() > deadline) return position;
    await delay(500);
  }
}
