// Limits in a worker: how many rows of a site may be claimed, when each may go, what replies do to the pace, and which
// connections may be opened. Slots are fetched ahead in chunks, so that a message waits for no round trip.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../infra/log/logger.ts';
import { formatReply, type SmtpReply } from '../../mail/smtp-reply.ts';
import { activeStop, addSlots, type Gate, intervalOf, newGate, slotsInHand, takeSlot, type Wait } from './gate.ts';
import type { HostBreakers } from './host-breakers.ts';
import type { LimitStore } from './limit-store.ts';
import { paceOf, type Rate } from './rate.ts';
import { paceAction } from './reply-action.ts';
import { matchSite, type ShapingRules, type SiteMatch } from './shaping-rules.ts';
import { ease, objectToConnections, objectToRate, pauseBriefly, probeAccepted, probeSent, type SiteState, suspend } from './site-state.ts';

export interface LimiterDeps {
  store: LimitStore;
  rules: ShapingRules;
  breakers: HostBreakers;
  log: Logger;
}

/** What a route tells of itself. */
export interface LimitedRoute {
  /** The other side: domains with the same MX hosts are one. */
  site: string;
  hosts: readonly string[];
  local: boolean;
}

export interface Limiter {
  /**
   * How many rows may be claimed now that would go to `route` from one of the egress addresses; 0 comes with what they wait for.
   * @param site the key under which rows of several domains count together; null: no limit can apply
   */
  budget(route: LimitedRoute, domain: string, egressIds: readonly string[]): { rows: number; site: string | null; wait: Wait | null };
  tenantBudget(tenantId: string): { rows: number; wait: Wait | null };
  /** Rows were claimed on the account of the budgets. @returns to be called (once or more) when they ask to be admitted, or end without */
  expect(route: LimitedRoute, domain: string, egressIds: readonly string[], tenantId: string, rows: number): () => void;
  /** Calls back whenever something that waited may be claimed. */
  onOpen(listener: () => void): void;
  /** Waits, for a second or two at most, until the recipients may go; or tells that they may not now. */
  admit(request: AdmitRequest): Promise<Admission>;
  /** For senders with a limit of their own; null: go. */
  admitSender(sender: string, recipients: number): Promise<Wait | null>;
  /** Of the egress address: false while it is to be kept away from the site. */
  isOpen(egressId: string, route: LimitedRoute, domain: string): boolean;
  gates(): readonly Gate[];
  /** Returns what is unused. */
  stop(): Promise<void>;
}

export interface AdmitRequest {
  route: LimitedRoute;
  domain: string;
  egressId: string;
  tenantId: string;
  recipients: number;
}

export type Admission = { kind: 'go'; pass: SitePass } | { kind: 'wait'; wait: Wait };

/** One admitted attempt; also what the pool asks for connections. */
export interface SitePass {
  /** Names the pool of connections. */
  key: string;
  readonly connections: number | null;
  messagesPerConnection: number | null;
  /** May one more connection be opened? Released when it is surely closed. */
  acquire(): Promise<{ kind: 'granted'; established(): void; release(): void } | { kind: 'refused'; waitMs: number; wait: Wait }>;
  /** Not null: the site has objected since this attempt was admitted, and it must not begin. */
  stopped(): Wait | null;
  /**
   * What the site said: `refusedConnection` to the connection itself; `mayBeClosing`: 421 on a kept session.
   * @returns whether it changes the pace
   */
  replied(reply: SmtpReply, to: { refusedConnection?: boolean; mayBeClosing?: boolean }): boolean;
  accepted(recipients: number): void;
  /** Once, when the attempt is over. */
  done(): void;
}

const HORIZON_MS = 1_000;
/** A claimed row waits so long for its slot rather than be given back. */
const MAX_ADMIT_MS = 2_500;
const TICK_MS = 50;
const SYNC_MS = 1_000;
const EASE_MS = 5_000;
const FORGET_MS = 120_000;
const RENEW_MS = 4_000;
/** The other side may see a connection's end later than we do. */
const RELEASE_AFTER_MS = 250;
const CONNECTION_CHECK_MS = 1_000;
const CLOSED_MS = 2_000;
const UNCOUNTED = { kind: 'granted', total: 0 } as const;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

