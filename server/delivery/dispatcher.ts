// A delivery worker's loop: claim what is due, fairly and within bounds, deliver it, record outcomes, keep the
// leases alive, and stop without losing or delaying anything. Owns the bounds; each step is a module of its own.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionFault } from '../infra/db/faults.ts';
import type { Pool } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';
import { planClaims, type QueueLimits } from './claim-plan.ts';
import { claimDeliveries, type ClaimedDelivery, type ReadyQueue, selectBoundQueues, selectReadyQueues } from './claim.store.ts';
import { deliver, internalFault } from './deliver.ts';
import { type DeliverDeps, type DeliveryJob, NotBegun } from './deliver-types.ts';
import type { Lane } from './enqueue-types.ts';
import { leaseBook } from './lease-book.ts';
import { leaseKeeper } from './lease-keeper.ts';
import { outcomeBatch } from './outcome-batch.ts';
import type { OutcomeJournal } from './outcome-journal.ts';
import { shareRoom } from './ready-share.ts';
import { siteBook } from './site-book.ts';
import { type SuspensionMatch, suspensionMatch } from './suspension-match.ts';
import { listSuspensions } from './suspension.store.ts';

export interface DispatcherSettings {
  /** Rows in hand at most, by lane: what marketing cannot take is there for transactional mail at any time. */
  maxHeld: Record<Lane, number>;
  /** Of the room that is left, one tenant's one domain may have this share: many slow sites only ever get near full. */
  queueShare: number;
  /** But so many rows at any rate. */
  minHeldPerQueue: number;
  leaseMs: number;
  /** Pause after a round that found nothing. */
  idleMs: number;
  /** Between looks for rows that time has made due. */
  dueMs: number;
  /** How long stop() waits for dialogues under way. */
  stopMs: number;
}

export const DEFAULT_DISPATCHER: DispatcherSettings = {
  maxHeld: { transactional: 2_000, marketing: 1_500 },
  queueShare: 0.25,
  minHeldPerQueue: 10,
  leaseMs: 60_000,
  idleMs: 100,
  dueMs: 1_000,
  stopMs: 7_000,
};

export interface DispatcherDeps {
  pool: Pool;
  log: Logger;
  host: string;
  deliver: DeliverDeps;
  /** Of this process; closed by stop() when nothing is left unstored. */
  journal: OutcomeJournal | null;
  /** Takes over what dead workers of this machine left in their journals; asked before leases are taken by time. */
  adoptLeft?(): Promise<void>;
}

export interface Dispatcher {
  /** Stops claiming, lets dialogues end (bounded), records their outcomes and gives the rest back. */
  stop(): Promise<void>;
}

const LANES: readonly Lane[] = ['transactional', 'marketing'];
const QUEUES_PER_TENANT = 200;
/** Of one queue's bound rows a second. */
const MAX_BOUND = 100;
/** Between looks at pages of queues of which one held nothing that may go. */
const PAGE_MS = 20;

