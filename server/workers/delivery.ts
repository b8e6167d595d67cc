// The delivery worker's process: builds the parts from the environment and runs until told to stop.
import { join } from 'node:path';
import { loadConfig, required } from '../config.ts';
import { conversationLog } from '../delivery/conversation-log.ts';
import { contentSlots, DEFAULT_SLOTS } from '../delivery/content-slots.ts';
import { DEFAULT_DISPATCHER, startDispatcher } from '../delivery/dispatcher.ts';
import { defaultEgress } from '../delivery/egress/egress-address.ts';
import { messageLoader } from '../delivery/message-loader.ts';
import { outcomeBatch, type OutcomeBatchDeps } from '../delivery/outcome-batch.ts';
import { openOutcomeJournal, readLeftJournals } from '../delivery/outcome-journal.ts';
import { preferIndexes } from '../delivery/prefer-indexes.ts';
import { findRoute } from '../delivery/route.ts';
import { parseRoutes } from '../delivery/routes-setting.ts';
import { domainLookups } from '../delivery/signers.ts';
import { connectionPool, DEFAULT_POOL_LIMITS } from '../delivery/smtp/connection-pool.ts';
import { RFC_TIMEOUTS } from '../delivery/smtp/timeouts.ts';
import { stsPolicies } from '../delivery/tls/mta-sts-policies.ts';
import { tlsDemands } from '../delivery/tls/tls-demands.ts';
import { tlsResults } from '../delivery/tls/tls-results.ts';
import { openBlobStore } from '../infra/blobs/open-blob-store.ts';
import { secretBoxFromFile } from '../infra/crypto/secret-box.ts';
import { createPool } from '../infra/db/pool.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import { logger } from '../infra/log/logger.ts';
import { runRole } from './role.ts';

await runRole('delivery', async () => {
  const config = loadConfig();
  const log = logger('delivery');
  const databaseUrl = preferIndexes(required(config.databaseUrl, 'DATABASE_URL'));
  const pool = createPool(databaseUrl, { max: 6, applicationName: 'eider-delivery' });
  const domains = domainLookups(pool, secretBoxFromFile(required(config.secretKeyFile, 'EIDER_SECRET_KEY_FILE')));
  const dns = dnsResolver(config.dnsServers, config.dnsValidating === undefined ? {} : { validating: config.dnsValidating });
  const results = tlsResults({ db: pool, log, now: () => new Date() });
  const routeDeps = {
    dns,
    routes: parseRoutes(config.routes),
    isHosted: domains.isHosted,
    ownMx: { host: ownMxHost(config.bind), port: config.ports.mx },
    random: Math.random,
    tls: { dns, sts: stsPolicies({ db: pool, dns, log }), demandFor: tlsDemands(pool) },
  };
  const smtp = { timeouts: RFC_TIMEOUTS };
  const egress = defaultEgress(config.hostname);
  const loader = messageLoader({ db: pool, blobs: openBlobStore(config), signersFor: domains.signersFor });
  await pool.query('SELECT 1');
  const journals = join(config.home, 'delivery-journal');
  await storeLeftOutcomes({ pool, log, loader, host: config.hostname }, journals);
  const conversations = conversationLog({ pool, log });
  const dispatcher = startDispatcher(
    {
      pool,
      log,
      host: config.hostname,
      journal: openOutcomeJournal(journals),
      deliver: {
        loader,
        smtp,
        connections: connectionPool(smtp, DEFAULT_POOL_LIMITS),
        conversations,
        tlsResults: results,
        slots: contentSlots(DEFAULT_SLOTS),
        findRoute: (domain, relaxed) => findRoute(routeDeps, domain, relaxed),
        chooseEgress: () => egress,
        random: Math.random,
      },
    },
    DEFAULT_DISPATCHER,
  );
  return async () => {
    await dispatcher.stop();
    await Promise.all([conversations.flushed(), results.close()]);
    await pool.end();
  };
});

/** Before anything is claimed: what a killed worker had delivered and not yet recorded is recorded now. */
async function storeLeftOutcomes(deps: Omit<OutcomeBatchDeps, 'journal' | 'onStored'>, folder: string): Promise<void> {
  const left = readLeftJournals(folder);
  if (left.outcomes.length > 0) {
    const batch = outcomeBatch({ ...deps, journal: null, onStored: () => undefined });
    batch.add(left.outcomes);
    await batch.flushed();
    deps.log.info({ outcomes: left.outcomes.length }, 'outcomes of killed workers recorded');
  }
  left.remove();
}

/** The MX listens on EIDER_BIND; where that means "everywhere", it is reached on loopback. */
function ownMxHost(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1';
  return bind === '::' ? '::1' : bind;
}
