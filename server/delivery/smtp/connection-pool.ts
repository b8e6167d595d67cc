// Sessions per egress and site: opened on demand up to a cap, reused one message after another, closed when idle. Jobs of
// a site wait in order. A site that cannot be reached fails its waiting jobs together, and new ones for a while.
import type { EgressAddress } from '../egress/egress-address.ts';
import type { Wait } from '../limits/gate.ts';
import type { HostBreakers } from '../limits/host-breakers.ts';
import type { SitePass } from '../limits/limiter-types.ts';
import type { Route } from '../route.ts';
import type { SmtpClientSettings, SmtpSession } from './connect.ts';
import { connectAny, type ConnectFailure } from './connect-any.ts';
import { quitSession } from './transact.ts';

/** Where limits say nothing else. */
export interface PoolLimits {
  connectionsPerSite: number;
  messagesPerConnection: number;
  /** An unused session is kept this long. */
  idleMs: number;
  /** After every target of a site failed, its jobs fail at once for this long. */
  downMs: number;
}

export const DEFAULT_POOL_LIMITS: PoolLimits = { connectionsPerSite: 10, messagesPerConnection: 500, idleMs: 5_000, downMs: 10_000 };

/** No session could be had. */
export type NoConnection =
  | ConnectFailure
  /** The pool was closed while the job waited. */
  | { kind: 'closing' };

export type PoolResult<T> = { kind: 'done'; value: T } | { kind: 'no-connection'; why: NoConnection };

export interface ConnectionPool {
  /**
   * Runs `work` on a session of the route's site that goes out from `egress`. `work` leaves the session ready for another message, or destroys
   * it; it must not throw for what the other side does.
   * @param pass what limits say of the site's connections; null: nothing
   */
  run<T>(route: Route, egress: EgressAddress, pass: SitePass | null, work: (session: SmtpSession) => Promise<T>): Promise<PoolResult<T>>;
  /** Sessions open and jobs waiting, by egress and site. */
  stats(): { egress: string; site: string; open: number; waiting: number }[];
  /** Turns waiting jobs away, closes what is idle, and each session as it comes free. */
  close(): Promise<void>;
}

interface Job {
  work(session: SmtpSession): Promise<unknown>;
  resolve(result: PoolResult<unknown>): void;
  reject(error: unknown): void;
}

interface Site {
  key: string;
  route: Route;
  egress: EgressAddress;
  /** The newest: what was learnt since the older ones holds. */
  pass: SitePass | null;
  waiting: Job[];
  idle: { session: SmtpSession; timer: NodeJS.Timeout }[];
  /** Sessions open or being opened. */
  open: number;
  opening: number;
  down: { until: number; why: NoConnection } | null;
  /** With sessions open, no more are tried before this: the last try failed, so it takes no more of them. */
  fullUntil: number;
  /** Since when it has no session and is allowed none. */
  barredSince: number | null;
}

const LEARNT_MS = 1_500;
/** A site that refuses the only connection is tried again after this, or when its limits say. */
const REFUSED_MS = 5_000;
/** So long jobs wait for another site's or worker's connection to come free. */
const MAX_BARRED_MS = 3_000;

