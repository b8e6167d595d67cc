// The life of a server process under the supervisor: ready, stop, faults at start. Owns the protocol with
// the parent; what runs is the caller's.
import { loadConfig } from '../../server/config.ts';
import { logger } from '../../server/infra/log/logger.ts';
import { serveMetrics } from '../../server/infra/metrics/metrics-socket.ts';

export interface RunningRole {
  /** Takes no new work, finishes or releases what it holds; within 10 seconds. */
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 9_500;

/** Starts, reports ready to the parent, and stops on SIGTERM, SIGINT or when the parent goes away. */
export function runRole(name: string, start: () => Promise<RunningRole>): void {
  const fail = (error: Error) => {
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exit(1);
  };
  start().then(async (role) => {
    const endMetrics = await serveMetrics(name, loadConfig().metricsFolder, logger(name));
    let stopping = false;
    const stop = () => {
      if (stopping) return;
      stopping = true;
      setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
      endMetrics();
      role.stop().then(() => process.exit(0), fail);
    };
    for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, stop);
    process.send?.({ type: 'ready' });
  }, fail);
}
