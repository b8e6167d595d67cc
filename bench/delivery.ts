// The delivery pipeline under load, on one machine: durable accept → claim → DKIM → a local sink over 20 domains.
// Starts its own PostgreSQL (real fsync), sink and worker processes in a folder of its own, and prints a table.
//   node bench/delivery.ts [--messages 20000] [--workers 1] [--callers 64] [--ed25519] [--json]
//   node bench/delivery.ts --queued 1000000 [--messages 20000]   only: how fast the first of so many waiting ones go
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Pool } from '../server/infra/db/pool.ts';
import { percentiles } from './measurement.ts';
import {
  acceptAll, acceptOne, addTenant, askSink, cpuSeconds, fillQueue, type Rig, round, type Sender, sinkReaches, usageOf, type Waits, waitsSince, withRig,
} from './delivery-rig.ts';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    queued: { type: 'string' },
    workers: { type: 'string', default: '1' },
    callers: { type: 'string', default: '64' },
    size: { type: 'string', default: '10240' },
    ed25519: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const MESSAGES = Number(options.messages);
const CALLERS = Number(options.callers);

type Figures = Record<string, string | number>;

await withRig(async (rig) => {
  const sender: Sender = { tenantId: await addTenant(rig, 'bench'), slug: 'bench', lane: 'transactional', sizeOctets: Number(options.size) };
  if (options.ed25519) await rig.pool.query(`UPDATE dkim_key SET status = CASE algorithm WHEN 'ed25519-sha256' THEN 'active' ELSE 'retired' END`);
  await rig.pool.query('VACUUM ANALYZE');
  const figures = options.queued === undefined ? await wholePipeline(rig, sender) : await fromFullQueue(rig, sender, Number(options.queued));
  if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(50)}${value}\n`);
});

async function wholePipeline(rig: Rig, sender: Sender): Promise<Figures> {
  const { postgres, pool } = rig;
  // Phase one: accept alone, with nothing else at work.
  const acceptCpu = process.cpuUsage();
  const postgresBefore = postgres.cpuSeconds();
  const acceptSeconds = await acceptAll(rig, sender, MESSAGES, CALLERS);
  const acceptNode = cpuSeconds(process.cpuUsage(acceptCpu));
  const acceptPostgres = postgres.cpuSeconds() - postgresBefore;
  await pool.query('CHECKPOINT');

  // Phase two: deliver them.
  const backlog = await deliver(rig, MESSAGES, MESSAGES);
  await queueEmpties(pool);

  // Phase three: both at once, and how long a message waits for its first attempt.
  const bothPostgres = postgres.cpuSeconds();
  const bothFrom = performance.now();
  await acceptAll(rig, sender, MESSAGES, CALLERS);
  await sinkReaches(rig.sink, 2 * MESSAGES, bothFrom);
  const bothSeconds = (performance.now() - bothFrom) / 1000;
  const bothPostgresCpu = postgres.cpuSeconds() - bothPostgres;
  await queueEmpties(pool);

  // Phase four: 200 a second for ten seconds.
  const waits = await waitsAtLowLoad(rig, sender);
  const claimed = percentiles(waits.claimed);
  const delivered = percentiles(waits.delivered);
  const memoryMb = Math.max(...rig.workers.map((worker) => usageOf(worker.pid!).memoryMb));
  await rig.stopWorkers();
  const per1000 = 1000 / MESSAGES;
  return {
    'accepted a second (alone)': Math.round(MESSAGES / acceptSeconds),
    ...backlog,
    'accepted and delivered a second (both at once)': Math.round(MESSAGES / bothSeconds),
    'accept to first attempt, 200/s, p50 ms': Math.round(claimed.p50),
    'accept to first attempt, 200/s, p99 ms': Math.round(claimed.p99),
    'accept to delivered, 200/s, p50 ms': Math.round(delivered.p50),
    'accept to delivered, 200/s, p99 ms': Math.round(delivered.p99),
    'accept CPU s per 1,000: caller': round(acceptNode * per1000),
    'accept CPU s per 1,000: PostgreSQL': round(acceptPostgres * per1000),
    'both CPU s per 1,000: PostgreSQL': round(bothPostgresCpu * per1000),
    'worker memory MB (most)': memoryMb,
  };
}

async function fromFullQueue(rig: Rig, sender: Sender, queued: number): Promise<Figures> {
  const filledAt = performance.now();
  const measured = Math.min(MESSAGES, queued);
  await fillQueue(rig, sender, queued, measured);
  const fillSeconds = (performance.now() - filledAt) / 1000;
  const figures = await deliver(rig, measured, queued);
  const memoryMb = Math.max(...rig.workers.map((worker) => usageOf(worker.pid!).memoryMb));
  for (const worker of rig.workers) worker.kill('SIGKILL');
  return { 'waiting at the start': queued, 'seconds to fill the queue': round(fillSeconds), ...figures, 'worker memory MB (most)': memoryMb };
}

/** Starts the workers and waits until the sink has `count` messages. */
async function deliver(rig: Rig, count: number, queued: number): Promise<Figures> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Number(options.workers) }, () => rig.startWorker()));
  const readyAt = performance.now();
  const before = { postgres: rig.postgres.cpuSeconds(), workers: workersCpu(rig), sink: cpuSeconds((await askSink(rig.sink)).cpu) };
  const curve = await sinkReaches(rig.sink, count, readyAt);
  const seconds = (performance.now() - readyAt) / 1000;
  const sink = await askSink(rig.sink);
  const per1000 = 1000 / count;
  return {
    [`delivered a second (of ${queued} waiting)`]: Math.round(count / seconds),
    'delivered a second (best of seconds)': Math.max(...curve, 0),
    'deliver CPU s per 1,000: workers (with signing)': round((workersCpu(rig) - before.workers) * per1000),
    'deliver CPU s per 1,000: PostgreSQL': round((rig.postgres.cpuSeconds() - before.postgres) * per1000),
    'deliver CPU s per 1,000: sink': round((cpuSeconds(sink.cpu) - before.sink) * per1000),
    'sink connections': sink.connections,
    'seconds until workers were ready': round((readyAt - startedAt) / 1000),
  };
}

function workersCpu(rig: Rig): number {
  return rig.workers.reduce((sum, worker) => sum + usageOf(worker.pid!).cpuSeconds, 0);
}

/** At 200 a second. */
async function waitsAtLowLoad(rig: Rig, sender: Sender): Promise<Waits> {
  const since = new Date();
  const pending: Promise<string>[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < 2_000; i++) {
    const dueMs = startedAt + i * 5 - performance.now();
    if (dueMs > 1) await sleep(dueMs);
    pending.push(acceptOne(rig, sender, i));
  }
  await Promise.all(pending);
  await queueEmpties(rig.pool);
  return waitsSince(rig.pool, sender.tenantId, since);
}

async function queueEmpties(pool: Pool): Promise<void> {
  while ((await pool.query('SELECT 1 FROM delivery LIMIT 1')).rowCount !== 0) await sleep(50);
}
