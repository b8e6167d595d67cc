// Collects outcomes and writes them in batches, with the DSNs that they cause in the same commit. An outcome
// waits here until it is on disk: while the database is away, it is kept and tried again.
import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionFault, isPassingFault } from '../infra/db/faults.ts';
import type { Pool } from '../infra/db/pool.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import type { Logger } from '../infra/log/logger.ts';
import { type ReportItem, reportOf } from './bounce-report.ts';
import { countOutcomes, outcomesWaiting } from './delivery-metrics.ts';
import { putBackThrottled } from './lease.store.ts';
import type { DeliveryOutcome, Outcome } from './outcome.ts';
import type { OutcomeJournal } from './outcome-journal.ts';
import { deliveryKey, storeFinished, storeUnfinished } from './outcome.store.ts';
import { type ReportDeps, storeReports } from './store-reports.ts';

export interface OutcomeBatchDeps extends ReportDeps {
  pool: Pool;
  log: Logger;
  /** Where delivered outcomes are kept until they are on disk; null: nowhere. */
  journal: OutcomeJournal | null;
  /** Told when outcomes are on disk, or known to be no longer ours to write. */
  onStored(outcomes: readonly DeliveryOutcome[]): void;
}

export interface OutcomeBatch {
  add(outcomes: readonly DeliveryOutcome[]): void;
  /** Resolves when everything added so far is on disk. */
  flushed(): Promise<void>;
  /** True while outcomes cannot be recorded: what is begun now could only be told too late, or never. */
  readonly stalled: boolean;
}

const MAX_BATCH = 500;
/** Time for outcomes to gather: a statement for one costs nearly as much as for fifty. */
const GATHER_MS = 10;
const MAX_RETRY_MS = 2_000;
/** A write under way for longer means that the database, or the way to it, hangs. */
const STALLED_MS = 3_000;

type Finished = DeliveryOutcome & { outcome: Extract<Outcome, { kind: 'delivered' | 'bounced' | 'expired' }> };
type Throttled = DeliveryOutcome & { outcome: Extract<Outcome, { kind: 'throttled' }> };
type Unfinished = DeliveryOutcome & { outcome: Extract<Outcome, { kind: 'deferred' | 'held' }> };

export function outcomeBatch(deps: OutcomeBatchDeps): OutcomeBatch {
  const waiting: DeliveryOutcome[] = [];
  let running: Promise<void> | null = null;
  let failing = false;
  let writingSince: number | null = null;

  async function run(): Promise<void> {
    await sleep(GATHER_MS);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH);
      writingSince = performance.now();
      await writeUntilDone(deps, batch, (failed) => (failing = failed));
      writingSince = null;
      failing = false;
      waiting.splice(0, batch.length);
      outcomesWaiting.set({}, waiting.length);
      deps.journal?.stored(batch.length);
      countOutcomes(batch);
      logOutcomes(deps.log, batch);
      deps.onStored(batch);
    }
    running = null;
  }

  return {
    add(outcomes) {
      deps.journal?.record(outcomes);
      waiting.push(...outcomes);
      outcomesWaiting.set({}, waiting.length);
      running ??= run();
    },
    async flushed() {
      while (running) await running;
    },
    get stalled() {
      return failing || (writingSince !== null && performance.now() - writingSince > STALLED_MS);
    },
  };
}

/** What every line about a delivery carries: which message, whose, which recipient; never an address. */
const named = ({ delivery: { queueId, tenantId, recipientNo } }: DeliveryOutcome) => ({ queueId, tenantId, recipientNo });

/** A line for each outcome that somebody may ask about; those delivered or not tried, which are most, only at level debug. */
function logOutcomes(log: Logger, batch: readonly DeliveryOutcome[]): void {
  const everything = log.isLevelEnabled('debug');
  for (const entry of batch) {
    const { outcome } = entry;
    const ordinary = outcome.kind === 'delivered' || outcome.kind === 'throttled';
    if (ordinary && !everything) continue;
    const { mxHost, remoteAddress, enhancedCode, phase, durationMs } = 'facts' in outcome ? outcome.facts : {};
    const category = 'category' in outcome ? outcome.category : undefined;
    const line = { ...named(entry), attempt: entry.delivery.attempts, outcome: outcome.kind, category, mxHost, remoteAddress, enhancedCode, phase, durationMs };
    if (ordinary) log.debug(line, 'attempt');
    else log.info(line, 'attempt');
  }
}

