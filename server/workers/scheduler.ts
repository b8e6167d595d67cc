// The scheduler's process: housekeeping by the clock. Jobs are a table; each may run in any number of
// processes at once and be killed at any point.
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig, required } from '../config.ts';
import { CONVERSATION_DAYS, dropOldConversations, ensureConversationPartitions } from '../delivery/conversation.store.ts';
import { countEgressEvents, rollWarmup } from '../delivery/egress/roll-warmup.ts';
import { dropOldDays } from '../delivery/egress/warmup.store.ts';
import { enqueue, enqueueDeps } from '../delivery/enqueue.ts';
import { ensurePartitions } from '../delivery/enqueue.store.ts';
import { pullRetriesForward, requeueDue } from '../delivery/lease.store.ts';
import { messageLoader } from '../delivery/message-loader.ts';
import { overdueSweep } from '../delivery/overdue/sweep-overdue.ts';
import { queueGauges } from '../delivery/operations/queue-gauges.ts';
import { DEFAULT_RETENTION, dropOldPartitions } from '../delivery/retention.store.ts';
import { advanceRotations } from '../domains/rotation/rotate-dkim.ts';
import { sweepShares, sweepUploads } from '../files/sweep-files.ts';
import { openBlobStore } from '../infra/blobs/open-blob-store.ts';
import { deleteExpiredStsPolicies, selectStsPoliciesToRefresh } from '../delivery/tls/mta-sts.store.ts';
import { stsPolicies } from '../delivery/tls/mta-sts-policies.ts';
import { deleteTlsResults } from '../delivery/tls/tls-result.store.ts';
import { sendTlsReports } from '../delivery/tls/tls-reports.ts';
import { reportSender } from '../domains/report-sender.ts';
import { createPool, type Pool } from '../infra/db/pool.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import { logger } from '../infra/log/logger.ts';
import { beforeReading } from '../infra/metrics/registry.ts';
import { deleteExpired, EXPIRED_ROWS, type ExpiredRows } from './expired-rows.store.ts';
import { runRole } from './role.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Partitions exist this many days ahead: a scheduler that is down for days stops nothing. */
const PARTITION_DAYS_AHEAD = 7;

/** Sums of TLS sessions stay for a while after their report. */
const TLS_RESULT_DAYS = 14;
const STS_REFRESHES = 500;

/** Counts by address and day: for a season's view of a warm-up. */
const EGRESS_DAYS_KEPT = 120;

interface Job {
  name: string;
  everyMs: number;
  /** @returns what it did, for the log; null when there was nothing to do */
  run(): Promise<object | null>;
}

