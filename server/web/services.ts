// What request handlers work with: one of each connection per web process, made when first needed and never at
// import, so that a build can load the routes without an environment.
import { Worker } from 'node:worker_threads';
import { Redis, type RedisOptions } from 'ioredis';
import { loadConfig, required, type Config } from '../config.ts';
import { enqueueDeps, type EnqueueDeps } from '../delivery/enqueue.ts';
import { watchPressure } from '../delivery/pressure.ts';
import type { BlobStore } from '../infra/blobs/blob-store.ts';
import { openBlobStore } from '../infra/blobs/open-blob-store.ts';
import { createVirusScanner, type VirusScanner } from '../infra/clamd/virus-scanner.ts';
import { secretBoxFromFile, type SecretBox } from '../infra/crypto/secret-box.ts';
import { createPool, type Pool } from '../infra/db/pool.ts';
import { logger, type Logger } from '../infra/log/logger.ts';
import { createSpamLearner, type SpamLearner } from '../infra/rspamd/learner.ts';
import { wildduckStore, type WildduckStore } from '../infra/wildduck/store.ts';
import { openFlagStore, type FlagStore } from '../infra/wildduck/flag-store.ts';
import { wildduckClientFromConfig, type WildduckClient } from '../infra/wildduck/client.ts';
import { createChangeFeed, type ChangeFeed } from './events/change-feed.store.ts';
import { createSanitiser, type Sanitiser } from './html/sanitiser.ts';
import { createAccountFacts, type AccountFacts } from './mailbox/account-facts.ts';
import { createContentCache, type ContentCache } from './message/content-cache.ts';
import { createRemoteImageSigner, type RemoteImageSigner } from './message/remote-images.ts';
import { BEGIN_RULES, CODE_RULES, LOOK_RULES, createAttemptLimit, valkeyCounters, type AttemptLimit } from './session/attempt-limit.ts';
import { createSessions, type Sessions } from './session/sessions.ts';

export interface Services {
  config: Config;
  log: Logger;
  pool: Pool;
  redis: Redis;
  wildduck: WildduckClient;
  blobs: BlobStore;
  virus: VirusScanner;
  enqueueDeps: EnqueueDeps;
  sessions: Sessions;
  /** Seals secrets of accounts at rest. */
  secretBox: SecretBox;
  attemptLimit: AttemptLimit;
  /** Of second steps, which are short enough to guess. */
  codeLimit: AttemptLimit;
  beginLimit: AttemptLimit;
  /** Of signing in to accounts elsewhere. */
  lookLimit: AttemptLimit;
  sanitiser: Sanitiser;
  images: RemoteImageSigner;
  changes: ChangeFeed;
  facts: AccountFacts;
  flags: FlagStore;
  /** The mail store's collections, to read what its API does not tell. */
  mailStore: WildduckStore;
  /** Null where there is no rspamd to teach. */
  spamLearner: SpamLearner | null;
  contents: ContentCache;
  /** Validates every JSON answer against the contract; for tests and development, where a drift must show. */
  checkAnswers: boolean;
}

/** Connects (lazily) to everything that the environment names. @throws ConfigError naming what is missing */
export function createServices(env: Record<string, string | undefined> = process.env): Services {
  const config = loadConfig(env);
  const log = logger('web');
  const databaseUrl = required(config.databaseUrl, 'DATABASE_URL');
  const pool = createPool(databaseUrl, { max: 20, applicationName: 'eider-web' });
  const secretBox = secretBoxFromFile(required(config.secretKeyFile, 'EIDER_SECRET_KEY_FILE'));
  const redis = connectRedis(required(config.redisUrl, 'REDIS_URL'), log);
  const counters = valkeyCounters(redis, (error) => log.warn({ err: (error as Error).message }, 'sign-in limits count in this process only'));
  const wildduck = wildduckClientFromConfig(config);
  const blobs = openBlobStore(config);
  return {
    config,
    log,
    pool,
    redis,
    wildduck,
    blobs,
    virus: createVirusScanner(config.clamdUrl, (error) => log.warn({ err: error.message }, 'uploads are not scanned for the moment')),
    enqueueDeps: enqueueDeps(pool, blobs, watchPressure({ db: pool, folder: config.home, log })),
    sessions: createSessions(pool, secretBox.derive('web:csrf')),
    secretBox,
    attemptLimit: createAttemptLimit(counters),
    codeLimit: createAttemptLimit(counters, 'code', CODE_RULES),
    beginLimit: createAttemptLimit(counters, 'begin', BEGIN_RULES),
    lookLimit: createAttemptLimit(counters, 'look', LOOK_RULES),
    sanitiser: createSanitiser(() => new Worker(new URL('./html/sanitise-worker.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 1024 } })),
    images: createRemoteImageSigner(secretBox.derive('web:images')),
    changes: createChangeFeed(databaseUrl, log),
    facts: createAccountFacts(wildduck),
    flags: openFlagStore(required(config.mongoUrl, 'MONGO_URL'), redis),
    mailStore: wildduckStore(required(config.mongoUrl, 'MONGO_URL'), { maxConnections: 2 }),
    spamLearner: config.rspamdControllerUrl === undefined ? null : createSpamLearner(config.rspamdControllerUrl),
    contents: createContentCache(),
    checkAnswers: env['NODE_ENV'] !== 'production',
  };
}

/** Fails fast while Valkey is away: a request must not wait for it. */
function connectRedis(url: string, log: Logger): Redis {
  const redis = new Redis({
    ...redisAddress(new URL(url)),
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    enableOfflineQueue: true,
    retryStrategy: (tries) => Math.min(tries * 200, 5_000),
  });
  redis.on('error', (error: Error) => log.debug({ err: error.message }, 'valkey connection'));
  return redis;
}

/** `redis://[user:password@]host:port[/db]`, `rediss://…`, or `unix:///path?db=n&password=p`. */
function redisAddress(url: URL): RedisOptions {
  const password = decodeURIComponent(url.password) || (url.searchParams.get('password') ?? '');
  const login = { ...(url.username ? { username: decodeURIComponent(url.username) } : {}), ...(password ? { password } : {}) };
  if (url.protocol === 'unix:') return { path: decodeURIComponent(url.pathname), db: Number(url.searchParams.get('db') ?? 0), ...login };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1)) || 0,
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    ...login,
  };
}

const HOLDER = Symbol.for('eider.web.services');
type Holder = { [HOLDER]?: Services };

/** The process's services. Kept on globalThis, because a bundler may load this file more than once. */
export function services(): Services {
  const holder = globalThis as Holder;
  holder[HOLDER] ??= createServices();
  return holder[HOLDER];
}
