// Connections to a site under its caps: asking for one more, giving it back, and learning how many the site takes.
import type { Gate } from './gate.ts';
import type { GateKeeper } from './gate-keeper.ts';
import type { LimiterDeps, SitePass } from './limiter-types.ts';
import { paceOf, type Rate } from './rate.ts';
import { objectToConnections } from './site-state.ts';

/** The other side may see a connection's end later than we do. */
const RELEASE_AFTER_MS = 250;
const CONNECTION_CHECK_MS = 1_000;
const UNCOUNTED = { kind: 'granted', total: 0 } as const;

export function siteConnections({ store, log }: Pick<LimiterDeps, 'store' | 'log'>, keeper: GateKeeper) {
  const { now, epoch } = keeper;

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
        }, keeper.stopped ? 0 : RELEASE_AFTER_MS);
      },
    };
  }

  /** Others are still being answered: those that are let in within a moment count as what it takes. */
  function learn(entry: Gate, said: string): void {
    if (entry.connectionCheckUntil > now()) return;
    entry.connectionCheckUntil = now() + CONNECTION_CHECK_MS;
    entry.mostEstablished = entry.established;
    setTimeout(() => {
      const open = entry.mostEstablished + entry.othersConnections;
      log.info({ limit: entry.key, reply: said, connections: open }, 'a site wants fewer connections');
      keeper.changeLater(entry, (state, measured) => objectToConnections(state, measured.now, open, said));
    }, CONNECTION_CHECK_MS - 50).unref();
  }

  return { acquire, learn };
}
