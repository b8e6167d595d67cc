// Limits in a worker: how many rows of a site may be claimed and when each may go. Slots are fetched ahead by
// gate-keeper.ts, so that a message waits for no round trip; site-connections.ts and site-replies.ts do the rest.
import { setTimeout as sleep } from 'node:timers/promises';
import { activeStop, type Gate, intervalOf, slotsInHand, takeSlot, type Wait } from './gate.ts';
import { gateKeeper, HORIZON_MS, TICK_MS } from './gate-keeper.ts';
import type { Limiter, LimiterDeps, SitePass } from './limiter-types.ts';
import { matchSite, type SiteMatch } from './shaping-rules.ts';
import { shareBreakers } from './share-breakers.ts';
import { siteConnections } from './site-connections.ts';
import { siteReplies } from './site-replies.ts';
import { FULL_SPEED, slowedGates, slowRate } from './slowed-gates.ts';
import { probeAccepted, probeSent } from './site-state.ts';

/** A claimed row waits so long for its slot rather than be given back. */
const MAX_ADMIT_MS = 2_500;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** Mail that stays here is nobody's burden. */
const LOCAL_PASS: SitePass = {
  key: 'local', connections: null, messagesPerConnection: null, acquire: () => Promise.resolve({ kind: 'granted', established: () => undefined, release: () => undefined }),
  stopped: () => null, replied: () => false, accepted: () => undefined, done: () => undefined,
};

