// The `inbound` role: puts the MX together from configuration, listens, and goes in good order.
import { join } from 'node:path';
import { reverse } from 'node:dns';
import { Redis } from 'ioredis';
import { loadConfig, readSecretFile, required, type Config } from '../../server/config.ts';
import { findHostedDomain } from '../../server/domains/find-hosted-domain.ts';
import { publicRecordsFor } from '../../server/domains/public-records.ts';
import { createPool, type Pool } from '../../server/infra/db/pool.ts';
import { logger } from '../../server/infra/log/logger.ts';
import { parseDomain } from '../../server/mail/address.ts';
import { runRole } from '../smtp/role.ts';
import { Spool } from '../smtp/spool.ts';
import { strikeAddresses } from '../wildduck/log-lines.ts';
import { redisOptions } from '../wildduck/redis.ts';
import { deliverySettings, writeSettings } from '../wildduck/settings.ts';
import { createAuthResolver } from './auth-resolver.ts';
import { createVirusScanner } from './clamd.ts';
import { createHostedDomains } from './hosted-domains.ts';
import { createInboundServer } from './inbound-server.ts';
import { createMailboxStore } from './mailbox-store.ts';
import { selectResponsibleUser } from './responsible-user.store.ts';
import { createSpamScanner } from './rspamd.ts';
import { createStoredEarlier } from './stored-earlier.ts';
import { createTakeMessage } from './take-message.ts';
import { loadLibrary } from './wildduck-library.ts';

const log = logger('inbound');

// WildDuck's code has promises that nobody awaits. What they lose is logged as WildDuck itself does; ending the MX
// for them would drop every session.
process.on('unhandledRejection', (reason) => log.error({ reason: strikeAddresses(String(reason)) }, 'unhandled rejection'));

runRole('inbound', async () => {
  const config = loadConfig();
  const pool = createPool(required(config.databaseUrl, 'DATABASE_URL'), { max: 4, applicationName: 'eider-inbound' });
  const redis = new Redis({ ...redisOptions(required(config.redisUrl, 'REDIS_URL')), maxRetriesPerRequest: 1, enableOfflineQueue: false });
  redis.on('error', (error) => log.warn({ reason: error.message }, 'valkey'));
  const spool = new Spool(join(config.home, 'spool', 'inbound'));
  await spool.open();
  const server = await build(config, pool, redis, spool);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(config.ports.mx, config.bind, () => resolve());
  });
  log.info({ port: config.ports.mx, bind: config.bind }, 'taking mail');
  return {
    async stop() {
      await server.stop(8_000);
      redis.disconnect();
      await pool.end();
    },
  };
});

async function build(config: Config, pool: Pool, redis: Redis, spool: Spool) {
  const token = readSecretFile(config.wildduckApiTokenFile, 'WILDDUCK_API_TOKEN_FILE');
  const settings = writeSettings(config.home, 'inbound-store', deliverySettings(config, { apiToken: token }));
  const library = await loadLibrary(settings, (part, text) => log.warn({ part }, strikeAddresses(text)));
  const store = createMailboxStore(library);
  const failed = (what: string) => (error: Error) => log.warn({ reason: error.message }, `${what} failed`);
  const take = createTakeMessage({
    serverName: config.hostname,
    store,
    resolver: createAuthResolver({
      servers: config.dnsServers,
      mailHost: config.hostname,
      recordsFor: (domain) => publicRecordsFor(pool, domain, config.hostname),
    }),
    spam: createSpamScanner(config.rspamdUrl, failed('rspamd')),
    virus: createVirusScanner(config.clamdUrl, failed('clamd')),
    storedEarlier: createStoredEarlier(redis, failed('valkey')),
    log,
  });
  return createInboundServer({
    serverName: config.hostname,
    tls: { keyFile: required(config.tlsKeyFile, 'EIDER_TLS_KEY'), certFile: required(config.tlsCertFile, 'EIDER_TLS_CERT') },
    recipients: {
      isHosted: createHostedDomains((name) => findHostedDomain(pool, name)),
      findMailbox: (address) => store.find(address),
      async findResponsible(domain) {
        const userId = await selectResponsibleUser(pool, parseDomain(domain) ?? domain);
        return userId === null ? null : store.find(userId);
      },
      homeDomain: config.hostname.split('.').slice(1).join('.') || config.hostname,
    },
    take,
    spool,
    log,
    reverse,
  });
}
