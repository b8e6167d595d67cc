// Why a delivery that is ready does not go, and until when: operators' suspensions, what the site's limits say, and the
// tenant's. For `eider queue why` and the queue view; workers decide by limiter.ts. Reads only.
import type { Lane } from '../enqueue-types.ts';
import { percent } from '../reputation/reputation-rules.ts';
import type { Slowdown, SlowdownSubject } from '../reputation/slowdown.ts';
import type { SuspensionMatch } from '../suspension-match.ts';
import type { Wait } from './gate.ts';
import type { OpenBreaker } from './host-breakers.ts';
import type { LimitedRoute } from './limiter-types.ts';
import type { LimitStore } from './limit-store.ts';
import { matchSite, type ShapingRules } from './shaping-rules.ts';
import { FULL_SPEED } from './slowed-gates.ts';

export interface WaitReason {
  scope: Wait['scope'];
  /** One sentence for people, without the time. */
  reason: string;
  /** Null: until somebody ends it, or, for a rate, until its turn comes. */
  until: Date | null;
}

export interface WaitingDelivery {
  tenantId: string;
  lane: Lane;
  /** Of the recipient, A-labels. */
  domain: string;
  /** Null: it could not be found. */
  route: LimitedRoute | null;
  /** The header From's domain. */
  sender: string;
  /** Addresses that it may go out from. */
  egressIds: readonly string[];
}

/**
 * Everything that keeps such a delivery back now, the strongest first; empty: nothing, it is next.
 * Breakers are each worker's own: one that has told of them is enough to name them.
 */
export async function waitReasons(deps: { store: LimitStore; rules: ShapingRules; suspensions: SuspensionMatch; speedOf?(subject: SlowdownSubject): Slowdown }, delivery: WaitingDelivery): Promise<WaitReason[]> {
  const { rules, store } = deps;
  const { tenantId, route, domain } = delivery;
  const reasons: WaitReason[] = [];
  const stopped = deps.suspensions.find({ ...delivery, hosts: route?.hosts ?? [] });
  if (stopped) reasons.push({ scope: 'operator', reason: `suspended by ${stopped.createdBy} (${stopped.scope} ${stopped.match}): ${stopped.reason}`, until: stopped.until });
  if (!route || route.local) return reasons;
  const match = matchSite(rules, route, domain);
  const title = match.name === 'default' ? match.key : match.name;
  const { now, states } = await store.read(delivery.egressIds.map((egressId) => `${egressId}|${match.key}`));
  // With several addresses, one that is free is enough.
  const stops = states.map((state) => (state.stop && state.stop.until > now ? state.stop : null));
  const soonest = stops.every((stop) => stop !== null) ? [...stops].sort((a, b) => a.until - b.until)[0] : undefined;
  if (soonest) reasons.push({ scope: soonest.kind === 'pause' ? 'pause' : 'suspension', reason: `${title} is left alone since it said: ${soonest.reason}`, until: new Date(soonest.until) });
  const broken = brokenSite(await store.listBreakers(), delivery.egressIds, route.hosts);
  if (broken) reasons.push({ scope: 'breaker', reason: `connections to ${broken.host} fail (${broken.reason}); one is tried now and then`, until: new Date(Math.max(broken.until, now)) });
  const slowed = states.find((state) => state.perMinute !== null);
  if (slowed) reasons.push({ scope: 'rate', reason: `${title} takes ${Math.round(slowed.perMinute!)} messages a minute, learnt since it said: ${slowed.reason}`, until: null });
  else if (match.limits.rate) reasons.push({ scope: 'rate', reason: `${title} gets ${match.limits.rate.count} messages in ${match.limits.rate.windowMs / 1000} s by rule`, until: null });
  const slow = slowest(delivery, deps.speedOf ?? (() => FULL_SPEED));
  if (slow.reason !== null) reasons.push({ scope: 'reputation', reason: `reputation leaves ${percent(Math.max(0.25, slow.factor))} of the usual speed (${slow.reason})`, until: null });
  const tenant = rules.tenants[tenantId] ?? rules.tenants['*'];
  if (tenant?.rate) reasons.push({ scope: 'tenant-rate', reason: `the tenant sends ${tenant.rate.count} messages in ${tenant.rate.windowMs / 1000} s by rule`, until: null });
  return reasons;
}

/** Of tenant, lane and sending domain; of the addresses, only where all of them are slow. */
function slowest({ tenantId, lane, sender, egressIds }: WaitingDelivery, speedOf: (subject: SlowdownSubject) => Slowdown): Slowdown {
  const own = speedOf({ tenantId, lane, domain: sender });
  const addresses = egressIds.map((egress) => speedOf({ egress }));
  const best = addresses.sort((a, b) => b.factor - a.factor)[0] ?? FULL_SPEED;
  return best.factor < own.factor ? best : own;
}

/** Not null where no host of the site can be reached from any of the addresses: the one that is tried next. */
function brokenSite(open: readonly OpenBreaker[], egressIds: readonly string[], hosts: readonly string[]): OpenBreaker | null {
  const of = (egressId: string, host: string) => open.find((breaker) => breaker.egressId === egressId && breaker.host === host);
  const all = egressIds.flatMap((egressId) => hosts.map((host) => of(egressId, host)));
  if (all.length === 0 || all.some((breaker) => breaker === undefined)) return null;
  return all.reduce((next, breaker) => (breaker!.until < next!.until ? breaker : next))!;
}
