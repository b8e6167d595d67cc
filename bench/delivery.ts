// The delivery pipeline under load, on one machine: durable accept → claim → DKIM → a local sink over 20 domains.
// Starts its own PostgreSQL (real fsync), sink and worker processes in a folder of its own, and prints a table.
//   node bench/delivery.ts [--messages 20000] [--backlog 10000] [--workers 1] [--callers 64] [--ed25519] [--json]
// With --backlog, that many other messages stand in the queue during the run.
import { type ChildProcess, fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDomain } from '../server/domains/create-domain.ts';
import { enqueue, enqueueDeps } from '../server/delivery/enqueue.ts';
import { folderBlobStore } from '../server/infra/blobs/blob-store.ts';
import { secretBoxFromFile } from '../server/infra/crypto/secret-box.ts';
import { createPool, type Pool } from '../server/infra/db/pool.ts';
import { startBenchPostgres } from './delivery-postgres.ts';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    backlog: { type: 'string', default: '0' },
    workers: { type: 'string', default: '1' },
    callers: { type: 'string', default: '64' },
    size: { type: 'string', default: '10240' },
    ed25519: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const MESSAGES = Number(options.messages);
const DOMAINS = 20;
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Bodies: two lines of text to one of base64. */
const FILLERS = Array.from({ length: 50 }, () =>
  Array.from({ length: 700 }, (_, line) => (line % 3 === 0 ? randomBytes(54).toString('base64') : `Line ${line}: the quick brown fox ${randomBytes(6).toString('hex')} jumps over the lazy dog.`)).join('\r\n'),
);

