// Operators' commands on the queue: which states each takes rows from, and running one over as many rows as there are,
// in small transactions. Cut short at any point, it has done whole batches; run again, it goes on with the rest.
import type { Pool, PoolClient } from '../../infra/db/pool.ts';
import type { ClaimedDelivery } from '../claim.store.ts';
import { reportOf } from '../bounce-report.ts';
import type { DeliveryOutcome } from '../outcome.ts';
import { type LiveState, TRANSITIONS, type TransitionName } from '../states.ts';
import { type ReportDeps, storeReports } from '../store-reports.ts';
import { inBatches } from './in-batches.ts';
import { END_REASON, endRows, moveRows, type Order, type Rebinding, REBINDABLE, rebindRows } from './queue-commands.store.ts';
import { lockBatch, type RowKey, type Selection } from './selection.store.ts';

export type QueueCommand =
  | { kind: 'hold' | 'release' | 'requeue' | 'cancel' | 'bounce' | 'expire' }
  | { kind: 'rebind'; to: Rebinding };

const TRANSITION: Record<QueueCommand['kind'], TransitionName> = {
  hold: 'suspend',
  release: 'release',
  requeue: 'requeue',
  cancel: 'cancel',
  bounce: 'bounceWaiting',
  expire: 'expireWaiting',
  rebind: REBINDABLE,
};

/** The states that a command takes rows from; `attempting` is never among them: the lease's holder alone may. */
export function statesOf(command: QueueCommand): readonly LiveState[] {
  return TRANSITIONS[TRANSITION[command.kind]].from;
}

export interface CommandDeps {
  pool: Pool;
  /** For the reports that bounce and expire send to senders. */
  reports: ReportDeps;
}

export interface CommandRun {
  command: QueueCommand;
  selection: Selection;
  order: Order;
  now: Date;
  /** Rows in one transaction (500). */
  batchSize?: number;
  /** Called in each batch's transaction with how many rows it changed: the audit log counts there. */
  onBatch(client: PoolClient, changed: number): Promise<void>;
}

/** Accepted in the same millisecond as the command began, or by a clock slightly ahead: still the command's. */
const CLOCK_SLACK_MS = 1_000;

/**
 * Carries a command out on everything that was waiting when it began.
 * @returns how many rows it changed
 */
export async function runCommand(deps: CommandDeps, run: CommandRun): Promise<number> {
  const acceptedBefore = new Date(run.now.getTime() + CLOCK_SLACK_MS);
  return inBatches(deps.pool, {
    batchSize: run.batchSize,
    lock: (client, after, limit) => lockBatch(client, run.selection, { states: statesOf(run.command), after, acceptedBefore, limit }),
    carryOut: (client, rows) => carryOut(deps, client, run, rows),
    onBatch: run.onBatch,
  });
}

async function carryOut(deps: CommandDeps, client: PoolClient, { command, order }: CommandRun, rows: readonly RowKey[]): Promise<number> {
  switch (command.kind) {
    case 'hold':
      return moveRows(client, 'suspend', rows, order);
    case 'release':
    case 'requeue':
      return moveRows(client, command.kind, rows, order);
    case 'cancel':
      return (await endRows(client, 'cancel', rows, order)).length;
    case 'bounce':
    case 'expire': {
      const end = command.kind === 'bounce' ? 'bounceWaiting' : 'expireWaiting';
      const ended = await endRows(client, end, rows, order);
      await storeReports(deps.reports, client, ended.flatMap((delivery) => reportOf(givenUp(delivery, end), new Date(), delivery.lastAttemptAt) ?? []));
      return ended.length;
    }
    case 'rebind':
      return rebindRows(client, rows, command.to, order);
  }
}

/** The outcome as a report to the sender tells it: the operator's own words stay inside. */
function givenUp(delivery: ClaimedDelivery, end: 'bounceWaiting' | 'expireWaiting'): DeliveryOutcome {
  const facts = { enhancedCode: end === 'bounceWaiting' ? '5.7.0' : '4.4.7', phase: 'queue' };
  const refusal = { category: 'operator', reason: END_REASON[end], facts } as const;
  return { delivery, outcome: end === 'bounceWaiting' ? { kind: 'bounced', addressDead: false, ...refusal } : { kind: 'expired', ...refusal } };
}
