// Why a delivery that is ready does not go, and until when: operators' suspensions, what the site's limits say, and the
// tenant's. For `eider queue why` and the queue view; workers decide by limiter.ts. Reads only.
import type { Lane } from '../enqueue-types.ts';
import type { SuspensionMatch } from '../suspension-match.ts';
import type { Wait } from './gate.ts';
import type { LimitedRoute } from './limiter-types.ts';
import type { LimitStore } from './limit-store.ts';
import { matchSite, type ShapingRules } from './shaping-rules.ts';

export interface WaitReason {
  scope: Wait['scope'] | 'operator';
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
  /** Addresses that it may go out from. */
  egressIds: readonly string[];
}

/**
 * Everything that keeps such a delivery back now, the strongest first; empty: nothing, it is next.
 * Breakers are each worker's own and are not seen from here: the row's last reason tells of them.
 */
export async function waitReasons(deps: { store: LimitStore; rules: ShapingRules; suspensions: SuspensionMatch }, delivery: WaitingDelivery): Promise<WaitReason[]> {
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
  const slowed = states.find((state) => state.perMinute !== null);
  if (slowed) reasons.push({ scope: 'rate', reason: `${title} takes ${Math.round(slowed.perMinute!)} messages a minute, learnt since it said: ${slowed.reason}`, until: null });
  else if (match.limits.rate) reasons.push({ scope: 'rate', reason: `${title} gets ${match.limits.rate.count} messages in ${match.limits.rate.windowMs / 1000} s by rule`, until: null });
  const tenant = rules.tenants[tenantId] ?? rules.tenants['*'];
  if (tenant?.rate) reasons.push({ scope: 'tenant-rate', reason: `the tenant sends ${tenant.rate.count} messages in ${tenant.rate.windowMs / 1000} s by rule`, until: null });
  return reasons;
}
