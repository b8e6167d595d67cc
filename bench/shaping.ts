// Keeping to a provider's limits at full speed: a backlog for one site that allows so many connections and so many
// messages a minute, refuses the rest, and counts. Real PostgreSQL and Valkey, real worker processes. Prints
// violations after the first minute, and how much of what is allowed was used.
//   node bench/shaping.ts [--workers 2] [--minutes 4] [--messages 1200] [--connections 5] [--unknown] [--json]
// --unknown: no rule tells the limits; they are learnt from the replies.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startTestValkey } from '../mail-server/runtime/testing/start-test-valkey.ts';
import { enqueue, enqueueDeps } from '../server/delivery/enqueue.ts';
import type { ProviderCounts, ProviderMxOptions } from '../server/delivery/testing/provider-mx.ts';
import { folderBlobStore } from '../server/infra/blobs/blob-store.ts';
import { createPool, type Pool } from '../server/infra/db/pool.ts';
import { startBenchPostgres } from './delivery-postgres.ts';

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '4' },
    messages: { type: 'string', default: '1200' },
    connections: { type: 'string', default: '5' },
    unknown: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const MINUTES = Number(options.minutes);
const MESSAGES = Number(options.messages);
const CONNECTIONS = Number(options.connections);
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const home = mkdtempSync(join(tmpdir(), 'eider-bench-'));
const children: ChildProcess[] = [];
const postgres = await startBenchPostgres(home);
const valkey = await startTestValkey();
try {
  const result = await run();
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(54)}${value}\n`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await valkey.stop();
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}

async function run(): Promise<Record<string, string | number>> {
  writeFileSync(join(home, 'secret.key'), randomBytes(32).toString('base64'));
  const limits = options.unknown ? { rate: null, connections: 10 } : { rate: `${MESSAGES}/min`, connections: CONNECTIONS };
  writeFileSync(join(home, 'shaping.json'), JSON.stringify({ sites: [{ name: 'provider', mx: ['127.0.0.1'], messagesPerConnection: 100, ...limits }] }));
  const pool = createPool(postgres.url, { max: 8 });
  await fill(pool, Math.ceil(MESSAGES * (MINUTES + 1) * 1.2));
  const mxOptions: ProviderMxOptions = { connections: CONNECTIONS, messages: MESSAGES, windowMs: 60_000, delayMs: 5 };
  const mx = await child(path('../server/delivery/testing/provider-mx.ts'), {}, [JSON.stringify(mxOptions)]);
  const env = {
    EIDER_HOME: home, DATABASE_URL: postgres.url, REDIS_URL: valkey.url, EIDER_SECRET_KEY_FILE: join(home, 'secret.key'),
    EIDER_ROUTES: `*=127.0.0.1:${mx.first['port'] as number}`, EIDER_LOG_LEVEL: 'warn',
  };
  const workers = await Promise.all(Array.from({ length: Number(options.workers) }, () => child(path('../server/workers/delivery.ts'), env)));
  const before = await ask(mx.process);
  const from = before.seconds.length;
  await sleep(MINUTES * 60_000);
  const counts = await ask(mx.process);
  await pool.end();
  for (const worker of workers) worker.process.kill('SIGTERM');
  await Promise.all(workers.map((worker) => (worker.process.exitCode === null ? once(worker.process, 'exit') : undefined)));
  const first = sum(counts, from, from + 60);
  const later = sum(counts, from + 60, from + MINUTES * 60);
  return {
    'allowed': `${MESSAGES} messages a minute, ${CONNECTIONS} connections`,
    'told to the workers': options.unknown ? 'nothing' : 'both',
    'workers': Number(options.workers),
    'first minute: taken, refused': `${first.accepted}, ${first.violations}`,
    'after it: taken, refused': `${later.accepted}, ${later.violations} in ${MINUTES - 1} minutes`,
    'after it: refused, % of what was sent': percent(later.violations, later.accepted + later.violations),
    'after it: taken, % of what is allowed': percent(later.accepted, MESSAGES * (MINUTES - 1)),
    'by the minute': Array.from({ length: MINUTES }, (_, minute) => sum(counts, from + 60 * minute, from + 60 * minute + 60)).map((entry) => `${entry.accepted}/${entry.violations}`).join(' '),
    'most connections at once': counts.mostConnections,
    'refused connections, refused messages, in all': `${counts.tooManyConnections}, ${counts.tooManyMessages}`,
  };
}

function sum(counts: ProviderCounts, from: number, to: number): { accepted: number; violations: number } {
  const total = { accepted: 0, violations: 0 };
  for (const second of counts.seconds.slice(from, to)) {
    total.accepted += second.accepted;
    total.violations += second.violations;
  }
  return total;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(3)} %`;
}

async function fill(pool: Pool, count: number): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(`INSERT INTO tenant (slug, name) VALUES ('bench', 'Bench') RETURNING id`);
  const deps = enqueueDeps(pool, folderBlobStore(join(home, 'blobs')));
  let next = 0;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      for (let index = next++; index < count; index = next++) {
        const result = await enqueue(deps, {
          tenantId: rows[0]!.id, accountId: null, source: 'api', lane: 'transactional', reversePath: '', recipients: [{ address: `r${index}@d${index % 20}.example` }],
          headerFrom: 'bench@bench.test', messageIdHeader: `<${index}@bench.test>`, content: Buffer.from(`From: bench@bench.test\r\nSubject: ${index}\r\n\r\n${'x'.repeat(70)}\r\n`),
        });
        if (result.kind !== 'accepted') throw new Error('not accepted');
      }
    }),
  );
}

async function child(file: string, env: Record<string, string>, args: string[] = []): Promise<{ process: ChildProcess; first: Record<string, unknown> }> {
  const started = fork(file, args, { env: { ...process.env, ...env } });
  children.push(started);
  const [first] = (await once(started, 'message')) as [Record<string, unknown>];
  return { process: started, first };
}

async function ask(mx: ChildProcess): Promise<ProviderCounts> {
  mx.send('count');
  const [answer] = (await once(mx, 'message')) as [ProviderCounts];
  return answer;
}
