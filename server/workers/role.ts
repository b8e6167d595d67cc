// What every worker process owes its supervisor: ready message, one clear line when it cannot start, a clean
// stop on SIGTERM, SIGINT or when the parent is gone.
import { loadConfig } from '../config.ts';
import { logger } from '../infra/log/logger.ts';
import { serveMetrics } from '../infra/metrics/metrics-socket.ts';

/** A stop that takes longer is cut short; the supervisor would kill it anyway. */
const STOP_MS = 9_500;

/**
 * Starts a role and keeps the process until it is told to stop.
 * @param start brings everything up and gives the function that takes it down
 */
export async function runRole(name: string, start: () => Promise<() => Promise<void>>): Promise<void> {
  const log = logger(name);
  let stop: () => Promise<void>;
  let endMetrics: () => void;
  try {
    stop = await start();
    endMetrics = await serveMetrics(name, loadConfig().metricsFolder, log);
  } catch (error) {
    process.stderr.write(`${name}: cannot start: ${(error as Error).message}\n`);
    process.exit(1);
  }
  let stopping = false;
  const end = (why: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    endMetrics();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  process.on('disconnect', () => end('supervisor gone'));
  process.send?.({ type: 'ready' });
  log.info('ready');
}