const home = mkdtempSync(join(tmpdir(), 'eider-bench-'));
const children: ChildProcess[] = [];
const postgres = await startBenchPostgres(home);
try {
  const result = await run(postgres.url);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(50)}${value}\n`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}

async function run(url: string): Promise<Record<string, string | number>> {
  const pool = createPool(url, { max: 8, statementTimeoutMs: 600_000 });
  const secretKeyFile = join(home, 'secret.key');
  writeFileSync(secretKeyFile, randomBytes(32).toString('base64'));
  const tenantId = await prepare(pool, secretKeyFile);
  const sink = await child(path('../server/delivery/testing/sink.ts'), {});
  const port = sink.first['port'] as number;

  // Phase one: accept alone, with nothing else at work.
  const acceptCpu = process.cpuUsage();
  const postgresBefore = postgres.cpuSeconds();
  const acceptSeconds = await acceptAll(pool, tenantId, MESSAGES);
  const acceptNode = cpuSeconds(process.cpuUsage(acceptCpu));
  const acceptPostgres = postgres.cpuSeconds() - postgresBefore;
  await pool.query('CHECKPOINT');

  // Phase two: deliver them.
  const deliverPostgres = postgres.cpuSeconds();
  const startedAt = performance.now();
  const workers = await Promise.all(Array.from({ length: Number(options.workers) }, () => startWorker(url, port, secretKeyFile)));
  const readyAt = performance.now();
  const curve = await sinkReaches(sink.process, MESSAGES, readyAt);
  const deliverSeconds = (performance.now() - readyAt) / 1000;
  await queueEmpties(pool);
  const sinkCounts = await ask(sink.process);
  const workerUsage = workers.map((worker) => usageOf(worker.process.pid!));
  const workerCpu = workerUsage.reduce((sum, usage) => sum + usage.cpuSeconds, 0);
  const postgresCpu = postgres.cpuSeconds() - deliverPostgres;

  // Phase three: both at once, and how long a message waits for its first attempt.
  const bothPostgres = postgres.cpuSeconds();
  const bothFrom = performance.now();
  await acceptAll(pool, tenantId, MESSAGES);
  await sinkReaches(sink.process, 2 * MESSAGES, bothFrom);
  const bothSeconds = (performance.now() - bothFrom) / 1000;
  const bothPostgresCpu = postgres.cpuSeconds() - bothPostgres;
  await queueEmpties(pool);

  // Phase four: 200 a second for ten seconds.
  const { p50, p99 } = await waitAtLowLoad(pool, tenantId);
  const per1000 = 1000 / MESSAGES;
  const memoryMb = Math.max(...workers.map((worker) => usageOf(worker.process.pid!).memoryMb));
  await Promise.all(
    workers.map((worker) => {
      worker.process.kill('SIGTERM');
      return once(worker.process, 'exit');
    }),
  );
  await pool.end();
  return {
    'accepted a second (alone)': Math.round(MESSAGES / acceptSeconds),
    'delivered a second (backlog)': Math.round(MESSAGES / deliverSeconds),
    'delivered a second (best of seconds)': Math.max(...curve),
    'accepted and delivered a second (both at once)': Math.round(MESSAGES / bothSeconds),
    'accept to first attempt, 200/s, p50 ms': p50,
    'accept to first attempt, 200/s, p99 ms': p99,
    'accept CPU s per 1,000: caller': round(acceptNode * per1000),
    'accept CPU s per 1,000: PostgreSQL': round(acceptPostgres * per1000),
    'deliver CPU s per 1,000: workers (with signing)': round(workerCpu * per1000),
    'deliver CPU s per 1,000: PostgreSQL': round(postgresCpu * per1000),
    'deliver CPU s per 1,000: sink': round((((sinkCounts['cpu'] as NodeJS.CpuUsage).user + (sinkCounts['cpu'] as NodeJS.CpuUsage).system) / 1e6) * per1000),
    'both CPU s per 1,000: PostgreSQL': round(bothPostgresCpu * per1000),
    'worker memory MB (most)': memoryMb,
    'sink connections': sinkCounts['connections'] as number,
    'seconds until workers were ready': round((readyAt - startedAt) / 1000),
  };
}

async function prepare(pool: Pool, secretKeyFile: string): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(`INSERT INTO tenant (slug, name) VALUES ('bench', 'Bench') RETURNING id`);
  const tenantId = rows[0]!.id;
  await createDomain(pool, secretBoxFromFile(secretKeyFile), { tenantId, name: 'bench.test' });
  if (!options.ed25519) await pool.query(`UPDATE dkim_key SET status = 'retired' WHERE algorithm = 'ed25519-sha256'`);
  const backlog = Number(options.backlog);
  if (backlog > 0) {
    // Ready, and of a tenant that is suspended: they stand in every index that claiming walks and are never loaded.
    await pool.query(
      `WITH other AS (INSERT INTO tenant (slug, name, status) VALUES ('backlog', 'Backlog', 'suspended') RETURNING id)
       INSERT INTO delivery (queue_id, recipient_no, tenant_id, lane, state, recipient, domain, size, due_at, expires_at)
       SELECT uuidv7(), 0, other.id, 'transactional', 'queued', 'r' || n || '@d' || n % ${DOMAINS} || '.example', 'd' || n % ${DOMAINS} || '.example',
              10240, now(), now() + interval '5 days'
         FROM other, generate_series(1, $1::int) n`,
      [backlog],
    );
  }
  await pool.query('VACUUM ANALYZE');
  return tenantId;
}

/** Distinct messages of text and some base64, as mail is. */
function makeMessage(index: number, size: number): Buffer {
  const id = createHash('sha256').update(String(index)).digest('hex');
  const header = `From: Bench <bench@bench.test>\r\nTo: r${index}@d${index % DOMAINS}.example\r\nSubject: Message ${index}\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@bench.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n`;
  const filler = index % FILLERS.length;
  return Buffer.from(`${header}${id}\r\n${FILLERS[filler]!.slice(0, Math.max(0, size - header.length - 68))}\r\n`);
}
/** @returns the seconds that it took */
async function acceptAll(pool: Pool, tenantId: string, count: number, size = Number(options.size)): Promise<number> {
  const deps = enqueueDeps(pool, folderBlobStore(join(home, 'blobs')));
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: Number(options.callers) }, async () => {
      while (next < count) await acceptOne(deps, tenantId, next++, size);
    }),
  );
  return (performance.now() - startedAt) / 1000;
}

async function acceptOne(deps: ReturnType<typeof enqueueDeps>, tenantId: string, index: number, size: number): Promise<string> {
  const result = await enqueue(deps, {
    tenantId,
    accountId: null,
    source: 'api',
    lane: 'transactional',
    reversePath: 'bench@bench.test',
    recipients: [{ address: `r${index}@d${index % DOMAINS}.example` }],
    headerFrom: 'bench@bench.test',
    messageIdHeader: `<${index}@bench.test>`,
    subject: `Message ${index}`,
    content: makeMessage(index, size),
  });
  if (result.kind !== 'accepted') throw new Error(`${result.field}: ${result.rule}`);
  return result.queueId;
}

/** Milliseconds from the commit of a message to its claim, at 200 a second. */
async function waitAtLowLoad(pool: Pool, tenantId: string): Promise<{ p50: number; p99: number }> {
  const deps = enqueueDeps(pool, folderBlobStore(join(home, 'blobs')));
  const since = new Date();
  const pending: Promise<string>[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < 2_000; i++) {
    const dueMs = startedAt + i * 5 - performance.now();
    if (dueMs > 1) await sleep(dueMs);
    pending.push(acceptOne(deps, tenantId, i, Number(options.size)));
  }
  await Promise.all(pending);
  await queueEmpties(pool);
  const { rows } = await pool.query<{ p50: number; p99: number }>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS p99 FROM (
       SELECT extract(epoch FROM d.at - a.at) * 1000 - (d.data->>'durationMs')::float8 AS ms
         FROM delivery_event a JOIN delivery_event d USING (queue_id) WHERE a.type = 'accepted' AND d.type = 'delivered' AND a.at > $1) waits`,
    [since],
  );
  return { p50: Math.round(rows[0]!.p50), p99: Math.round(rows[0]!.p99) };
}

