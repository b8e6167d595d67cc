// The `inbound` role: puts the MX together from configuration, listens, and goes in good order.
import { join } from 'node:path';
import { loadConfig, required } from '../../server/config.ts';
import { enqueue, enqueueDeps } from '../../server/delivery/enqueue.ts';
import { watchPressure } from '../../server/delivery/pressure.ts';
import { findHostedDomain } from '../../server/domains/find-hosted-domain.ts';
import { insertReport, isBacklogAbove } from '../../server/delivery/feedback/intake.store.ts';
import { installationTokenKeys } from '../../server/delivery/feedback/token-keys.ts';
import { openBlobStore } from '../../server/infra/blobs/open-blob-store.ts';
import { sha256Hex } from '../../server/infra/crypto/hash.ts';
import { secretBoxFromFile } from '../../server/infra/crypto/secret-box.ts';
import { logger } from '../../server/infra/log/logger.ts';
import { parseDomain } from '../../server/mail/address.ts';
import { runRole } from '../smtp/role.ts';
import { Spool } from '../smtp/spool.ts';
import { createCounters } from '../smtp/counters.ts';
import { createReverseLookup } from './client-name.ts';
import { createHostedDomains } from './hosted-domains.ts';
import { createInboundServer } from './inbound-server.ts';
import { createLargeMessages } from './large-messages.ts';
import { assembleMessageDeps } from './message-deps.ts';
import type { RecipientSources } from './recipient-check.ts';
import { createReportIntake } from './report-intake.ts';
import { selectResponsibleUser } from './responsible-user.store.ts';
import { createSrsReturns } from './srs-returns.ts';
import { createTakeMessage } from './take-message.ts';

const HOUR_SECONDS = 3_600;

const log = logger('inbound');

runRole('inbound', async () => {
  const config = loadConfig();
  const spool = new Spool(join(config.home, 'spool', 'inbound'));
  await spool.open();
  const deps = await assembleMessageDeps(config, log, 'inbound');
  const { pool, store } = deps;
  const isHosted = createHostedDomains((name) => findHostedDomain(pool, name));
  const tokenKeys = installationTokenKeys(config);
  const secretBox = secretBoxFromFile(required(config.secretKeyFile, 'EIDER_SECRET_KEY_FILE'));
  const queue = enqueueDeps(pool, openBlobStore(config), watchPressure({ db: pool, folder: config.home, log }));
  const counters = createCounters(deps.redis, (error) => log.warn({ reason: error.message }, 'valkey'));
  const recipients: RecipientSources = {
    isHosted,
    findMailbox: (address) => store.find(address),
    async findResponsible(domain) {
      const userId = await selectResponsibleUser(pool, parseDomain(domain) ?? domain);
      return userId === null ? null : store.find(userId);
    },
    homeDomain: config.hostname.split('.').slice(1).join('.') || config.hostname,
  };
  const takeSmall = createTakeMessage(deps);
  const large = createLargeMessages();
  const server = createInboundServer({
    serverName: config.hostname,
    tls: { keyFile: required(config.tlsKeyFile, 'EIDER_TLS_KEY'), certFile: required(config.tlsCertFile, 'EIDER_TLS_CERT') },
    recipients,
    take: (message) => (message.content.path ? large.take(message) : takeSmall(message)),
    reports: createReportIntake({
      hostname: config.hostname, isHosted, keys: tokenKeys.accepted, log,
      insert: (report) => insertReport(pool, report),
      isBacklogAbove: (count) => isBacklogAbove(pool, count),
    }),
    srsReturns: createSrsReturns({
      key: secretBox.derive('srs'), serverName: config.hostname, log,
      findDomain: (name) => findHostedDomain(pool, name),
      enqueue: (input) => enqueue(queue, input),
      countOf: (address) => counters.add(`srs-return:${sha256Hex(address)}`, 1, HOUR_SECONDS),
    }),
    onReplySeen: (taken) => deps.storedEarlier.forget(taken.key),
    spool,
    log,
    reverse: createReverseLookup(config.dnsServers),
  });
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(config.ports.mx, config.bind, () => resolve());
  });
  log.info({ port: config.ports.mx, bind: config.bind }, 'taking mail');
  return {
    async stop() {
      await server.stop(8_000);
      await large.stop();
      await deps.close();
    },
  };
});