export function startDispatcher(deps: DispatcherDeps, settings: DispatcherSettings): Dispatcher {
  const { pool, log } = deps;
  const leases = leaseBook(pool, log, settings.leaseMs);
  const held: Record<Lane, number> = { transactional: 0, marketing: 0 };
  const heldPerQueue = new Map<string, number>();
  const cursors: Record<Lane, Map<string, string>> = { transactional: new Map(), marketing: new Map() };
  const jobs = new Set<Promise<void>>();
  /** One after the other: should the worker end, it is known whose fault it was. */
  let suspects = Promise.resolve();
  let stopping = false;
  let suspended: SuspensionMatch | null = null;
  /** Read each second; claimed once. */
  let bound: Awaited<ReturnType<typeof selectBoundQueues>> = [];
  const idle = wakeable();
  const { limits } = deps.deliver;
  limits?.onOpen(() => idle.wake());
  const sites = siteBook((domain) => deps.deliver.findRoute(domain), () => idle.wake());

  const outcomes = outcomeBatch({
    pool,
    log,
    host: deps.host,
    journal: deps.journal,
    loader: deps.deliver.loader,
    onStored: (stored) => letGo(stored.map((entry) => entry.delivery)),
  });

  function count(deliveries: readonly ClaimedDelivery[], by: 1 | -1): void {
    for (const delivery of deliveries) {
      held[delivery.lane] += by;
      const key = queueKey(delivery);
      const rest = (heldPerQueue.get(key) ?? 0) + by;
      if (rest > 0) heldPerQueue.set(key, rest);
      else heldPerQueue.delete(key);
    }
  }
  function letGo(deliveries: readonly ClaimedDelivery[]): void {
    leases.remove(deliveries);
    count(deliveries, -1);
  }
  const keeper = leaseKeeper({ ...deps, leases, leaseMs: settings.leaseMs, onGivenBack: letGo });

  async function claimLane(lane: Lane): Promise<number> {
    const room = settings.maxHeld[lane] - held[lane];
    // A claim for a handful costs as much as one for a hundred.
    if (room < settings.maxHeld[lane] / 8) return 0;
    // Before the suspensions are known nothing is claimed: the worker may have been started because of one.
    if (!suspended || suspended.lane(lane)) return 0;
    const elsewhere = await claimBound(lane, room, suspended);
    if (elsewhere > 0) return elsewhere;
    const found = await selectReadyQueues(pool, lane, cursors[lane], QUEUES_PER_TENANT);
    advanceCursors(cursors[lane], found);
    const ready = found.filter((queue) => mayClaim(queue, lane, suspended!));
    const perQueue = Math.max(settings.minHeldPerQueue, Math.floor(room * settings.queueShare));
    const wanted = planClaims({
      queues: ready,
      room,
      spare: (queue) => Math.min(perQueue, egressRoom(queue, lane), slowedRows(queue, lane)) - (heldPerQueue.get(queueKey(queue)) ?? 0),
      limitsOf: (queue) => limitsOf(queue, lane),
      tenantRows: (tenantId) => limits?.tenantBudget(tenantId).rows ?? Number.POSITIVE_INFINITY,
      random: Math.random(),
    });
    return wanted.length === 0 ? 0 : claim(lane, wanted, false);
  }

  /** What operators have bound elsewhere: neither its site nor its egress addresses hold it up. */
  async function claimBound(lane: Lane, room: number, stops: SuspensionMatch): Promise<number> {
    const mayGo = bound.filter((queue) => queue.lane === lane && !stops.tenant(queue.tenantId) && !stops.tenantLane(queue.tenantId, lane) && !stops.domain(queue.domain));
    const rows = new Map<ReadyQueue, number>(mayGo.map((queue) => [queue, Math.min(queue.count, MAX_BOUND)]));
    const wanted = shareRoom(mayGo, room, (queue) => rows.get(queue)!);
    bound = bound.filter((queue) => queue.lane !== lane);
    return wanted.length === 0 ? 0 : claim(lane, wanted, true);
  }

  async function claim(lane: Lane, wanted: (ReadyQueue & { count: number })[], isBound: boolean): Promise<number> {
    const askedAt = performance.now();
    const leaseToken = randomUUID();
    deps.journal?.claiming(leaseToken);
    const claimed = await claimDeliveries(pool, { lane, wanted, leaseToken, leaseMs: settings.leaseMs, bound: isBound }).catch((error: unknown) => {
      keeper.claimFailed(leaseToken);
      throw error;
    });
    leases.add(claimed, askedAt);
    count(claimed, 1);
    for (const job of groupJobs(claimed)) begin(job);
    return claimed.length;
  }

  /** What is suspended waits where it is, untouched; what has an unknown site, until it is known. */
  function mayClaim(queue: ReadyQueue, lane: Lane, stops: SuspensionMatch): boolean {
    if (stops.tenant(queue.tenantId) || stops.tenantLane(queue.tenantId, lane) || stops.domain(queue.domain)) return false;
    const site = sites.of(queue.domain);
    return site.kind === 'none' || (site.kind === 'site' && !stops.hosts(site.route.hosts));
  }

  /** What no egress may send now (warm-up, pauses) waits where it is, too. */
  function egressRoom({ tenantId, domain }: ReadyQueue, lane: Lane): number {
    const site = sites.of(domain);
    return site.kind === 'site' ? deps.deliver.egress.room(tenantId, lane, site.route).count : Number.POSITIVE_INFINITY;
  }

  /** What reputation leaves of a tenant's speed. */
  function slowedRows({ tenantId, domain }: ReadyQueue, lane: Lane): number {
    const site = sites.of(domain);
    return limits && site.kind === 'site' ? limits.slowedRows(site.route, domain, tenantId, lane) : Number.POSITIVE_INFINITY;
  }

  /** What the site of a queue takes now. Those blocked stay untouched, however many they are. */
  function limitsOf({ tenantId, domain }: ReadyQueue, lane: Lane): QueueLimits {
    const site = sites.of(domain);
    if (!limits || site.kind !== 'site') return { site: null, siteRows: Number.POSITIVE_INFINITY };
    const budget = limits.budget(site.route, domain, deps.deliver.egress.candidateIds(tenantId, lane, site.route));
    return { site: budget.site, siteRows: budget.rows };
  }
  /** Counts a job on the account of its limits until it asks them, or ends without. */
  function expectIn(deliveries: readonly ClaimedDelivery[]): () => void {
    const { domain, tenantId, lane } = deliveries[0]!;
    const site = sites.of(domain);
    if (!limits || site.kind !== 'site') return () => undefined;
    return limits.expect(site.route, domain, deps.deliver.egress.candidateIds(tenantId, lane, site.route), { tenantId, lane }, deliveries.length);
  }

  function begin(deliveries: ClaimedDelivery[]): void {
    const arrived = expectIn(deliveries);
    const isSuspect = deliveries.some((delivery) => delivery.suspect);
    const attempted = isSuspect ? (suspects = suspects.then(() => runJob(deliveries, arrived))) : runJob(deliveries, arrived);
    const run = attempted.finally(() => {
      arrived();
      jobs.delete(run);
    });
    jobs.add(run);
  }

  async function runJob(deliveries: ClaimedDelivery[], arrived: () => void): Promise<void> {
    let begun = false;
    const open = new Set(deliveries);
    const job: DeliveryJob = {
      queueId: deliveries[0]!.queueId,
      domain: deliveries[0]!.domain,
      deliveries,
      arrived,
      mayBegin() {
        // While outcomes cannot be recorded, what is sent now would be sent again by whoever gets the lease next.
        if (stopping || outcomes.stalled || !leases.surelyHeld([...open])) return false;
        if (!begun) deps.journal?.begun([...open]);
        begun = true;
        return true;
      },
      senderStop: (tenantId, domain) => suspended?.sender(tenantId, domain) ?? null,
      settle(settled) {
        for (const { delivery } of settled) open.delete(delivery);
        outcomes.add(settled);
      },
    };
    try {
      await deliver(deps.deliver, job);
    } catch (error) {
      const rest = [...open];
      if (rest.length === 0) return log.error({ err: error, queueId: job.queueId, tenantId: deliveries[0]!.tenantId }, 'fault after the attempt had ended');
      // The database away while the message is loaded: nothing was said to anybody either.
      if (error instanceof NotBegun || isConnectionFault(error)) return keeper.abandon(rest);
      log.error({ err: error, queueId: job.queueId, tenantId: deliveries[0]!.tenantId }, 'attempt failed within this process');
      outcomes.add(internalFault(rest, error));
    }
  }

  async function claimLoop(): Promise<void> {
    while (!stopping) {
      try {
        let claimed = 0;
        if (outcomes.stalled) {
          await sleep(settings.idleMs);
          continue;
        }
        for (const lane of LANES) if (!stopping) claimed += await claimLane(lane);
        // Further pages of queues may hold what can go where this one could not.
        const more = LANES.some((lane) => cursors[lane].size > 0);
        if (claimed === 0) await idle.sleep(more ? PAGE_MS : settings.idleMs);
        // Lets the dialogues of this round start before the next statement is built.
        else await sleep(5);
      } catch (error) {
        log.warn({ err: error }, 'claiming failed; trying again');
        await sleep(1_000);
      }
    }
  }

  async function clockLoop(): Promise<void> {
    while (!stopping) {
      let more = false;
      try {
        suspended = suspensionMatch(await listSuspensions(pool));
        bound = await selectBoundQueues(pool);
        if (bound.length > 0) idle.wake();
        more = await keeper.tick();
      } catch (error) {
        log.warn({ err: error }, 'renewing leases or requeueing failed; trying again');
      }
      if (!more) await sleep(settings.dueMs);
    }
  }

  const loops = [claimLoop(), clockLoop()];

  return {
    async stop() {
      stopping = true;
      // Jobs that wait for a connection are turned away and given back; those that talk may finish.
      await deps.deliver.connections.close();
      const dialogues = (async () => {
        while (jobs.size > 0) await Promise.all(jobs);
      })();
      await Promise.race([dialogues, sleep(settings.stopMs, undefined, { ref: false })]);
      await Promise.race([
        Promise.all([outcomes.flushed(), keeper.giveBackAbandoned()]),
        sleep(settings.stopMs / 3, undefined, { ref: false }),
      ]);
      if (leases.size === 0) deps.journal?.close();
      else log.warn({ held: leases.size }, 'stopping with attempts under way; their leases will end');
      await Promise.race([Promise.all(loops), sleep(500, undefined, { ref: false })]);
    },
  };
}

