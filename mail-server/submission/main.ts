// The `submission` role: puts both listeners (STARTTLS and TLS) and the taking over of mail that WildDuck makes itself
// together from configuration, and goes in good order.
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { loadConfig, required } from '../../server/config.ts';
import { enqueue, enqueueDeps } from '../../server/delivery/enqueue.ts';
import { signingKeysFor } from '../../server/domains/signing-keys.ts';
import { watchPressure } from '../../server/delivery/pressure.ts';
import { openBlobStore } from '../../server/infra/blobs/open-blob-store.ts';
import { secretBoxFromFile } from '../../server/infra/crypto/secret-box.ts';
import { suppressionText } from '../../server/delivery/suppression/suppression-rules.ts';
import { selectSuppressingReason } from '../../server/delivery/suppression/suppression.store.ts';
import { createPool } from '../../server/infra/db/pool.ts';
import { logger } from '../../server/infra/log/logger.ts';
import { wildduckClientFromConfig } from '../../server/infra/wildduck/client.ts';
import { arcSeal } from '../outbound/arc-seal.ts';
import { selectOutboundAccount } from '../outbound/outbound-account.store.ts';
import { outboundEntries } from '../outbound/outbound-entries.ts';
import { startOutboundLoop } from '../outbound/outbound-loop.ts';
import type { GuardedServer } from '../smtp/guarded-server.ts';
import { runRole } from '../smtp/role.ts';
import { Spool } from '../smtp/spool.ts';
import { redisOptions } from '../wildduck/redis.ts';
import { selectSubmittingAccount } from './account.store.ts';
import { createCounters } from '../smtp/counters.ts';
import { createSenderRules } from './sender-rules.ts';
import { createSentCopies } from './sent-copies.ts';
import { createSubmissionServer } from './submission-server.ts';
import { createTakeSubmission } from './take-submission.ts';

/** A person does not write to more; whoever sends campaigns uses the API. */
const MAX_RECIPIENTS_PER_HOUR = 2_000;
const HOUR_SECONDS = 3_600;

const log = logger('submission');

runRole('submission', async () => {
  const config = loadConfig();
  const failed = (what: string) => (error: Error) => log.warn({ reason: error.message }, `${what} failed`);
  const pool = createPool(required(config.databaseUrl, 'DATABASE_URL'), { max: 6, applicationName: 'eider-submission' });
  const redis = new Redis({ ...redisOptions(required(config.redisUrl, 'REDIS_URL')), maxRetriesPerRequest: 1, enableOfflineQueue: false });
  redis.on('error', (error) => log.warn({ reason: error.message }, 'valkey'));
  const mongo = new MongoClient(required(config.mongoUrl, 'MONGO_URL'), { maxPoolSize: 2, appName: 'eider-submission' });
  const wildduck = wildduckClientFromConfig(config);
  const spool = new Spool(join(config.home, 'spool', 'submission'));
  await spool.open();

  const queue = enqueueDeps(pool, openBlobStore(config), watchPressure({ db: pool, folder: config.home, log }));
  const counters = createCounters(redis, failed('valkey'));
  const rules = createSenderRules(wildduck);
  const sentCopies = createSentCopies(wildduck, mongo, failed('copy in Sent'));
  const common = {
    serverName: config.hostname,
    tls: { keyFile: required(config.tlsKeyFile, 'EIDER_TLS_KEY'), certFile: required(config.tlsCertFile, 'EIDER_TLS_CERT') },
    signIn: { wildduck, counters, findAccount: (userId: string) => selectSubmittingAccount(pool, userId) },
    take: createTakeSubmission({ serverName: config.hostname, rules, enqueue: (input) => enqueue(queue, input), sentCopies, log }),
    maxRecipientsPerHour: MAX_RECIPIENTS_PER_HOUR,
    async findSuppression(tenantId: string, address: string) {
      const reason = await selectSuppressingReason(pool, { address, tenantId, lane: 'transactional', source: 'submission' });
      return reason === null ? null : suppressionText(reason);
    },
    rules, counters, spool, log,
  };
  const starttls = createSubmissionServer({ ...common, implicitTls: false });
  const tls = createSubmissionServer({ ...common, implicitTls: true });
  await listen(starttls, config.ports.submission, config.bind);
  await listen(tls, config.ports.submissions, config.bind);
  const secretBox = secretBoxFromFile(required(config.secretKeyFile, 'EIDER_SECRET_KEY_FILE'));
  const outbound = startOutboundLoop(
    outboundEntries(mongo.db()),
    {
      findAccount: (userId) => selectOutboundAccount(pool, userId),
      seal: async (content, account) => arcSeal(content, config.hostname, await signingKeysFor(pool, secretBox, account.address.split('@').at(-1)!)),
      enqueue: (input) => enqueue(queue, input),
      countOf: (kind, accountId) => counters.add(`outbound:${kind}:${accountId}`, 1, HOUR_SECONDS),
      srsKey: secretBox.derive('srs'),
    },
    log,
  );
  log.info({ starttls: config.ports.submission, tls: config.ports.submissions, bind: config.bind }, 'taking submissions');
  return {
    async stop() {
      await Promise.all([starttls.stop(8_000), tls.stop(8_000)]);
      await outbound.stop();
      sentCopies.stop();
      redis.disconnect();
      await Promise.all([mongo.close(), pool.end()]);
    },
  };
});

function listen(server: GuardedServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
