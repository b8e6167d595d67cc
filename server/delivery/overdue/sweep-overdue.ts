// The sweep by age: what waits past its time expires, what waits long is told to its sender once. Workers do the first
// for what they attempt; this is for what none may claim (suspended, blocked by limits, its tenant paused).
import type { Pool } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { type ClockWatch, clockWatch } from '../clock-watch.ts';
import { databaseTimeMs } from '../lease.store.ts';
import type { RowKey } from '../operations/selection.store.ts';
import { type ReportDeps, storeReports } from '../store-reports.ts';
import { delayReport, expiryReport } from './overdue-reports.ts';
import { expireOverdue, GRACE_MINUTES, markDelayReported, selectOverdue } from './overdue.store.ts';

export interface OverdueSweep {
  /** One round over the queue; null: it is not time for one. Any number of processes may make rounds at once. */
  run(): Promise<{ expired: number; delayed: number } | null>;
}

export interface OverdueSweepDeps {
  pool: Pool;
  reports: ReportDeps;
  /** A wait of so long is told; null: none is. */
  delayAfterMs: number | null;
  /** performance.now() and the database's clock, or a test's. */
  now?(): number;
  databaseMs?(): Promise<number>;
}

/** Rows looked at in one statement, and ended or told of in one transaction. */
const PAGE = 2_000;
const BATCH = 200;
/** Of the time, a round takes at most one part in so many: a backlog of millions is walked less often. */
const TIME_SHARE = 20;

const GRACE_MS = GRACE_MINUTES * 60_000;
/** Rounds further apart than this mean that the database, or this process, was away. */
const GAP_MS = 3 * 60_000;

/**
 * No round is made in the first minutes after a start, an outage or a step of the clock: the workers come first, so that
 * what waited through a long stop is tried once more before it is given up.
 */
export function overdueSweep(deps: OverdueSweepDeps): OverdueSweep {
  const now = deps.now ?? (() => performance.now());
  const watch: ClockWatch = clockWatch(GRACE_MS, GAP_MS);
  let notBefore = 0;
  return {
    async run() {
      watch.look(await (deps.databaseMs?.() ?? databaseTimeMs(deps.pool)), now());
      const startedAt = now();
      if (!watch.trusted(startedAt) || startedAt < notBefore) return null;
      const done = await sweep(deps);
      notBefore = now() + (now() - startedAt) * TIME_SHARE;
      return done;
    },
  };
}

/** A round, now. @param pageSize for tests */
export async function sweep(deps: OverdueSweepDeps, pageSize = PAGE): Promise<{ expired: number; delayed: number }> {
  const done = { expired: 0, delayed: 0 };
  let after: RowKey | null = null;
  do {
    const page = await selectOverdue(deps.pool, after, deps.delayAfterMs, pageSize);
    for (const keys of batches(page.expired)) done.expired += await expire(deps, keys);
    for (const keys of batches(page.delayed)) done.delayed += await tell(deps, keys, deps.delayAfterMs!);
    after = page.last;
  } while (after !== null);
  return done;
}

function expire({ pool, reports }: OverdueSweepDeps, keys: RowKey[]): Promise<number> {
  return withTransaction(pool, async (client) => {
    const rows = await expireOverdue(client, keys);
    await storeReports(reports, client, rows.flatMap((row) => expiryReport(row) ?? []));
    return rows.length;
  });
}

/** The mark and the report are one commit: nobody is told twice, whoever sweeps and whoever dies. */
function tell({ pool, reports }: OverdueSweepDeps, keys: RowKey[], delayAfterMs: number): Promise<number> {
  return withTransaction(pool, async (client) => {
    const rows = await markDelayReported(client, keys, delayAfterMs);
    await storeReports(reports, client, rows.map(delayReport));
    return rows.length;
  });
}

/** Whole messages; rows come in the order of their key. */
function batches(keys: readonly RowKey[]): RowKey[][] {
  const all: RowKey[][] = [];
  for (const ofMessage of Map.groupBy(keys, (key) => key.queueId).values()) {
    const open = all.at(-1);
    if (open && open.length + ofMessage.length <= BATCH) open.push(...ofMessage);
    else all.push([...ofMessage]);
  }
  return all;
}
