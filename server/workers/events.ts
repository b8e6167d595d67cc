// The events worker's process: reads what comes back about mail that went out, and keeps reputation by the event log.
// Any number of these may run.
import { loadConfig, required } from '../config.ts';
import { startConsumer } from '../delivery/events/consume-events.ts';
import { startReportLoop } from '../delivery/feedback/report-loop.ts';
import { installationTokenKeys } from '../delivery/feedback/token-keys.ts';
import { startReputationLoop } from '../delivery/reputation/reputation-loop.ts';
import { REPUTATION_CONSUMER } from '../delivery/reputation/reputation.store.ts';
import { findHostedDomain } from '../domains/find-hosted-domain.ts';
import { createPool } from '../infra/db/pool.ts';
import { logger } from '../infra/log/logger.ts';
import { runRole } from './role.ts';

await runRole('events', async () => {
  const config = loadConfig();
  const log = logger('events');
  const pool = createPool(required(config.databaseUrl, 'DATABASE_URL'), { max: 3, applicationName: 'eider-events' });
  await pool.query('SELECT 1');
  const isHosted = async (domain: string): Promise<boolean> => (await findHostedDomain(pool, domain)) !== null;
  const reports = startReportLoop({ pool, keys: installationTokenKeys(config), hostname: config.hostname, isHosted, log });
  const stopCounting = startConsumer({ pool, log }, REPUTATION_CONSUMER);
  const stopJudging = startReputationLoop({ pool, log });
  return async () => {
    await Promise.all([reports.stop(), stopCounting(), stopJudging()]);
    await pool.end();
  };
});
