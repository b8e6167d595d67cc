// A delivery worker in the test's own process, on the fixture's queue, with routes to fake servers and short
// time-outs. The real one is server/workers/delivery.ts.
import { pino } from 'pino';
import type { DkimSigner } from '../../mail/dkim/sign-message.ts';
import { isConnectionFault } from '../../infra/db/faults.ts';
import type { DnsResolver } from '../../infra/dns/resolver.ts';
import type { ConversationLog } from '../conversation-log.ts';
import { contentSlots, DEFAULT_SLOTS } from '../content-slots.ts';
import type { ClaimedDelivery } from '../claim.store.ts';
import { deliver } from '../deliver.ts';
import type { DeliverDeps } from '../deliver-types.ts';
import type { DeliveryOutcome } from '../outcome.ts';
import { DEFAULT_DISPATCHER, type Dispatcher, type DispatcherSettings, groupJobs, startDispatcher } from '../dispatcher.ts';
import { defaultEgress } from '../egress/egress-address.ts';
import { type EgressChooser, fixedEgress } from '../egress/egress-chooser.ts';
import { hostBreakers } from '../limits/host-breakers.ts';
import { limiter } from '../limits/limiter.ts';
import type { LimiterDeps } from '../limits/limiter-types.ts';
import { type LimitStore, localLimitStore } from '../limits/limit-store.ts';
import { combineRules, parseRulesFile } from '../limits/shaping-rules.ts';
import { messageLoader } from '../message-loader.ts';
import { findRoute } from '../route.ts';
import { parseRoutes } from '../routes-setting.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { connectionPool, DEFAULT_POOL_LIMITS, type PoolLimits } from '../smtp/connection-pool.ts';
import { RFC_TIMEOUTS, type SmtpTimeouts } from '../smtp/timeouts.ts';
import type { QueueFixture } from './queue-fixture.ts';

export interface WorkerOptions {
  /** EIDER_ROUTES. */
  routes: string;
  timeouts?: Partial<SmtpTimeouts>;
  limits?: Partial<PoolLimits>;
  settings?: Partial<DispatcherSettings>;
  slots?: Partial<typeof DEFAULT_SLOTS>;
  signers?: DkimSigner[];
  conversations?: ConversationLog;
  /** Left out: the default egress. */
  egress?: EgressChooser;
  simulator?: Simulator;
  /** A file of rules; left out: nothing is limited. */
  shaping?: object;
  /** Where limits are kept (of this process). */
  limitStore?: LimitStore;
  /** What reputation leaves; left out: all. */
  speedOf?: LimiterDeps['speedOf'];
}

/** No test asks the real DNS. */
const NO_DNS: DnsResolver = {
  validating: false,
  mx: (domain) => Promise.reject(new Error(`MX of ${domain} asked in a test`)),
  addresses: (host) => Promise.reject(new Error(`address of ${host} asked in a test`)),
  txt: (name) => Promise.reject(new Error(`TXT of ${name} asked in a test`)),
  tlsa: (name) => Promise.reject(new Error(`TLSA of ${name} asked in a test`)),
};

export function deliverDeps(queue: QueueFixture, options: WorkerOptions): DeliverDeps {
  const smtp = { timeouts: { ...RFC_TIMEOUTS, ...options.timeouts } };
  const routeDeps = {
    dns: NO_DNS,
    routes: parseRoutes(options.routes),
    isHosted: () => Promise.resolve(false),
    ownMx: { host: '127.0.0.1', port: 1 },
    simulator: options.simulator ?? null,
    random: () => 0.5,
    tls: null,
  };
  const log = pino({ level: 'silent' });
  const breakers = hostBreakers({ now: Date.now, random: () => 0.5, onChange: () => undefined });
  const rules = options.shaping && combineRules(parseRulesFile(JSON.stringify(options.shaping)), {});
  const limits = rules ? limiter({ store: options.limitStore ?? localLimitStore(Date.now), rules, breakers, log, ...(options.speedOf && { speedOf: options.speedOf }) }) : null;
  return {
    smtp,
    limits,
    loader: messageLoader({ db: queue.pool, blobs: queue.blobs, signersFor: () => Promise.resolve(options.signers ?? []) }),
    connections: connectionPool(smtp, { ...DEFAULT_POOL_LIMITS, ...options.limits }, limits && breakers),
    conversations: options.conversations ?? null,
    tlsResults: null,
    slots: contentSlots({ ...DEFAULT_SLOTS, ...options.slots }),
    findRoute: (domain, security) => findRoute(routeDeps, domain, security),
    egress: options.egress ?? fixedEgress(() => defaultEgress('mail.eider.test')),
    simulator: options.simulator ?? null,
    random: () => 0.5,
  };
}

/** Attempts each message and domain of the claimed rows once, all at the same time. */
export async function deliverAll(deps: DeliverDeps, claimed: ClaimedDelivery[]): Promise<DeliveryOutcome[]> {
  const outcomes: DeliveryOutcome[] = [];
  await Promise.all(
    groupJobs(claimed).map((deliveries) =>
      deliver(deps, { queueId: deliveries[0]!.queueId, domain: deliveries[0]!.domain, deliveries, mayBegin: () => true, settle: (settled) => void outcomes.push(...settled) }),
    ),
  );
  return outcomes;
}

export function startWorker(queue: QueueFixture, options: WorkerOptions): Dispatcher {
  return startDispatcher(
    { pool: queue.pool, log: pino({ level: 'silent' }), host: 'mail.eider.test', deliver: deliverDeps(queue, options), journal: null },
    { ...DEFAULT_DISPATCHER, idleMs: 10, dueMs: 50, ...options.settings },
  );
}

/** Resolves when the database shows what is waited for; asks every 20 ms, also past connections that a test has cut. */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    try {
      const value = await ask();
      if (holds(value)) return value;
    } catch (error) {
      if (!isConnectionFault(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
