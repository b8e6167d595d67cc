// The simulator within a delivery worker: a domain of its own, routed before everything else to servers on loopback.
// Owns their life, the ways that its recipients go, and the sending of what comes back, to our own MX.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../infra/log/logger.ts';
import type { BackoffPolicy } from '../backoff.ts';
import type { ClaimedDelivery } from '../claim.store.ts';
import type { Route, RouteFault } from '../route.ts';
import type { SmtpTarget } from '../smtp/connect.ts';
import { simulatedReport } from './simulator-reports.ts';
import { simulate } from './simulator-scripts.ts';
import { type AcceptedForReport, type SimulatorServer, startSimulatorServer } from './simulator-server.ts';

/** Some recipients of one message at the simulator, and the way they go. */
export interface SimulatedWay {
  deliveries: ClaimedDelivery[];
  way: { kind: 'route'; route: Route } | RouteFault | { kind: 'suppressed' };
}

export interface Simulator {
  /** A-labels, lower case. */
  domain: string;
  /** What most of its recipients go by; names the site. */
  route: Route;
  /** Recipients whose scripts differ before or after a connection are parted, so that one does not become another's fate. */
  waysOf(deliveries: readonly ClaimedDelivery[]): SimulatedWay[];
  close(): Promise<void>;
}

/** People wait for what they test: ten attempts are made within six minutes. */
export const SIMULATOR_BACKOFF: BackoffPolicy = { firstMs: 5_000, maxMs: 60_000, maxAttempts: 10 };

export interface SimulatorOptions {
  domain: string;
  log: Logger;
  backoff: BackoffPolicy;
  /** Hands a report to our own MX, to be accepted or refused for good. @throws when that did not answer */
  sendReport(to: string, content: Buffer): Promise<'accepted' | 'refused'>;
  /** Pauses before a report is sent, and sent again when the MX did not answer. */
  reportDelaysMs?: readonly number[];
}

const REPORT_DELAYS_MS = [1_000, 5_000, 30_000, 120_000];

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { domain, backoff } = options;
  const stop = new AbortController();
  const reports = new Set<Promise<void>>();
  const onAccepted = (accepted: AcceptedForReport): void => {
    // The null reverse-path: nobody is told (RFC 5321 4.5.5).
    if (accepted.reversePath === '') return;
    const sent = report(options, accepted, stop.signal).finally(() => reports.delete(sent));
    reports.add(sent);
  };
  const plain = await startSimulatorServer({ name: domain, brokenTls: false, onAccepted });
  const broken = await startSimulatorServer({ name: domain, brokenTls: true, onAccepted });
  const route = routeTo(domain, plain, backoff, false);
  const brokenRoute = routeTo(domain, broken, backoff, true);

  return {
    domain,
    route,
    waysOf(deliveries) {
      const groups = Map.groupBy(deliveries, (delivery) => wayKey(delivery));
      return [...groups].map(([key, group]) => ({ deliveries: group, way: wayOf(key, domain, route, brokenRoute) }));
    },
    async close() {
      stop.abort();
      await Promise.all([plain.close(), broken.close(), ...reports]);
    },
  };
}

/** Recipients with the same key share a transaction; a connection that is cut or slow takes along only its like. */
function wayKey({ recipient, attempts }: ClaimedDelivery): string {
  const step = simulate(recipient.slice(0, recipient.lastIndexOf('@')), attempts);
  if (step.kind === 'accept') return `accept ${step.delayMs ?? 0}`;
  if (step.kind === 'refuse') return step.reply;
  return step.kind;
}

function wayOf(key: string, domain: string, route: Route, brokenRoute: Route): SimulatedWay['way'] {
  if (key === 'suppressed') return { kind: 'suppressed' };
  if (key === 'dns-fault') return { kind: 'unknown', category: 'dns', reason: `The mail server of ${domain} could not be looked up: SERVFAIL (simulated)` };
  return { kind: 'route', route: key === 'tls-fault' ? brokenRoute : route };
}

function routeTo(domain: string, server: SimulatorServer, backoff: BackoffPolicy, brokenTls: boolean): Route {
  const site = `simulator ${domain}`;
  const level = brokenTls ? 'required' : 'none';
  const target: SmtpTarget = { host: domain, address: '127.0.0.1', port: server.port, tls: level, tlsPolicy: { level, source: brokenTls ? 'configured' : 'own' } };
  return {
    key: brokenTls ? `${site} tls` : site,
    site,
    hosts: [domain],
    local: true,
    backoff,
    tls: null,
    targets: () => Promise.resolve({ kind: 'targets', targets: [target] }),
  };
}

async function report(options: SimulatorOptions, accepted: AcceptedForReport, signal: AbortSignal): Promise<void> {
  for (const delayMs of options.reportDelaysMs ?? REPORT_DELAYS_MS) {
    try {
      await sleep(delayMs, undefined, { signal });
      const fate = await options.sendReport(accepted.reversePath, simulatedReport(accepted, options.domain, new Date()));
      if (fate === 'refused') options.log.warn({ report: accepted.report }, 'simulator: our MX refused a simulated report; is the return path hosted here?');
      return;
    } catch (error) {
      if (signal.aborted) return;
      options.log.warn({ err: error, report: accepted.report }, 'simulator: a simulated report could not be handed over; trying again');
    }
  }
}
