// The events worker's process: reads what comes back about mail that went out, keeps reputation by the event log, and
// tells browsers of new mail.
// Any number of these may run.
import { loadConfig, required, type Config } from '../config.ts';
import { startConsumer } from '../delivery/events/consume-events.ts';
import { startReportLoop } from '../delivery/feedback/report-loop.ts';
import { installationTokenKeys } from '../delivery/feedback/token-keys.ts';
import { startReputationLoop } from '../delivery/reputation/reputation-loop.ts';
import { REPUTATION_CONSUMER } from '../delivery/reputation/reputation.store.ts';
import { findHostedDomain } from '../domains/find-hosted-domain.ts';
import { secretBoxFromFile } from '../infra/crypto/secret-box.ts';
import { createPool } from '../infra/db/pool.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import { logger } from '../infra/log/logger.ts';
import { startNoticeLoop } from '../notices/notice-loop.ts';
import { vapidKeys } from '../notices/vapid.ts';
import { runRole } from './role.ts';

/** Whom a push service may turn to: it wants an https address or a mailbox. */
const contactOf = ({ publicUrl, hostname }: Config): string => (publicUrl.startsWith('https:') ? publicUrl : `mailto:postmaster@${hostname}`);

await runRole('events', async () => {
  const config = loadConfig();
  const log = logger('events');
  const pool = createPool(required(config.databaseUrl, 'DATABASE_URL'), { max: 3, applicationName: 'eider-events' });
  await pool.query('SELECT 1');
  const isHosted = async (domain: string): Promise<boolean> => (await findHostedDomain(pool, domain)) !== null;
  const reports = startReportLoop({ pool, keys: installationTokenKeys(config), hostname: config.hostname, isHosted, log });
  const dns = dnsResolver(config.dnsServers);
  const vapid = vapidKeys(secretBoxFromFile(required(config.secretKeyFile, 'EIDER_SECRET_KEY_FILE')));
  const stopNotices = startNoticeLoop({ pool, sender: { https: { dns }, vapid, subject: contactOf(config) }, log });
  const stopCounting = startConsumer({ pool, log }, REPUTATION_CONSUMER);
  const stopJudging = startReputationLoop({ pool, log });
  return async () => {
    await Promise.all([reports.stop(), stopCounting(), stopJudging(), stopNotices()]);
    await pool.end();
  };
});
