// Puts together from configuration what taking a message needs. Used by the MX's main thread and by the worker
// for large messages alike.
import { Redis } from 'ioredis';
import { readSecretFile, required, type Config } from '../../server/config.ts';
import { publicRecordsFor } from '../../server/domains/public-records.ts';
import { createPool, type Pool } from '../../server/infra/db/pool.ts';
import type { Logger } from '../../server/infra/log/logger.ts';
import { strikeAddresses } from '../wildduck/log-lines.ts';
import { redisOptions } from '../wildduck/redis.ts';
import { deliverySettings, writeSettings } from '../wildduck/settings.ts';
import { createAuthResolver } from './auth-resolver.ts';
import { createVirusScanner } from '../../server/infra/clamd/virus-scanner.ts';
import { createMailboxStore } from './mailbox-store.ts';
import { createSpamScanner } from './rspamd.ts';
import { createStoredEarlier } from './stored-earlier.ts';
import type { MessageDeps } from './take-message.ts';
import { loadLibrary } from './wildduck-library.ts';

export interface AssembledDeps extends MessageDeps {
  pool: Pool;
  redis: Redis;
  close(): Promise<void>;
}

/** @param name of this thread, for the databases' lists of clients */
export async function assembleMessageDeps(config: Config, log: Logger, name: string): Promise<AssembledDeps> {
  // WildDuck's code has promises that nobody awaits. What they lose is logged as WildDuck itself does; ending
  // the MX for them would drop every session.
  process.on('unhandledRejection', (reason) => log.error({ reason: strikeAddresses(String(reason)) }, 'unhandled rejection'));
  const token = readSecretFile(config.wildduckApiTokenFile, 'WILDDUCK_API_TOKEN_FILE');
  const pool = createPool(required(config.databaseUrl, 'DATABASE_URL'), { max: 4, applicationName: name });
  const redis = new Redis({ ...redisOptions(required(config.redisUrl, 'REDIS_URL')), maxRetriesPerRequest: 1, enableOfflineQueue: false });
  redis.on('error', (error) => log.warn({ reason: error.message }, 'valkey'));
  const settings = writeSettings(config.home, name, deliverySettings(config, { apiToken: token }));
  const library = await loadLibrary(settings, (part, text) => log.warn({ part }, strikeAddresses(text)));
  const failed = (what: string) => (error: Error) => log.warn({ reason: error.message }, `${what} failed`);
  return {
    serverName: config.hostname,
    pool,
    redis,
    store: createMailboxStore(library),
    resolver: createAuthResolver({
      servers: config.dnsServers,
      mailHost: config.hostname,
      recordsFor: (domain) => publicRecordsFor(pool, domain, config.hostname),
    }),
    spam: createSpamScanner(config.rspamdUrl, failed('rspamd')),
    virus: createVirusScanner(config.clamdUrl, failed('clamd')),
    storedEarlier: createStoredEarlier(redis, failed('valkey')),
    log,
    async close() {
      redis.disconnect();
      await pool.end();
    },
  };
}
