// Process entry of the MongoDB front for DocumentDB: settings, gateway, signals. Nothing else.
import { logger } from '../../server/infra/log/logger.ts';
import { Gateway } from './gateway.ts';
import { loadSettings } from './settings.ts';

const log = logger('gateway');

async function main(): Promise<void> {
  const gateway = new Gateway(loadSettings(process.env), log);
  let stopping = false;
  const stop = async (reason: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    await gateway.stop();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('disconnect', () => void stop('the supervisor has gone'));
  await gateway.start();
  log.info('ready');
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
