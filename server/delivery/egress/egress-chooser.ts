// Chooses the egress of each message from a snapshot in memory, which is read again when its version has moved. Owns
// the snapshot and this worker's grants; the order of addresses is choose-egress.ts.
import { isIP } from 'node:net';
import type { Pool } from '../../infra/db/pool.ts';
import type { Logger } from '../../infra/log/logger.ts';
import type { Lane } from '../enqueue-types.ts';
import { type ProviderGroup, providerOf } from '../provider-group.ts';
import type { Route } from '../route.ts';
import { type Candidate, type CandidateQuestion, findCandidates, type Refused, usedUp, waitReason } from './choose-egress.ts';
import { defaultEgress, type EgressAddress } from './egress-address.ts';
import { type EgressSnapshot, poolChain, poolOf } from './egress-snapshot.ts';
import { grantStore, readEgressVersion, readSnapshot } from './egress.store.ts';
import { type WarmupGrants, warmupGrants } from './warmup-grants.ts';

/** What is asked of a route. */
export type EgressRoute = Pick<Route, 'key' | 'hosts' | 'local' | 'targets'>;

/** Recipients of one message at one site that look for an egress. */
export interface EgressRequest {
  tenantId: string;
  lane: Lane;
  /** Bound to a pool by an operator; null or absent: by what is assigned. */
  poolId?: string | null;
  queueId: string;
  route: EgressRoute;
  count: number;
  /** False for an address that the site wants nothing from now: others go first. */
  isOpen?(egressId: string): boolean;
}

export type EgressChoice =
  /** `count` of the recipients may begin from it; the others ask again. */
  | { kind: 'egress'; egress: EgressAddress; provider: ProviderGroup; count: number }
  /** None may now. */
  | { kind: 'wait'; reason: string; until: Date | null };

export interface EgressChooser {
  /** May wait for a statement when a warming address is to send. @throws what the database throws */
  choose(request: EgressRequest): Promise<EgressChoice>;
  /** What was chosen and not begun with. */
  giveBack(choice: EgressChoice & { kind: 'egress' }): void;
  /** Before a claim: how many recipients of a queue could go now (Infinity: no cap); 0 says why none. */
  room(tenantId: string, lane: Lane, route: EgressRoute): { count: number; reason: string | null };
  /** Addresses that a queue's mail may go out from now, the likeliest first. */
  candidateIds(tenantId: string, lane: Lane, route: EgressRoute): readonly string[];
  /** Ends the reading, and returns unused grants. */
  close(): Promise<void>;
}

/** Always the same: for installations and tests without addresses of their own. */
export function fixedEgress(egressOf: (request: EgressRequest) => EgressAddress): EgressChooser {
  return {
    choose: (request) => Promise.resolve({ kind: 'egress', egress: egressOf(request), provider: providerOf(request.route.hosts), count: request.count }),
    giveBack: () => undefined,
    room: () => ({ count: Number.POSITIVE_INFINITY, reason: null }),
    candidateIds: (tenantId, lane, route) => [egressOf({ tenantId, lane, route, queueId: '', count: 1 }).id],
    close: () => Promise.resolve(),
  };
}

const REFRESH_MS = 2_000;
const FAMILIES_FRESH_MS = 60_000;

/**
 * Reads the first snapshot, so that nothing goes out by a wrong address, and keeps it fresh.
 * @param hostname the installation's, for the egress of its own
 * @param secondOfDay for tests: what moment of the day caps are opened by
 */
export async function startEgressChooser(pool: Pool, log: Logger, hostname: string, refreshMs = REFRESH_MS, secondOfDay?: number): Promise<EgressChooser> {
  let snapshot: EgressSnapshot = await readSnapshot(pool);
  const timer = setInterval(() => void refresh(), refreshMs);
  timer.unref();
  let refreshing = false;
  async function refresh(): Promise<void> {
    if (refreshing) return;
    refreshing = true;
    try {
      if ((await readEgressVersion(pool)) !== snapshot.version) snapshot = await readSnapshot(pool);
    } catch (error) {
      log.warn({ err: error }, 'egress addresses could not be read again; those known serve on');
    } finally {
      refreshing = false;
    }
  }
  const chooser = egressChooser(() => snapshot, warmupGrants(grantStore(pool, secondOfDay)), hostname);
  return {
    ...chooser,
    async close() {
      clearInterval(timer);
      await chooser.close();
    },
  };
}