export function limiter(deps: LimiterDeps): Limiter {
  const { breakers } = deps;
  const keeper = gateKeeper(deps);
  const { now, epoch, gate, sync, changeLater } = keeper;
  const connections = siteConnections(deps, keeper);
  const replied = siteReplies(deps, keeper, connections.learn);
  const endSharing = shareBreakers(deps);

  const speedOf = deps.speedOf ?? (() => FULL_SPEED);
  const slowed = slowedGates(keeper, deps, speedOf);
  const titleOf = (match: SiteMatch): string => (match.name === 'default' ? match.key : match.name);

  function siteGate(egressId: string, match: SiteMatch): Gate {
    const { factor } = speedOf({ egress: egressId });
    const rate = factor < 1 ? slowRate(deps.rules, match, factor) : match.limits.rate;
    return gate(`${egressId}|${match.key}`, titleOf(match), 'rate', rate);
  }
  function tenantGates(tenantId: string, site: string | null): Gate[] {
    const rule = deps.rules.tenants[tenantId] ?? deps.rules.tenants['*'];
    if (!rule) return [];
    const found: Gate[] = [];
    if (rule.rate) found.push(gate(`tenant|${tenantId}`, 'the tenant', 'tenant-rate', rule.rate));
    const atSite = site === null ? undefined : rule.sites?.[site];
    if (atSite?.rate) found.push(gate(`tenant|${tenantId}|${site}`, `the tenant at ${site}`, 'tenant-rate', atSite.rate));
    return found;
  }

  function waitOf(entry: Gate, until: number): Wait {
    const learnt = entry.state.perMinute !== null && 60_000 / entry.state.perMinute > (entry.pace?.intervalMs ?? 0);
    const why = learnt ? `, learnt from: ${entry.state.reason}` : '';
    return { scope: entry.scope, until, reason: `${entry.title} takes ${perMinuteText(intervalOf(entry))}${why}` };
  }
  function stopWait(entry: Gate): Wait | null {
    const stop = activeStop(entry, epoch());
    return stop && { scope: stop.kind === 'pause' ? 'pause' : 'suspension', until: stop.until, reason: `${entry.title}: ${stop.reason}` };
  }
  const closedWait = (entry: Gate): Wait | null => (entry.closedUntil > now() ? waitOf(entry, epoch(entry.closedUntil)) : null);
  const mayProbe = (entry: Gate): boolean => {
    const stop = activeStop(entry, epoch());
    return stop !== null && stop.probeAt !== null && stop.probeAt <= epoch() && !entry.probing && entry.expected === 0 && entry.outstanding === 0;
  };

  function rowsOf(entry: Gate): { rows: number; wait: Wait | null } {
    const at = now();
    if (!entry.synced) return { rows: 0, wait: null };
    const stop = stopWait(entry);
    if (stop) return mayProbe(entry) ? { rows: 1, wait: null } : { rows: 0, wait: stop };
    if (entry.closedUntil > at) return { rows: 0, wait: waitOf(entry, epoch(entry.closedUntil)) };
    if (entry.connectionsRefusedUntil > at && entry.openConnections === 0) {
      return { rows: 0, wait: { scope: 'connections', reason: `all connections that ${entry.title} may have are in use`, until: epoch(entry.connectionsRefusedUntil) } };
    }
    const interval = intervalOf(entry);
    if (interval === 0) return { rows: UNLIMITED, wait: null };
    // What waits for a connection would all go at once when one comes.
    const backlog = Math.max(20, (2 * HORIZON_MS) / interval) - entry.outstanding;
    const rows = Math.min(slotsInHand(entry, at) - entry.expected, Math.floor(backlog));
    return rows > 0 ? { rows, wait: null } : { rows: 0, wait: waitOf(entry, epoch(Math.max(at, entry.waitUntil))) };
  }

  async function takeFrom(entry: Gate, recipients: number, deadline: number): Promise<Wait | 'go' | 'probe'> {
    for (;;) {
      const at = now();
      if (!entry.synced) await sync([entry]);
      const stop = stopWait(entry);
      if (stop) {
        if (!mayProbe(entry)) return stop;
        entry.probing = true;
        changeLater(entry, (state, measured) => probeSent(state, measured.now));
        return 'probe';
      }
      if (intervalOf(entry) === 0 && entry.closedUntil <= at) return 'go';
      const slot = entry.closedUntil > at ? null : takeSlot(entry, at);
      if (slot !== null) {
        for (let more = 1; more < recipients; more++) takeSlot(entry, at);
        if (slot > at) await sleep(slot - at);
        // What was learnt meanwhile holds for this one too.
        const late = stopWait(entry);
        return late ?? 'go';
      }
      const next = Math.max(entry.closedUntil, entry.waitUntil, at + TICK_MS);
      if (next > deadline) return waitOf(entry, epoch(Math.max(next, deadline)));
      await sleep(next - at);
      await sync([entry]);
    }
  }

  function passOf(entry: Gate, match: SiteMatch, egressId: string, probing: boolean): SitePass {
    const { limits } = match;
    // Asked each time: the site may have said less since the attempt was admitted.
    const cap = (): number | null => (entry.state.connections === null ? limits.connections : Math.min(limits.connections ?? UNLIMITED, entry.state.connections));
    entry.outstanding++;
    return {
      key: `${egressId} ${match.key}`,
      get connections() {
        return cap();
      },
      messagesPerConnection: limits.messagesPerConnection,
      acquire: () => connections.acquire(entry, cap(), limits.connectionRate),
      stopped: () => (probing ? null : (stopWait(entry) ?? closedWait(entry))),
      replied: (reply, to) => replied(entry, match, reply, to),
      accepted(recipients) {
        entry.accepted += recipients;
        if (probing) changeLater(entry, (state, measured) => probeAccepted(state, measured.now));
      },
      done() {
        entry.outstanding--;
        if (probing) entry.probing = false;
      },
    };
  }

  return {
    budget(route, domain, egressIds) {
      if (route.local) return { rows: UNLIMITED, site: null, wait: null };
      const match = matchSite(deps.rules, route, domain);
      let rows = 0;
      let wait: Wait | null = null;
      for (const egressId of egressIds) {
        const entry = siteGate(egressId, match);
        const verdict = breakers.verdict(egressId, route.hosts);
        const own = verdict.kind === 'open' ? { rows: 0, wait: verdict.wait } : rowsOf(entry);
        rows += verdict.kind === 'probe' ? Math.min(own.rows, entry.outstanding + entry.expected === 0 ? 1 : 0) : own.rows;
        if (own.wait && (!wait || own.wait.until < wait.until)) ({ wait } = own);
      }
      return { rows, site: match.key, wait: rows > 0 ? null : wait };
    },
    tenantBudget(tenantId) {
      const [entry] = tenantGates(tenantId, null);
      return entry ? rowsOf(entry) : { rows: UNLIMITED, wait: null };
    },
    slowedRows(route, domain, tenantId, lane) {
      const entry = route.local ? null : slowed.ofTenant(tenantId, lane, route, domain);
      return entry ? rowsOf(entry).rows : UNLIMITED;
    },
    expect(route, domain, egressIds, { tenantId, lane }, rows) {
      if (route.local) return () => undefined;
      const match = matchSite(deps.rules, route, domain);
      const slow = slowed.ofTenant(tenantId, lane, route, domain);
      const expecting = [...egressIds.slice(0, 1).map((egressId) => siteGate(egressId, match)), ...tenantGates(tenantId, match.name), ...(slow ? [slow] : [])];
      for (const entry of expecting) entry.expected += rows;
      return () => {
        for (const entry of expecting.splice(0)) entry.expected -= rows;
      };
    },
    onOpen: keeper.onOpen,
    async admit({ route, domain, egressId, tenantId, lane, recipients }) {
      if (route.local) return { kind: 'go', pass: LOCAL_PASS };
      const match = matchSite(deps.rules, route, domain);
      const entry = siteGate(egressId, match);
      const slow = slowed.ofTenant(tenantId, lane, route, domain);
      const all = [...(slow ? [slow] : []), ...tenantGates(tenantId, match.name), entry];
      const deadline = now() + MAX_ADMIT_MS;
      let probing = false;
      for (const one of all) {
        const taken = await takeFrom(one, recipients, deadline);
        if (typeof taken === 'object') return { kind: 'wait', wait: taken };
        probing ||= taken === 'probe';
      }
      return { kind: 'go', pass: passOf(entry, match, egressId, probing) };
    },
    async admitSender(sender, recipients) {
      const slow = sender.route.local ? null : slowed.ofDomain(sender);
      const late = slow && (await takeFrom(slow, recipients, now() + MAX_ADMIT_MS));
      if (typeof late === 'object' && late !== null) return late;
      const address = sender.reversePath.toLowerCase();
      const rule = deps.rules.senders[address] ?? deps.rules.senders[address.slice(address.lastIndexOf('@'))] ?? deps.rules.senders['*'];
      if (!rule?.rate) return null;
      const taken = await takeFrom(gate(`sender|${address}`, 'the sender', 'sender-rate', rule.rate), recipients, now() + MAX_ADMIT_MS);
      return typeof taken === 'object' ? taken : null;
    },
    isOpen(egressId, route, domain) {
      if (route.local) return true;
      const found = keeper.find(`${egressId}|${matchSite(deps.rules, route, domain).key}`);
      return (!found || activeStop(found, epoch())?.kind !== 'suspended') && breakers.verdict(egressId, route.hosts).kind !== 'open';
    },
    gates: keeper.all,
    stop() {
      endSharing();
      return keeper.stop();
    },
  };
}

function perMinuteText(intervalMs: number): string {
  const perMinute = 60_000 / intervalMs;
  return perMinute >= 1 ? `${Math.round(perMinute)} messages a minute` : `a message every ${Math.round(intervalMs / 60_000)} minutes`;
}