export function connectionPool(settings: SmtpClientSettings, limits: PoolLimits, breakers: HostBreakers | null = null): ConnectionPool {
  const sites = new Map<string, Site>();
  const permits = new WeakMap<SmtpSession, () => void>();
  let closing = false;

  function pump(site: Site): void {
    while (site.waiting.length > 0) {
      const session = takeIdle(site);
      if (session) {
        void serve(site, session, site.waiting.shift()!);
        continue;
      }
      // One opening per waiting job at most: those being opened will take the jobs at the head.
      if (site.opening >= site.waiting.length || site.open >= (site.pass?.connections ?? limits.connectionsPerSite)) return;
      if (site.open > 0 && site.fullUntil > performance.now()) return;
      site.open++;
      site.opening++;
      void open(site);
    }
  }

  async function open(site: Site): Promise<void> {
    const permit = await acquire(site);
    if (permit.kind === 'refused') {
      site.opening--;
      site.open--;
      return barred(site, permit);
    }
    site.barredSince = null;
    const result = await connectAny(site.route, site.egress, settings, breakers).catch((error: Error): NoConnection => ({ kind: 'unreachable', host: site.route.key, address: '', phase: 'internal', reason: error.message }));
    site.opening--;
    if (result.kind === 'connected') {
      permits.set(result.session, permit.release);
      permit.established();
      site.down = null;
      const job = site.waiting.shift();
      if (job) return serve(site, result.session, job);
      return putIdle(site, result.session);
    }
    permit.release();
    const slowed = result.kind === 'refused' && (site.pass?.replied(result.reply, { refusedConnection: true }) ?? false);
    site.open--;
    // Where limits learn how many it takes, that number holds instead.
    site.fullUntil = performance.now() + (site.pass?.connections ? Math.min(limits.downMs, LEARNT_MS) : limits.downMs);
    // Sessions that work, or that are still being opened, will take the waiting jobs.
    if (site.open > 0) return;
    if (slowed) {
      // One attempt was made, not one by each message that waits.
      site.waiting.shift()?.resolve({ kind: 'no-connection', why: result });
      turnAway(site, { kind: 'limited', wait: { scope: 'connections', reason: `${site.route.hosts[0]} takes no connection at the moment`, until: Date.now() + REFUSED_MS } });
      return forget(site);
    }
    site.down = { until: performance.now() + limits.downMs, why: result };
    turnAway(site, result);
    setTimeout(() => forget(site), limits.downMs + 1).unref();
  }

  function turnAway(site: Site, why: NoConnection): void {
    for (const job of site.waiting.splice(0)) job.resolve({ kind: 'no-connection', why });
  }

  async function acquire(site: Site): ReturnType<SitePass['acquire']> {
    try {
      return (await site.pass?.acquire()) ?? UNCOUNTED;
    } catch (error) {
      return { kind: 'refused', waitMs: 1_000, wait: { scope: 'connections', reason: `connections cannot be counted: ${(error as Error).message}`, until: Date.now() + 1_000 } };
    }
  }

  /** No further connection now: those that are open go on; with none, one may soon come free. */
  function barred(site: Site, refusal: { waitMs: number; wait: Wait }): void {
    const now = performance.now();
    site.fullUntil = now + refusal.waitMs;
    if (site.open > 0) return;
    site.barredSince ??= now;
    if (closing || now - site.barredSince + refusal.waitMs > MAX_BARRED_MS) {
      site.barredSince = null;
      turnAway(site, { kind: 'limited', wait: refusal.wait });
      return forget(site);
    }
    // Idle sessions of other domains at the same provider count as well.
    const idler = [...sites.values()].find((other) => other !== site && other.pass?.key === site.pass?.key && other.idle.length > 0);
    const entry = idler?.idle.shift();
    if (idler && entry) {
      clearTimeout(entry.timer);
      void drop(idler, entry.session);
    }
    setTimeout(() => pump(site), refusal.waitMs);
  }

  function forget(site: Site): void {
    if (site.open === 0 && site.waiting.length === 0) sites.delete(site.key);
  }

  async function serve(site: Site, session: SmtpSession, first: Job): Promise<void> {
    for (let job: Job | undefined = first; job; job = site.waiting.shift()) {
      try {
        job.resolve({ kind: 'done', value: await job.work(session) });
      } catch (error) {
        session.dialogue.destroy();
        job.reject(error);
      }
      if (!session.dialogue.usable || session.messages >= (site.pass?.messagesPerConnection ?? limits.messagesPerConnection)) {
        void drop(site, session);
        return pump(site);
      }
    }
    putIdle(site, session);
  }

  function putIdle(site: Site, session: SmtpSession): void {
    if (closing) return void drop(site, session);
    const entry = {
      session,
      timer: setTimeout(() => {
        site.idle.splice(site.idle.indexOf(entry), 1);
        void drop(site, session);
      }, limits.idleMs),
    };
    site.idle.push(entry);
  }

  function takeIdle(site: Site): SmtpSession | null {
    for (let entry = site.idle.pop(); entry; entry = site.idle.pop()) {
      clearTimeout(entry.timer);
      if (entry.session.dialogue.usable) return entry.session;
      void drop(site, entry.session);
    }
    return null;
  }

  async function drop(site: Site, session: SmtpSession): Promise<void> {
    site.open--;
    forget(site);
    await quitSession(session, settings);
    permits.get(session)?.();
  }

  return {
    run<T>(route: Route, egress: EgressAddress, pass: SitePass | null, work: (session: SmtpSession) => Promise<T>): Promise<PoolResult<T>> {
      if (closing) return Promise.resolve({ kind: 'no-connection', why: { kind: 'closing' } });
      const key = `${egress.id} ${route.key}`;
      let site = sites.get(key);
      if (!site) {
        site = { key, route, egress, pass, waiting: [], idle: [], open: 0, opening: 0, down: null, fullUntil: 0, barredSince: null };
        sites.set(key, site);
      }
      if (site.down && site.down.until > performance.now()) return Promise.resolve({ kind: 'no-connection', why: site.down.why });
      site.pass = pass;
      const target = site;
      return new Promise<PoolResult<T>>((resolve, reject) => {
        target.waiting.push({ work, resolve: resolve as Job['resolve'], reject });
        pump(target);
      });
    },
    stats: () => [...sites.values()].map((site) => ({ egress: site.egress.id, site: site.route.key, open: site.open, waiting: site.waiting.length })),
    async close() {
      closing = true;
      for (const site of sites.values()) {
        for (const job of site.waiting.splice(0)) job.resolve({ kind: 'no-connection', why: { kind: 'closing' } });
      }
      const idle = [...sites.values()].flatMap((site) => site.idle.splice(0).map((entry) => ({ site, entry })));
      await Promise.all(
        idle.map(({ site, entry }) => {
          clearTimeout(entry.timer);
          return drop(site, entry.session);
        }),
      );
    },
  };
}

/** Where nobody counts connections. */
const UNCOUNTED = { kind: 'granted', established: () => undefined, release: () => undefined } as const;
