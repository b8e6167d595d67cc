// Process entry of the indexer: follows the mail store into the mailbox index. Any number of them may run.
import { loadConfig, required } from '../config.ts';
import { systemClock } from '../infra/clock/clock.ts';
import { createPool } from '../infra/db/pool.ts';
import { logger } from '../infra/log/logger.ts';
import { listenForChanges } from '../infra/wildduck/change-signal.ts';
import { openWildduckStore } from '../infra/wildduck/store.ts';
import { Indexer } from '../mailbox/indexer.ts';

const STOP_LIMIT_MS = 9_500;
const log = logger('indexer');

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const pool = createPool(required(config.databaseUrl, 'DATABASE_URL'), { max: 6, applicationName: 'eider-indexer', statementTimeoutMs: 120_000 });
  const store = await openWildduckStore(required(config.mongoUrl, 'MONGO_URL'));
  const indexer = new Indexer({ pool, store, clock: systemClock, log });
  const signal = listenForChanges(
    required(config.redisUrl, 'REDIS_URL'),
    (userId) => indexer.userChanged(userId),
    (error) => log.warn({ err: error.message }, 'change signal interrupted; polling goes on'),
  );
  let stopping = false;
  const stop = async (reason: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    await signal.close();
    await indexer.stop();
    await Promise.all([store.close(), pool.end()]);
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('disconnect', () => void stop('the supervisor has gone'));
  indexer.start();
  log.info('ready');
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(`indexer: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
