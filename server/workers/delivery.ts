// The delivery worker's process: builds the parts from the environment and runs until told to stop.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { loadConfig, required } from '../config.ts';
import { adoptLeft } from '../delivery/adopt-left.ts';
import { conversationLog } from '../delivery/conversation-log.ts';
import { contentSlots, DEFAULT_SLOTS } from '../delivery/content-slots.ts';
import { DEFAULT_DISPATCHER, startDispatcher } from '../delivery/dispatcher.ts';
import { startEgressChooser } from '../delivery/egress/egress-chooser.ts';
import { hostBreakers } from '../delivery/limits/host-breakers.ts';
import { showLimits } from '../delivery/limits/limit-gauges.ts';
import { limiter } from '../delivery/limits/limiter.ts';
import { localLimitStore } from '../delivery/limits/limit-store.ts';
import { watchShapingRules } from '../delivery/limits/shaping-watch.ts';
import { limitsConnection, valkeyLimitStore, withFallback } from '../delivery/limits/valkey-limit-store.ts';
import { messageLoader } from '../delivery/message-loader.ts';
import { openOutcomeJournal } from '../delivery/outcome-journal.ts';
import { preferIndexes } from '../delivery/prefer-indexes.ts';
import { returnPaths } from '../delivery/feedback/return-path.ts';
import { installationTokenKeys } from '../delivery/feedback/token-keys.ts';
import { startSpeedBook } from '../delivery/reputation/speed-book.ts';
import { findRoute } from '../delivery/route.ts';
import { parseRoutes } from '../delivery/routes-setting.ts';
import { domainLookups } from '../delivery/signers.ts';
import { reportSender } from '../delivery/simulator/send-report.ts';
import { type Simulator, SIMULATOR_BACKOFF, startSimulator } from '../delivery/simulator/simulator.ts';
import { connectionPool, DEFAULT_POOL_LIMITS } from '../delivery/smtp/connection-pool.ts';
import { showPool } from '../delivery/smtp/pool-gauges.ts';
import { RFC_TIMEOUTS } from '../delivery/smtp/timeouts.ts';
import { stsPolicies } from '../delivery/tls/mta-sts-policies.ts';
import { tlsDemands } from '../delivery/tls/tls-demands.ts';
import { tlsResults } from '../delivery/tls/tls-results.ts';
import { openBlobStore } from '../infra/blobs/open-blob-store.ts';
import { secretBoxFromFile } from '../infra/crypto/secret-box.ts';
import { createPool } from '../infra/db/pool.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import { type Logger, logger } from '../infra/log/logger.ts';
import { runRole } from './role.ts';

/** Well within a lease: with the pool's grace, a hanging connection is given up and its statement made anew in time. */
const STATEMENT_TIMEOUT_MS = 10_000;

await runRole('delivery', async () => {
  const config = loadConfig();
  const log = logger('delivery');
  const databaseUrl = preferIndexes(required(config.databaseUrl, 'DATABASE_URL'));
  const pool = createPool(databaseUrl, { max: 6, applicationName: 'eider-delivery', statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  const domains = domainLookups(pool, secretBoxFromFile(required(config.secretKeyFile, 'EIDER_SECRET_KEY_FILE')));
  const dns = dnsResolver(config.dnsServers, config.dnsValidating === undefined ? {} : { validating: config.dnsValidating });
  const results = tlsResults({ db: pool, log, now: () => new Date() });
  await pool.query('SELECT 1');
  const ownMx = { host: ownMxHost(config.bind), port: config.ports.mx };
  const simulator = config.simulatorDomain === null ? null : await startOwnSimulator(config.simulatorDomain, ownMx, log);
  const routeDeps = {
    dns,
    routes: parseRoutes(config.routes),
    isHosted: domains.isHosted,
    ownMx,
    simulator,
    random: Math.random,
    tls: { dns, sts: stsPolicies({ db: pool, dns, log }), demandFor: tlsDemands(pool) },
  };
  const smtp = { timeouts: RFC_TIMEOUTS };
  const egress = await startEgressChooser(pool, log, config.hostname);
  const { reversePathOf, tokenField } = returnPaths({ keys: installationTokenKeys(config), tenantOf: domains.tenantOf, hostname: config.hostname });
  const loader = messageLoader({ db: pool, blobs: openBlobStore(config), signersFor: domains.signersFor, tokenField });
  const breakers = hostBreakers({
    now: Date.now,
    random: Math.random,
    onChange: (change) => log.warn(change, change.state === 'open' ? 'a mail server cannot be reached; it is tried now and then' : 'a mail server can be reached again'),
  });
  const redis = config.redisUrl === undefined ? null : limitsConnection(config.redisUrl);
  const sharedStore = redis && withFallback(valkeyLimitStore(redis, randomUUID()), log);
  const store = sharedStore ?? localLimitStore(Date.now);
  const speeds = await startSpeedBook(pool, log);
  const shaping = watchShapingRules(config.home, log);
  const limits = limiter({
    store,
    get rules() {
      return shaping.rules;
    },
    breakers,
    speedOf: speeds.of,
    log,
  });
  showLimits(limits, breakers, { isShared: () => sharedStore !== null && !sharedStore.degraded, isCurrent: () => shaping.isCurrent });
  const journals = join(config.home, 'delivery-journal');
  const adopt = (): Promise<void> => adoptLeft({ pool, log, loader, host: config.hostname }, journals);
  // Before anything is claimed.
  await adopt();
  const conversations = conversationLog({ pool, log });
  const dispatcher = startDispatcher(
    {
      pool,
      log,
      host: config.hostname,
      journal: openOutcomeJournal(journals, (error) => log.error({ err: error }, 'the journal cannot be written; a kill now would send some mail twice')),
      adoptLeft: adopt,
      deliver: {
        loader,
        smtp,
        limits,
        connections: showPool(connectionPool(smtp, DEFAULT_POOL_LIMITS, breakers)),
        conversations,
        tlsResults: results,
        slots: contentSlots(DEFAULT_SLOTS),
        findRoute: (domain, security) => findRoute(routeDeps, domain, security),
        reversePathOf,
        egress,
        simulator,
        random: Math.random,
      },
    },
    DEFAULT_DISPATCHER,
  );
  return async () => {
    await dispatcher.stop();
    await Promise.all([conversations.flushed(), results.close(), limits.stop()]);
    redis?.disconnect();
    await simulator?.close();
    await egress.close();
    speeds.close();
    shaping.close();
    await pool.end();
  };
});

/** What the simulator sends back comes in as from any other server: by our MX. */
function startOwnSimulator(domain: string, mx: { host: string; port: number }, log: Logger): Promise<Simulator> {
  const sendReport = reportSender({ ...mx, name: domain });
  return startSimulator({ domain, log, backoff: SIMULATOR_BACKOFF, sendReport });
}

/** The MX listens on EIDER_BIND; where that means "everywhere", it is reached on loopback. */
function ownMxHost(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1';
  return bind === '::' ? '::1' : bind;
}