async function startWorker(url: string, port: number, secretKeyFile: string) {
  return child(path('../server/workers/delivery.ts'), {
    EIDER_HOME: home, DATABASE_URL: url, EIDER_SECRET_KEY_FILE: secretKeyFile, EIDER_ROUTES: `*=127.0.0.1:${port}`, EIDER_LOG_LEVEL: 'warn',
    // As the supervisor starts it: mail-server/runtime/roles.ts.
  }, ['--max-semi-space-size=4']);
}

async function child(file: string, env: Record<string, string>, execArgv: string[] = []): Promise<{ process: ChildProcess; first: Record<string, unknown> }> {
  const started = fork(file, { env: { ...process.env, ...env }, execArgv });
  children.push(started);
  const [first] = (await once(started, 'message')) as [Record<string, unknown>];
  return { process: started, first };
}

async function ask(sink: ChildProcess): Promise<Record<string, unknown>> {
  sink.send('count');
  const [answer] = (await once(sink, 'message')) as [Record<string, unknown>];
  return answer;
}

/** @returns messages in each whole second until the sink has `count` */
async function sinkReaches(sink: ChildProcess, count: number, from: number): Promise<number[]> {
  const curve: number[] = [];
  let before = (await ask(sink))['messages'] as number;
  for (;;) {
    const second = Math.floor((performance.now() - from) / 1000);
    await sleep(20);
    const { messages } = (await ask(sink)) as { messages: number };
    if (messages >= count) return curve;
    if (Math.floor((performance.now() - from) / 1000) > second) {
      curve.push(messages - before);
      before = messages;
    }
  }
}

async function queueEmpties(pool: Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query(`SELECT 1 FROM delivery d JOIN tenant t ON t.id = d.tenant_id WHERE t.slug = 'bench' LIMIT 1`);
    if (rows.length === 0) return;
    await sleep(50);
  }
}

/** CPU and resident memory of a process, from /proc. */
function usageOf(pid: number): { cpuSeconds: number; memoryMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100, memoryMb: Math.round(Number(peak) / 1024) };
}

function cpuSeconds(usage: NodeJS.CpuUsage): number {
  return (usage.user + usage.system) / 1e6;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