/** A pause that something else can end; woken while nobody sleeps, the next sleep is none. */
function wakeable(): { sleep(ms: number): Promise<void>; wake(): void } {
  let woken = false;
  let end: (() => void) | null = null;
  return {
    async sleep(ms) {
      if (!woken) {
        await new Promise<void>((resolve) => {
          end = resolve;
          setTimeout(resolve, ms);
        });
      }
      end = null;
      woken = false;
    },
    wake() {
      woken = true;
      end?.();
    },
  };
}

const queueKey = (queue: ReadyQueue): string => `${queue.tenantId} ${queue.domain}`;

/** A tenant that filled its share goes on after its last domain next time; another starts again. */
function advanceCursors(cursors: Map<string, string>, ready: readonly ReadyQueue[]): void {
  cursors.clear();
  for (const [tenantId, queues] of Map.groupBy(ready, (queue) => queue.tenantId)) {
    if (queues.length >= QUEUES_PER_TENANT) cursors.set(tenantId, queues.at(-1)!.domain);
  }
}

/** As many recipients in one transaction as any server must take (RFC 5321 4.5.3.1.8). */
const MAX_RECIPIENTS_PER_TRANSACTION = 100;

/** Recipients of one message in one domain go together; in the marketing lane each alone, with a return path of its own. */
export function groupJobs(claimed: readonly ClaimedDelivery[]): ClaimedDelivery[][] {
  const groups = Map.groupBy(claimed, ({ lane, queueId, domain, recipientNo, poolId, routeTo }) =>
    `${queueId} ${domain} ${poolId ?? ''} ${routeTo ?? ''}${lane === 'marketing' ? ` ${recipientNo}` : ''}`);
  const jobs: ClaimedDelivery[][] = [];
  for (const group of groups.values()) {
    for (let at = 0; at < group.length; at += MAX_RECIPIENTS_PER_TRANSACTION) jobs.push(group.slice(at, at + MAX_RECIPIENTS_PER_TRANSACTION));
  }
  return jobs;
}
