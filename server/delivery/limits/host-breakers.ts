// The breakers of this worker, one for each egress address and MX host. Not shared: each worker finds out for itself
// within a few connections, and a fault of one machine's network stops nobody else's mail.
import { type Breaker, breakerFailed, breakerProbing, type BreakerSettings, breakerVerdict, CLOSED, DEFAULT_BREAKER } from './breaker.ts';
import type { Wait } from './gate.ts';

export interface HostBreakers {
  /** Whether to dial the host now; a probe is then under way until its end is told. */
  mayDial(egressId: string, host: string): boolean;
  failed(egressId: string, host: string, reason: string): void;
  succeeded(egressId: string, host: string): void;
  /** Of a site: closed when one of its hosts may be dialled, probe when one single connection may be tried. */
  verdict(egressId: string, hosts: readonly string[]): { kind: 'closed' } | { kind: 'probe' } | { kind: 'open'; wait: Wait };
  /** Those open, for people and metrics. `until` in epoch milliseconds. */
  open(): OpenBreaker[];
}

export interface OpenBreaker {
  egressId: string;
  host: string;
  /** Connections that failed in a row. */
  failures: number;
  /** Epoch milliseconds: nobody dials before it; then one does, to see. */
  until: number;
  reason: string;
}

export interface HostBreakerDeps {
  /** Epoch milliseconds. */
  now(): number;
  random(): number;
  /** Told when one opens or closes, for the log. */
  onChange(change: { egressId: string; host: string; state: 'open' | 'closed'; until: number | null; reason: string }): void;
}

export function hostBreakers(deps: HostBreakerDeps, settings: BreakerSettings = DEFAULT_BREAKER): HostBreakers {
  // Only hosts with failures have an entry.
  const breakers = new Map<string, Breaker>();
  const keyOf = (egressId: string, host: string): string => `${egressId} ${host}`;
  const of = (egressId: string, host: string): Breaker => breakers.get(keyOf(egressId, host)) ?? CLOSED;
  return {
    mayDial(egressId, host) {
      const breaker = of(egressId, host);
      const { kind } = breakerVerdict(breaker, deps.now());
      if (kind === 'probe') breakers.set(keyOf(egressId, host), breakerProbing(breaker, deps.now(), settings));
      return kind !== 'open';
    },
    failed(egressId, host, reason) {
      const before = of(egressId, host);
      const after = breakerFailed(before, deps.now(), reason, settings, deps.random());
      breakers.set(keyOf(egressId, host), after);
      if (before.openUntil !== after.openUntil) deps.onChange({ egressId, host, state: 'open', until: after.openUntil, reason });
    },
    succeeded(egressId, host) {
      const before = breakers.get(keyOf(egressId, host));
      if (!before) return;
      breakers.delete(keyOf(egressId, host));
      if (before.openUntil !== null) deps.onChange({ egressId, host, state: 'closed', until: null, reason: '' });
    },
    verdict(egressId, hosts) {
      let until = Number.POSITIVE_INFINITY;
      let reason = '';
      let probe = false;
      for (const host of hosts) {
        const breaker = of(egressId, host);
        const verdict = breakerVerdict(breaker, deps.now());
        if (verdict.kind === 'closed') return verdict;
        if (verdict.kind === 'probe') probe = true;
        else if (verdict.until < until) {
          ({ until } = verdict);
          reason = `connections to ${host} fail: ${breaker.reason}`;
        }
      }
      if (hosts.length === 0) return { kind: 'closed' };
      return probe ? { kind: 'probe' } : { kind: 'open', wait: { scope: 'breaker', reason, until } };
    },
    open: () =>
      [...breakers].flatMap(([key, breaker]) => {
        if (breaker.openUntil === null) return [];
        const [egressId = '', host = ''] = key.split(' ');
        return [{ egressId, host, failures: breaker.failures, until: breaker.openUntil, reason: breaker.reason }];
      }),
  };
}
