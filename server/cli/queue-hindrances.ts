// What keeps ready mail waiting beside its own state: stops that its site has earned (limits/waiting.ts) and egress
// addresses that may send no more today. Rates only order what goes when; they stop nothing and are not told here.
import type { Config } from '../config.ts';
import { explainEgressWait } from '../delivery/egress/explain-egress.ts';
import { egressIdsOf } from '../delivery/egress/egress-snapshot.ts';
import { readSnapshot } from '../delivery/egress/egress.store.ts';
import type { Lane } from '../delivery/enqueue-types.ts';
import { loadShapingRules } from '../delivery/limits/shaping-file.ts';
import { limitsConnection, valkeyLimitStore } from '../delivery/limits/valkey-limit-store.ts';
import { waitReasons, type WaitReason } from '../delivery/limits/waiting.ts';
import type { Hindrance } from '../delivery/operations/why.ts';
import { selectStates } from '../delivery/reputation/reputation.store.ts';
import { slowdownFor } from '../delivery/reputation/slowdown.ts';
import type { Route } from '../delivery/route.ts';
import { suspensionMatch } from '../delivery/suspension-match.ts';
import type { Pool } from '../infra/db/pool.ts';
import { Refusal } from './refusal.ts';

export interface WaitingMail {
  tenantId: string;
  lane: string;
  domain: string;
  /** The header From's domain. */
  sender: string;
  /** Bound by an operator. */
  poolId: string | null;
}

export interface Hindrances {
  /** Those in force, and what only slows it; none without a route, which says its own reason when it is tried. */
  of(mail: WaitingMail, route: Route | null): Promise<{ hindrances: Hindrance[]; slowed: string | null }>;
  close(): void;
}

/** Of all reasons, those that keep everything back for a time. */
const STOPS: ReadonlySet<WaitReason['scope']> = new Set(['pause', 'suspension', 'breaker']);

export function queueHindrances(config: Config, pool: Pool): Hindrances {
  const redis = config.redisUrl === undefined ? null : limitsConnection(config.redisUrl);
  const limits = redis && { store: valkeyLimitStore(redis, 'eider-cli'), rules: loadShapingRules(config.home), suspensions: suspensionMatch([]) };

  async function ofLimits(mail: WaitingMail & { lane: Lane }, route: Route): Promise<WaitReason[]> {
    if (!limits) return [];
    const egressIds = egressIdsOf(await readSnapshot(pool), mail.tenantId, mail.lane, mail.poolId);
    try {
      const states = await selectStates(pool);
      return await waitReasons({ ...limits, speedOf: (subject) => slowdownFor(states, subject) }, { ...mail, route, egressIds });
    } catch (error) {
      throw new Refusal(`what the limits say cannot be read from Valkey (${(error as Error).message}): see eider status`);
    }
  }

  return {
    async of({ tenantId, domain, sender, poolId, lane: name }, route) {
      if (route === null || route.local) return { hindrances: [], slowed: null };
      const lane = name as Lane;
      const [reasons, egress] = await Promise.all([
        ofLimits({ tenantId, lane, domain, sender, poolId }, route),
        explainEgressWait(pool, { tenantId, lane, poolId, hosts: route.hosts }, new Date()),
      ]);
      const stops = reasons.filter(({ scope }) => STOPS.has(scope)).map(({ reason, until }) => ({ reason, until }));
      return { hindrances: egress ? [...stops, egress] : stops, slowed: reasons.find(({ scope }) => scope === 'reputation')?.reason ?? null };
    },
    close: () => redis?.disconnect(),
  };
}