/** @param tell whether the last try failed for want of the database */
async function writeUntilDone(deps: OutcomeBatchDeps, batch: DeliveryOutcome[], tell: (failed: boolean) => void): Promise<void> {
  for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, MAX_RETRY_MS)) {
    try {
      const stored = await write(deps, batch);
      const lost = batch.filter((entry) => !stored.has(deliveryKey(entry.delivery)));
      if (lost.length > 0) {
        // Also after a commit whose answer was lost: then it is stored, and this is its second try.
        deps.log.warn({ rows: lost.map((entry) => ({ ...named(entry), outcome: entry.outcome.kind })) }, 'outcomes not stored: no longer leased');
      }
      return;
    } catch (error) {
      if (!isPassingFault(error)) return writeSingly(deps, batch, error, tell);
      tell(isConnectionFault(error));
      deps.log.warn({ err: error, outcomes: batch.length }, 'outcomes wait for the database');
      await sleep(delayMs);
    }
  }
}

/** One outcome that the database refuses must not keep the others from being recorded, nor be delivered again for it. */
async function writeSingly(deps: OutcomeBatchDeps, batch: DeliveryOutcome[], cause: unknown, tell: (failed: boolean) => void): Promise<void> {
  if (batch.length > 1) {
    deps.log.error({ err: cause, outcomes: batch.length }, 'a batch of outcomes was refused; each is written on its own');
    for (const entry of batch) await writeUntilDone(deps, [entry], tell);
    return;
  }
  const { delivery, outcome } = batch[0]!;
  if (isBare(outcome)) {
    deps.log.error({ err: cause, ...named(batch[0]!), outcome: outcome.kind }, 'outcome not recorded; its lease will end');
    return;
  }
  deps.log.error({ err: cause, ...named(batch[0]!) }, 'outcome refused; written without its details');
  await writeUntilDone(deps, [{ delivery, outcome: withoutDetails(outcome) }], tell);
}

const BARE = 'the details could not be recorded.';

function withoutDetails(outcome: Outcome): Outcome {
  if (outcome.kind === 'delivered') return { ...outcome, facts: {}, relayReceipt: false };
  if (outcome.kind === 'held') return { kind: 'held', reason: `Held; ${BARE}` };
  if (outcome.kind === 'throttled') return { ...outcome, reason: `Waits; ${BARE}` };
  return { ...outcome, reason: `${outcome.category}; ${BARE}`, facts: {} };
}

const isBare = (outcome: Outcome): boolean =>
  outcome.kind === 'delivered' ? Object.keys(outcome.facts).length === 0 && !outcome.relayReceipt : outcome.reason.endsWith(BARE);

/** @returns the keys of the deliveries whose outcome was stored */
async function write(deps: OutcomeBatchDeps, batch: readonly DeliveryOutcome[]): Promise<Set<string>> {
  const finished = batch.filter((entry): entry is Finished => ['delivered', 'bounced', 'expired'].includes(entry.outcome.kind));
  const unfinished = batch.filter((entry): entry is Unfinished => entry.outcome.kind === 'deferred' || entry.outcome.kind === 'held');
  const stored = unfinished.length > 0 ? await storeUnfinished(deps.pool, unfinished) : new Set<string>();
  const throttled = batch.filter((entry): entry is Throttled => entry.outcome.kind === 'throttled');
  if (throttled.length > 0) {
    const rows = throttled.map(({ delivery, outcome }) => ({ ...delivery, retryAfterMs: outcome.retryAfterMs, reason: outcome.reason }));
    for (const row of await putBackThrottled(deps.pool, rows)) stored.add(deliveryKey(row));
  }
  if (finished.length === 0) return stored;
  const now = new Date();
  const reported = finished.flatMap((entry): (ReportItem & { key: string })[] => {
    const item = reportOf(entry, now);
    return item ? [{ ...item, key: deliveryKey(entry.delivery) }] : [];
  });
  // The ordinary case is one statement and so one commit; only reports need a transaction around two.
  const ended =
    reported.length === 0
      ? await storeFinished(deps.pool, finished)
      : await withTransaction(deps.pool, async (client) => {
          const keys = await storeFinished(client, finished);
          await storeReports(deps, client, reported.filter((item) => keys.has(item.key)));
          return keys;
        });
  return new Set([...stored, ...ended]);
}