await runRole('scheduler', async () => {
  const config = loadConfig();
  const log = logger('scheduler');
  const pool = createPool(required(config.databaseUrl, 'DATABASE_URL'), { max: 3, applicationName: 'eider-scheduler' });
  const blobs = openBlobStore(config);
  await pool.query('SELECT 1');
  const dns = dnsResolver(config.dnsServers, config.dnsValidating === undefined ? {} : { validating: config.dnsValidating });
  const policies = stsPolicies({ db: pool, dns, log });
  const queue = enqueueDeps(pool, blobs);
  // Reports are signed when they are sent.
  const loader = messageLoader({ db: pool, blobs, signersFor: () => Promise.resolve([]) });
  const overdue = overdueSweep({ pool, reports: { loader, host: config.hostname }, delayAfterMs: config.delayReportAfterMs });

  const jobs: Job[] = [
    {
      name: 'partitions',
      everyMs: HOUR,
      run: async () => counted({ made: await ensurePartitions(pool, PARTITION_DAYS_AHEAD) }),
    },
    {
      name: 'retention',
      everyMs: HOUR,
      run: async () => counted(await dropOldPartitions({ pool, blobs, log }, DEFAULT_RETENTION, new Date())),
    },
    {
      name: 'conversations',
      everyMs: HOUR,
      run: async () =>
        counted({ made: await ensureConversationPartitions(pool, PARTITION_DAYS_AHEAD), dropped: await dropOldConversations(pool, CONVERSATION_DAYS, new Date()) }),
    },
    {
      name: 'tls-reports',
      everyMs: 10 * MINUTE,
      run: async () => {
        const sender = await reportSender(pool, config.hostname, config.reportFrom);
        return counted(await sendTlsReports({ db: pool, dns, log, submitter: config.hostname, sender, enqueue: (input) => enqueue(queue, input) }));
      },
    },
    {
      name: 'mta-sts-refresh',
      everyMs: HOUR,
      run: async () => {
        const domains = await selectStsPoliciesToRefresh(pool, 24 * HOUR, STS_REFRESHES);
        for (const domain of domains) await policies.refresh(domain);
        return counted({ refreshed: domains.length, expired: await deleteExpiredStsPolicies(pool), results: await deleteTlsResults(pool, TLS_RESULT_DAYS) });
      },
    },
    // Workers do this themselves each second; here it serves the hour in which none of them runs.
    { name: 'requeue-due', everyMs: 10 * SECOND, run: async () => counted({ moved: await requeueDue(pool, 1_000) }) },
    { name: 'overdue', everyMs: MINUTE, run: async () => counted((await overdue.run()) ?? {}) },
    // Workers notice a clock that is set back while they run; here it serves one that was set while nothing ran.
    { name: 'pull-retries', everyMs: HOUR, run: async () => counted({ moved: await pullRetriesForward(pool) }) },
    {
      name: 'dkim-rotation',
      everyMs: HOUR,
      // Asked anew each time: what a rotation waits for is a change in DNS.
      run: async () => {
        const resolver = dnsResolver(config.dnsServers);
        const steps = await advanceRotations(pool, (name) => resolver.txt(name), new Date());
        return steps.length > 0 ? { steps } : null;
      },
    },
    // Between two judgements, so that `warmup show` is near the present and a judgement has little to read.
    { name: 'egress-counts', everyMs: 5 * SECOND, run: async () => (await countEgressEvents(pool), null) },
    { name: 'egress-warmup', everyMs: 30 * SECOND, run: async () => counted(await rollWarmup(pool)) },
    { name: 'egress-days', everyMs: HOUR, run: async () => counted({ deleted: await dropOldDays(pool, EGRESS_DAYS_KEPT) }) },
    { name: 'abandoned-uploads', everyMs: HOUR, run: async () => counted({ swept: await sweepUploads({ pool, blobs }) }) },
    { name: 'ended-shares', everyMs: 10 * MINUTE, run: async () => counted({ erased: await sweepShares({ pool, blobs }) }) },
    ...Object.keys(EXPIRED_ROWS).map((name) => expiryJob(pool, name as ExpiredRows)),
  ];

  const gauges = queueGauges(pool);
  beforeReading(() => gauges.read());

  const stop = new AbortController();
  const loops = jobs.map(async (job) => {
    while (!stop.signal.aborted) {
      try {
        const done = await job.run();
        if (done) log.info({ job: job.name, ...done }, 'done');
      } catch (error) {
        log.error({ err: error, job: job.name }, 'job failed; it runs again at its next time');
      }
      // ±10 %: several schedulers do not step on each other's toes for good.
      await sleep(job.everyMs * (0.9 + 0.2 * Math.random()), undefined, { signal: stop.signal }).catch(() => undefined);
    }
  });
  return async () => {
    stop.abort();
    await Promise.all(loops);
    await pool.end();
  };
});

function expiryJob(pool: Pool, name: ExpiredRows): Job {
  return { name: `expired-${name}`, everyMs: 10 * MINUTE, run: async () => counted({ deleted: await deleteExpired(pool, name) }) };
}

/** Null when all counts are zero: a job that did nothing is not worth a line. */
function counted(counts: Record<string, number>): object | null {
  return Object.values(counts).some((count) => count > 0) ? counts : null;
}
