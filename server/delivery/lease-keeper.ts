// What a worker does about leases by the clock: renews its own, gives back what was not begun, makes ready what time
// has made due, and takes over from workers that are gone. One tick a second; each step is a statement of its own.
import type { Pool } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import { clockWatch } from './clock-watch.ts';
import type { LeaseBook } from './lease-book.ts';
import { databaseTimeMs, giveBack, pullRetriesForward, releaseClaims, requeueDue, takeEndedLeases } from './lease.store.ts';
import type { OutcomeJournal } from './outcome-journal.ts';

export interface LeaseKeeperDeps {
  pool: Pool;
  log: Logger;
  leases: LeaseBook;
  journal: OutcomeJournal | null;
  leaseMs: number;
  /** Takes over what dead workers of this machine left behind. */
  adoptLeft?(): Promise<void>;
  /** Told when rows are no longer this worker's. */
  onGivenBack(deliveries: readonly ClaimedDelivery[]): void;
}

export interface LeaseKeeper {
  /** These rows were claimed and not begun: they are given back at the next tick, and kept until then. */
  abandon(deliveries: readonly ClaimedDelivery[]): void;
  /** A claim whose answer did not come: should it have been carried out, its rows are released at the next tick. */
  claimFailed(leaseToken: string): void;
  giveBackAbandoned(): Promise<void>;
  /** One round; true when there is more to do at once. @throws the database's error; the next tick goes on */
  tick(): Promise<boolean>;
}

const BATCH = 1_000;

export function leaseKeeper(deps: LeaseKeeperDeps): LeaseKeeper {
  const { pool, log, leases } = deps;
  const notBegun: ClaimedDelivery[] = [];
  const failedClaims: string[] = [];
  // A worker that can reach the database renews within a third of a lease and some seconds. Nobody's lease is taken
  // before the clock has been good for longer than that: not after a step of it, and not after an outage, when whoever
  // comes first would take the rows whose outcomes the others are about to record.
  const watch = clockWatch(deps.leaseMs / 2, deps.leaseMs / 4);

  async function giveBackAbandoned(): Promise<void> {
    const rows = notBegun.slice();
    if (rows.length === 0) return;
    await giveBack(pool, rows);
    notBegun.splice(0, rows.length);
    deps.journal?.forget(rows);
    deps.onGivenBack(rows);
  }

  async function releaseFailedClaims(): Promise<void> {
    const tokens = failedClaims.slice();
    if (tokens.length === 0) return;
    const { released } = await releaseClaims(pool, tokens, []);
    failedClaims.splice(0, tokens.length);
    if (released > 0) log.info({ released }, 'claims whose answer was lost are released');
  }

  async function takeFromTheGone(): Promise<boolean> {
    const databaseMs = await databaseTimeMs(pool);
    const step = watch.look(databaseMs, performance.now());
    if (step !== 0) log.warn({ stepMs: Math.round(step) }, "the database's clock was set; leases are left to their owners for a while");
    if (step < 0) log.warn({ moved: await pullRetriesForward(pool) }, 'retries that the earlier clock had put into the future are due now');
    const now = performance.now();
    if (!watch.trusted(now)) return false;
    const lost = await takeEndedLeases(pool, BATCH, watch.expectedMs(now)!);
    if (lost > 0) log.warn({ lost }, 'attempts of unknown outcome requeued: their worker is gone');
    return lost === BATCH;
  }

  return {
    abandon: (deliveries) => void notBegun.push(...deliveries),
    claimFailed: (leaseToken) => void failedClaims.push(leaseToken),
    giveBackAbandoned,
    async tick() {
      await leases.renew();
      await giveBackAbandoned();
      await releaseFailedClaims();
      const moved = await requeueDue(pool, BATCH);
      await deps.adoptLeft?.();
      if (moved === BATCH) return true;
      return takeFromTheGone();
    },
  };
}