/** The chooser over a given snapshot. */
export function egressChooser(current: () => EgressSnapshot, grants: WarmupGrants, hostname: string, now: () => Date = () => new Date()): EgressChooser {
  const own = defaultEgress(hostname);
  const sites = rememberedFamilies();

  function questionOf(request: Omit<EgressRequest, 'queueId' | 'count'>, stickTo: string, families: ReadonlySet<number> | null): CandidateQuestion {
    return { tenantId: request.tenantId, lane: request.lane, poolId: request.poolId ?? null, provider: providerOf(request.route.hosts), stickTo, families, now: now() };
  }

  return {
    async choose(request) {
      const snapshot = current();
      const ownChoice: EgressChoice = { kind: 'egress', egress: own, provider: providerOf(request.route.hosts), count: request.count };
      if (request.route.local || (snapshot.assignments.size === 0 && !request.poolId)) return ownChoice;
      const families = usesIpv6(snapshot, request) ? await sites.familiesOf(request.route) : null;
      const question = questionOf(request, request.queueId, families);
      const found = findCandidates(snapshot, question);
      if (found.kind === 'own') return ownChoice;
      const { provider } = question;
      const refused: Refused[] = [];
      for (const candidate of openFirst(found.ordered, request.isOpen)) {
        const { egress } = candidate;
        if (candidate.capped === null) return { kind: 'egress', egress, provider, count: request.count };
        const count = await grants.take(candidate, provider, request.count);
        if (count > 0) return { kind: 'egress', egress, provider, count };
        refused.push(usedUp(candidate, provider, question.now));
      }
      return { kind: 'wait', ...waitReason(found.pool, [...refused, ...found.refused]) };
    },
    giveBack: ({ egress, provider, count }) => grants.giveBack(egress.id, provider, count),
    room(tenantId, lane, route) {
      const snapshot = current();
      const any = { count: Number.POSITIVE_INFINITY, reason: null };
      if (route.local || snapshot.assignments.size === 0) return any;
      const question = questionOf({ tenantId, lane, route }, '', sites.known(route));
      const found = findCandidates(snapshot, question);
      if (found.kind === 'own' || found.ordered.some((candidate) => candidate.capped === null)) return any;
      const count = found.ordered.reduce((sum, candidate) => sum + grants.room(candidate, question.provider), 0);
      if (count > 0) return { count, reason: null };
      const refused = [...found.ordered.map((candidate) => usedUp(candidate, question.provider, question.now)), ...found.refused];
      return { count: 0, reason: waitReason(found.pool, refused).reason };
    },
    candidateIds(tenantId, lane, route) {
      const snapshot = current();
      if (route.local || snapshot.assignments.size === 0) return [own.id];
      const found = findCandidates(snapshot, questionOf({ tenantId, lane, route }, '', sites.known(route)));
      return found.kind === 'own' ? [own.id] : found.ordered.map(({ egress }) => egress.id);
    },
    close: () => grants.close(),
  };
}

/** In their order, those that the site wants nothing from last. */
function openFirst(ordered: readonly Candidate[], isOpen: EgressRequest['isOpen']): readonly Candidate[] {
  if (!isOpen) return ordered;
  return [...ordered.filter(({ egress }) => isOpen(egress.id)), ...ordered.filter(({ egress }) => !isOpen(egress.id))];
}

function usesIpv6(snapshot: EgressSnapshot, { tenantId, lane, poolId }: EgressRequest): boolean {
  const pool = poolOf(snapshot, tenantId, lane, poolId);
  return pool !== null && poolChain(snapshot, pool, tenantId).some(({ members }) => members.some(({ address }) => address.sourceAddress?.includes(':')));
}

interface RememberedFamilies {
  /** 4, 6 or both; null: not to be said. */
  familiesOf(route: EgressRoute): Promise<ReadonlySet<number> | null>;
  /** What was found last, without asking. */
  known(route: EgressRoute): ReadonlySet<number> | null;
}

/** Address families that sites can be reached by; asked of the DNS only where a pool has IPv6, and kept for a minute. */
function rememberedFamilies(): RememberedFamilies {
  const entries = new Map<string, { families: ReadonlySet<number> | null; until: number }>();
  return {
    async familiesOf(route) {
      const entry = entries.get(route.key);
      if (entry && entry.until > performance.now()) return entry.families;
      const found = await route.targets();
      // A fault will be told by the connection; a name is resolved by the system.
      const unsaid = found.kind !== 'targets' || found.targets.some((target) => isIP(target.address) === 0);
      const families = unsaid ? null : new Set(found.targets.map((target) => isIP(target.address)));
      if (entries.size > 10_000) entries.clear();
      entries.set(route.key, { families, until: performance.now() + FAMILIES_FRESH_MS });
      return families;
    },
    known: (route) => entries.get(route.key)?.families ?? null,
  };
}
