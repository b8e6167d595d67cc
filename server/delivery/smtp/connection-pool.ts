// Sessions per site: opened on demand up to a cap, reused one message after another, closed when idle. Jobs of
// a site wait in order. A site that cannot be reached fails its waiting jobs together, and new ones for a while.
import type { SmtpReply } from '../../mail/smtp-reply.ts';
import type { Route, RouteFault } from '../route.ts';
import { connectSmtp, type SmtpClientSettings, type SmtpSession } from './connect.ts';
import { quitSession } from './transact.ts';

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
  | { kind: 'unreachable'; host: string; address: string; phase: string; reason: string }
  | { kind: 'refused'; host: string; address: string; phase: string; reply: SmtpReply }
  | { kind: 'route-fault'; fault: RouteFault }
  /** The pool was closed while the job waited. */
  | { kind: 'closing' };

export type PoolResult<T> = { kind: 'done'; value: T } | { kind: 'no-connection'; why: NoConnection };

export interface ConnectionPool {
  /**
   * Runs `work` on a session of the route's site. `work` leaves the session ready for another message, or destroys
   * it; it must not throw for what the other side does.
   * @param options.fresh insist on a new session: a reused one had just died
   */
  run<T>(route: Route, work: (session: SmtpSession) => Promise<T>, options?: { fresh?: boolean }): Promise<PoolResult<T>>;
  /** Sessions open and jobs waiting, by site. */
  stats(): { site: string; open: number; waiting: number }[];
  /** Turns waiting jobs away, closes what is idle, and each session as it comes free. */
  close(): Promise<void>;
}

interface Job {
  work(session: SmtpSession): Promise<unknown>;
  fresh: boolean;
  resolve(result: PoolResult<unknown>): void;
  reject(error: unknown): void;
}

interface Site {
  route: Route;
  waiting: Job[];
  idle: { session: SmtpSession; timer: NodeJS.Timeout }[];
  /** Sessions open or being opened. */
  open: number;
  opening: number;
  down: { until: number; why: NoConnection } | null;
}

export function connectionPool(settings: SmtpClientSettings, limits: PoolLimits): ConnectionPool {
  const sites = new Map<string, Site>();
  let closing = false;

  function pump(site: Site): void {
    while (site.waiting.length > 0) {
      const session = site.waiting[0]!.fresh ? null : takeIdle(site);
      if (session) {
        void serve(site, session, site.waiting.shift()!);
        continue;
      }
      // One opening per waiting job at most: those being opened will take the jobs at the head.
      if (site.opening >= site.waiting.length || site.open >= limits.connectionsPerSite) return;
      site.open++;
      site.opening++;
      void open(site);
    }
    if (site.open === 0) sites.delete(site.route.key);
  }

  async function open(site: Site): Promise<void> {
    const result = await connectAny(site.route, settings);
    site.opening--;
    if (result.kind === 'connected') {
      site.down = null;
      const job = site.waiting.shift();
      if (job) return serve(site, result.session, job);
      return putIdle(site, result.session);
    }
    site.open--;
    // Other sessions of the site work: it just takes no more of them. The jobs wait for those.
    if (site.open > site.opening) return;
    if (site.opening > 0) return pump(site);
    site.down = { until: performance.now() + limits.downMs, why: result };
    const failed = site.waiting.splice(0);
    for (const job of failed) job.resolve({ kind: 'no-connection', why: result });
  }

  async function serve(site: Site, session: SmtpSession, job: Job): Promise<void> {
    try {
      job.resolve({ kind: 'done', value: await job.work(session) });
    } catch (error) {
      session.dialogue.destroy();
      job.reject(error);
    }
    if (!session.dialogue.usable || session.messages >= limits.messagesPerConnection) {
      void drop(site, session);
      return pump(site);
    }
    const next = site.waiting[0]?.fresh ? undefined : site.waiting.shift();
    if (next) return serve(site, session, next);
    putIdle(site, session);
    pump(site);
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
    if (site.open === 0 && site.waiting.length === 0) sites.delete(site.route.key);
    await quitSession(session, settings);
  }

  return {
    run<T>(route: Route, work: (session: SmtpSession) => Promise<T>, options: { fresh?: boolean } = {}): Promise<PoolResult<T>> {
      if (closing) return Promise.resolve({ kind: 'no-connection', why: { kind: 'closing' } });
      let site = sites.get(route.key);
      if (!site) {
        site = { route, waiting: [], idle: [], open: 0, opening: 0, down: null };
        sites.set(route.key, site);
      }
      if (site.down && site.down.until > performance.now()) return Promise.resolve({ kind: 'no-connection', why: site.down.why });
      const target = site;
      return new Promise<PoolResult<T>>((resolve, reject) => {
        target.waiting.push({ work, fresh: options.fresh ?? false, resolve: resolve as Job['resolve'], reject });
        pump(target);
      });
    },
    stats: () => [...sites.values()].map((site) => ({ site: site.route.key, open: site.open, waiting: site.waiting.length })),
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

/** The first target that takes us, or why the last one that said anything did not. */
async function connectAny(route: Route, settings: SmtpClientSettings): Promise<{ kind: 'connected'; session: SmtpSession } | NoConnection> {
  const found = await route.targets();
  if (found.kind !== 'targets') return { kind: 'route-fault', fault: found };
  let worst: NoConnection | null = null;
  for (const target of found.targets) {
    const result = await connectSmtp(target, settings);
    if (result.kind === 'connected') return result;
    const where = { host: target.host, address: target.address };
    // A server's own words tell more than silence does, whichever came last.
    if (result.kind === 'refused') worst = { ...result, ...where };
    else if (worst?.kind !== 'refused') worst = { ...result, ...where };
  }
  return worst!;
}
