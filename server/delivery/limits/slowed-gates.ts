// Gates of those that reputation slows: a tenant, one of its lanes or domains gets a share of what each site takes by rule.
// Owns which gate it is; what a gate lets through is limiter.ts.
import { domainOf } from '../../mail/address.ts';
import type { Lane } from '../enqueue-types.ts';
import type { Slowdown, SlowdownSubject } from '../reputation/slowdown.ts';
import type { Gate } from './gate.ts';
import type { GateKeeper } from './gate-keeper.ts';
import type { LimitedRoute, LimitedSender } from './limiter-types.ts';
import { type Rate, shareOf } from './rate.ts';
import { BUILT_IN_DEFAULT, matchSite, type ShapingRules, type SiteMatch } from './shaping-rules.ts';

export const FULL_SPEED: Slowdown = { factor: 1, reason: null };
/** What is to stop is suspended; until that is so, and after somebody has ended it, it goes as slowly as anything. */
const SLOWEST = 0.25;

/** A share of what a site takes; a site without a rate is not one for those that are to be slow. */
export const slowRate = (rules: ShapingRules, match: SiteMatch, factor: number): Rate =>
  shareOf(match.limits.rate ?? rules.default.rate ?? BUILT_IN_DEFAULT.rate!, Math.max(factor, SLOWEST));

export function slowedGates(keeper: Pick<GateKeeper, 'gate'>, deps: { readonly rules: ShapingRules }, speedOf: (subject: SlowdownSubject) => Slowdown) {
  function gateOf(who: string, title: string, { factor }: Slowdown, route: LimitedRoute, domain: string): Gate {
    const { rules } = deps;
    const match = matchSite(rules, route, domain);
    return keeper.gate(`slow|${who}|${match.key}`, title, 'reputation', slowRate(rules, match, factor));
  }
  return {
    /** Null: it is not slowed. */
    ofTenant(tenantId: string, lane: Lane, route: LimitedRoute, domain: string): Gate | null {
      const whole = speedOf({ tenantId });
      if (whole.factor < 1) return gateOf(tenantId, `the tenant, slowed by its reputation (${whole.reason}),`, whole, route, domain);
      const ofLane = speedOf({ tenantId, lane });
      return ofLane.factor < 1 ? gateOf(`${tenantId} ${lane}`, `the tenant's lane, slowed by its reputation (${ofLane.reason}),`, ofLane, route, domain) : null;
    },
    ofDomain({ tenantId, headerFrom, route, domain }: LimitedSender): Gate | null {
      const sender = domainOf(headerFrom).toLowerCase();
      const speed = speedOf({ tenantId, domain: sender });
      // A tenant that is slowed as a whole has been asked before.
      if (speed.factor >= 1 || speedOf({ tenantId }).factor <= speed.factor) return null;
      return gateOf(`${tenantId} ${sender}`, `the sending domain, slowed by its reputation (${speed.reason}),`, speed, route, domain);
    },
  };
}