export function limiter(deps: LimiterDeps): Limiter {
  const { store, rules, breakers, log } = deps;
  const gates = new Map<string, Gate>();
  /** Epoch time by the store's clock, less performance.now(). */
  let clockOffset = Date.now() - performance.now();
  let stopped = false;
  let opened: () => void = () => undefined;
  const now = (): number => performance.now();
  const epoch = (at = now()): number => at + clockOffset;

  function gate(key: string, title: string, scope: Gate['scope'], rate: Rate | null): Gate {
    let found = gates.get(key);
    if (!found) {
      found = newGate(key, title, scope, rate && paceOf(rate), now());
      gates.set(key, found);
      void sync([found]);
    }
    found.usedAt = now();
    return found;
  }
  const siteGate = (egressId: string, match: SiteMatch): Gate => gate(`${egressId}|${match.key}`, match.name === 'default' ? match.key : match.name, 'rate', match.limits.rate);
  function tenantGates(tenantId: string, site: string | null): Gate[] {
    const rule = rules.tenants[tenantId] ?? rules.tenants['*'];
    if (!rule) return [];
    const found: Gate[] = [];
    if (rule.rate) found.push(gate(`tenant|${tenantId}`, 'the tenant', 'tenant-rate', rule.rate));
    const atSite = site === null ? undefined : rule.sites?.[site];
    if (atSite?.rate) found.push(gate(`tenant|${tenantId}|${site}`, `the tenant at ${site}`, 'tenant-rate', atSite.rate));
    return found;
  }

  /** Fetches slots and news; all in one round trip. */
  async function sync(due: readonly Gate[]): Promise<void> {
    const at = now();
    const requests = due.map((entry) => {
      entry.syncedAt = at;
      const { accepted } = entry;
      entry.accepted = 0;
      const interval = intervalOf(entry);
      const chunk = interval === 0 ? 1 : Math.max(1, Math.ceil(HORIZON_MS / interval));
      const want = entry.waitUntil > at || at - entry.usedAt > SYNC_MS ? 0 : Math.max(0, chunk - slotsInHand(entry, at));
      return { key: entry.key, pace: entry.pace, want, horizonMs: HORIZON_MS, accepted };
    });
    try {
      const replies = await store.take(requests);
      const then = now();
      let isOpened = false;
      for (const [index, reply] of replies.entries()) {
        const entry = due[index]!;
        clockOffset = reply.now - then;
        entry.state = reply.state;
        if (intervalOf(entry) > 0) addSlots(entry, then, reply.firstInMs, reply.intervalMs, reply.slots);
        if (requests[index]!.want > 0 && reply.slots === 0) entry.waitUntil = then + reply.waitMs;
        isOpened ||= reply.slots > 0 || !entry.synced;
        entry.synced = true;
      }
      if (isOpened) opened();
    } catch (error) {
      log.warn({ err: error }, 'limits could not be read; trying again');
    }
  }

  async function change(entry: Gate, how: Parameters<LimitStore['change']>[1]): Promise<SiteState> {
    entry.state = await store.change(entry.key, how);
    return entry.state;
  }
  function changeLater(entry: Gate, how: Parameters<LimitStore['change']>[1]): void {
    change(entry, how).catch((error: unknown) => log.warn({ err: error, limit: entry.key }, 'a change of a limit was not stored'));
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
      acquire: () => acquire(entry, cap(), limits.connectionRate),
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

  async function acquire(entry: Gate, cap: number | null, rate: Rate | null): ReturnType<SitePass['acquire']> {
    const counted = cap !== null || rate !== null;
    const checking = entry.connectionCheckUntil - now();
    const reply =
      checking > 0 ? ({ kind: 'refused', waitMs: checking, why: 'cap' } as const) : counted ? await store.connect({ key: entry.key, cap, pace: rate && paceOf(rate) }) : UNCOUNTED;
    if (reply.kind === 'refused') {
      entry.connectionsRefusedUntil = now() + reply.waitMs;
      const reason = reply.why === 'cap' ? `the connections that ${entry.title} lets us have are all in use` : `${entry.title} takes ${rate!.count} new connections in ${rate!.windowMs / 1000} s`;
      return { kind: 'refused', waitMs: reply.waitMs, wait: { scope: 'connections', reason, until: epoch(now() + reply.waitMs) } };
    }
    entry.openConnections++;
    entry.othersConnections = Math.max(0, reply.total - entry.openConnections);
    let established = false;
    return {
      kind: 'granted',
      established() {
        established = true;
        entry.established++;
        entry.mostEstablished = Math.max(entry.mostEstablished, entry.established);
      },
      release() {
        if (established) entry.established--;
        setTimeout(() => {
          entry.openConnections--;
          if (counted) store.disconnect(entry.key).catch((error: unknown) => log.warn({ err: error, limit: entry.key }, 'a connection was not given back; its lease will end'));
        }, stopped ? 0 : RELEASE_AFTER_MS);
      },
    };
  }

  function replied(entry: Gate, match: SiteMatch, reply: SmtpReply, to: { refusedConnection?: boolean; mayBeClosing?: boolean }): boolean {
    const found = paceAction(rules, match.name, reply, to);
    if (!found) return false;
    const said = formatReply(reply).slice(0, 200);
    if (found.action === 'suspend' || found.action === 'other-address') {
      log.warn({ limit: entry.key, reply: said, minutes: found.forMs / 60_000 }, 'a site is left alone for a time');
      entry.closedUntil = now() + CLOSED_MS;
      changeLater(entry, (state, measured) => suspend(state, measured.now, found.forMs, said));
      return true;
    }
    if (!match.limits.adaptive) return false;
    if (found.action === 'slower') learnRate(entry, said);
    else if (entry.openConnections > 1) learnConnections(entry, said);
    else changeLater(entry, (state, measured) => pauseBriefly(state, measured.now, said));
    return true;
  }

  /** Others are still being answered: those that are let in within a moment count as what it takes. */
  function learnConnections(entry: Gate, said: string): void {
    if (entry.connectionCheckUntil > now()) return;
    entry.connectionCheckUntil = now() + CONNECTION_CHECK_MS;
    entry.mostEstablished = entry.established;
    setTimeout(() => {
      const open = entry.mostEstablished + entry.othersConnections;
      log.info({ limit: entry.key, reply: said, connections: open }, 'a site wants fewer connections');
      changeLater(entry, (state, measured) => objectToConnections(state, measured.now, open, said));
    }, CONNECTION_CHECK_MS - 50).unref();
  }

  /** Nothing more goes out until it is known what follows; one objection at a time. */
  function learnRate(entry: Gate, said: string): void {
    if (entry.closedUntil > now()) return;
    entry.closedUntil = now() + CLOSED_MS;
    void (async () => {
      try {
        await sync([entry]);
        const state = await change(entry, (known, measured) => objectToRate(known, measured, said));
        entry.runs = [];
        log.info({ limit: entry.key, reply: said, perMinute: state.perMinute, pauseMs: state.stop?.lengthMs }, 'a site wants less');
        entry.closedUntil = 0;
      } catch (error) {
        log.warn({ err: error, limit: entry.key }, 'a change of a limit was not stored');
      }
    })();
  }

  let renewAt = 0;
  const timer = setInterval(() => void tick(), TICK_MS);
  timer.unref();
  async function tick(): Promise<void> {
    const at = now();
    const due: Gate[] = [];
    for (const entry of gates.values()) {
      const idle = at - entry.usedAt > FORGET_MS && entry.outstanding === 0 && entry.openConnections === 0;
      if (idle && entry.accepted === 0) gates.delete(entry.key);
      const interval = intervalOf(entry);
      const low = interval > 0 && entry.waitUntil <= at && at - entry.usedAt < SYNC_MS && slotsInHand(entry, at) * interval < HORIZON_MS / 2 && !activeStop(entry, epoch());
      if (low || (at - entry.syncedAt > SYNC_MS && (at - entry.usedAt < 2 * SYNC_MS || entry.accepted > 0))) due.push(entry);
      const { state } = entry;
      if (at - entry.easedAt > EASE_MS && (state.perMinute !== null || state.connections !== null || state.stop !== null)) {
        entry.easedAt = at;
        const ceiling = entry.pace && 60_000 / entry.pace.intervalMs;
        changeLater(entry, (known, measured) => ease(known, measured, ceiling));
      }
    }
    if (due.length > 0) await sync(due);
    if (at > renewAt) {
      renewAt = at + RENEW_MS;
      const connected = [...gates.values()].filter((entry) => entry.openConnections > 0).map((entry) => entry.key);
      await store.renew(connected).catch((error: unknown) => log.warn({ err: error }, 'leases of connections were not renewed'));
    }
  }

  const LOCAL_PASS: SitePass = {
    key: 'local', connections: null, messagesPerConnection: null, acquire: () => Promise.resolve({ kind: 'granted', established: () => undefined, release: () => undefined }),
    stopped: () => null, replied: () => false, accepted: () => undefined, done: () => undefined,
  };

  return {
    budget(route, domain, egressIds) {
      if (route.local) return { rows: UNLIMITED, site: null, wait: null };
      const match = matchSite(rules, route, domain);
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
    expect(route, domain, egressIds, tenantId, rows) {
      if (route.local) return () => undefined;
      const match = matchSite(rules, route, domain);
      const expecting = [...egressIds.slice(0, 1).map((egressId) => siteGate(egressId, match)), ...tenantGates(tenantId, match.name)];
      for (const entry of expecting) entry.expected += rows;
      return () => {
        for (const entry of expecting.splice(0)) entry.expected -= rows;
      };
    },
    onOpen(listener) {
      opened = listener;
    },
    async admit({ route, domain, egressId, tenantId, recipients }) {
      if (route.local) return { kind: 'go', pass: LOCAL_PASS };
      const match = matchSite(rules, route, domain);
      const entry = siteGate(egressId, match);
      const all = [...tenantGates(tenantId, match.name), entry];
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
      const address = sender.toLowerCase();
      const rule = rules.senders[address] ?? rules.senders[address.slice(address.lastIndexOf('@'))] ?? rules.senders['*'];
      if (!rule?.rate) return null;
      const taken = await takeFrom(gate(`sender|${address}`, 'the sender', 'sender-rate', rule.rate), recipients, now() + MAX_ADMIT_MS);
      return typeof taken === 'object' ? taken : null;
    },
    isOpen(egressId, route, domain) {
      if (route.local) return true;
      const found = gates.get(`${egressId}|${matchSite(rules, route, domain).key}`);
      return (!found || activeStop(found, epoch())?.kind !== 'suspended') && breakers.verdict(egressId, route.hosts).kind !== 'open';
    },
    gates: () => [...gates.values()],
    async stop() {
      stopped = true;
      clearInterval(timer);
      const unused = [...gates.values()].map((entry) => ({ entry, slots: slotsInHand(entry, now()) })).filter(({ slots }) => slots > 0);
      await Promise.all(unused.map(({ entry, slots }) => store.giveBack(entry.key, slots, intervalOf(entry)))).catch((error: unknown) =>
        log.warn({ err: error }, 'unused slots were not given back'),
      );
    },
  };
}

function perMinuteText(intervalMs: number): string {
  const perMinute = 60_000 / intervalMs;
  return perMinute >= 1 ? `${Math.round(perMinute)} messages a minute` : `a message every ${Math.round(intervalMs / 60_000)} minutes`;
}
