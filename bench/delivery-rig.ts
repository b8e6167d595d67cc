// What the benchmarks of the delivery pipeline share: a PostgreSQL with real fsync, a tenant whose mail is signed, a
// sink over 20 domains, delivery workers as the supervisor starts them, and the counting of processor time.
import { type ChildProcess, fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createDomain } from '../server/domains/create-domain.ts';
import { enqueue, enqueueDeps, type EnqueueDeps } from '../server/delivery/enqueue.ts';
import type { Lane } from '../server/delivery/enqueue-types.ts';
import { folderBlobStore } from '../server/infra/blobs/blob-store.ts';
import { secretBoxFromFile } from '../server/infra/crypto/secret-box.ts';
import { createPool, type Pool } from '../server/infra/db/pool.ts';
import { type BenchPostgres, startBenchPostgres } from './delivery-postgres.ts';

export const DOMAINS = 20;
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface Rig {
  home: string;
  postgres: BenchPostgres;
  pool: Pool;
  deps: EnqueueDeps;
  secretKeyFile: string;
  sink: ChildProcess;
  /** Starts a delivery worker and waits until it is ready. */
  startWorker(): Promise<ChildProcess>;
  /** Ends workers as the supervisor does. */
  stopWorkers(): Promise<void>;
  workers: ChildProcess[];
}

/** Starts everything in a folder of its own, runs `measure`, and removes it all. */
export async function withRig(measure: (rig: Rig) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'eider-bench-'));
  const children: ChildProcess[] = [];
  const postgres = await startBenchPostgres(home);
  const pool = createPool(postgres.url, { max: 8, statementTimeoutMs: 1_800_000 });
  const secretKeyFile = join(home, 'secret.key');
  writeFileSync(secretKeyFile, randomBytes(32).toString('base64'));
  try {
    const sink = await child(path('../server/delivery/testing/sink.ts'), {});
    children.push(sink.process);
    const rig: Rig = {
      home, postgres, pool, secretKeyFile, sink: sink.process, workers: [],
      deps: enqueueDeps(pool, folderBlobStore(join(home, 'blobs'))),
      async startWorker() {
        const { process } = await child(path('../server/workers/delivery.ts'), {
          EIDER_HOME: home, DATABASE_URL: postgres.url, EIDER_SECRET_KEY_FILE: secretKeyFile,
          EIDER_ROUTES: `*=127.0.0.1:${sink.first['port'] as number}`, EIDER_LOG_LEVEL: 'warn',
          // As the supervisor starts it: mail-server/runtime/roles.ts.
          MALLOC_ARENA_MAX: '2',
        }, ['--max-semi-space-size=4']);
        children.push(process);
        rig.workers.push(process);
        return process;
      },
      async stopWorkers() {
        await Promise.all(
          rig.workers.splice(0).map((worker) => {
            const ended = once(worker, 'exit');
            worker.kill('SIGTERM');
            return ended;
          }),
        );
      },
    };
    await measure(rig);
  } finally {
    for (const each of children) each.kill('SIGKILL');
    await pool.end();
    await postgres.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** A tenant with the domain `<slug>.test` and its RSA-2048 key. @returns its id */
export async function addTenant(rig: Rig, slug: string): Promise<string> {
  const { rows } = await rig.pool.query<{ id: string }>('INSERT INTO tenant (slug, name) VALUES ($1, $1) RETURNING id', [slug]);
  const tenantId = rows[0]!.id;
  await createDomain(rig.pool, secretBoxFromFile(rig.secretKeyFile), { tenantId, name: `${slug}.test` });
  await rig.pool.query(`UPDATE dkim_key SET status = 'retired' WHERE algorithm = 'ed25519-sha256'`);
  return tenantId;
}

/** Bodies: two lines of text to one of base64. */
const FILLERS = Array.from({ length: 50 }, () =>
  Array.from({ length: 700 }, (_, line) => (line % 3 === 0 ? randomBytes(54).toString('base64') : `Line ${line}: the quick brown fox ${randomBytes(6).toString('hex')} jumps over the lazy dog.`)).join('\r\n'),
);

/** Distinct messages of text and some base64, as mail is. */
export function makeMessage(index: number, size: number, from: string): Buffer {
  const id = createHash('sha256').update(String(index)).digest('hex');
  const header = `From: Bench <${from}>\r\nTo: r${index}@d${index % DOMAINS}.example\r\nSubject: Message ${index}\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@bench.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n`;
  const filler = index % FILLERS.length;
  return Buffer.from(`${header}${id}\r\n${FILLERS[filler]!.slice(0, Math.max(0, size - header.length - 68))}\r\n`);
}

export interface Sender {
  tenantId: string;
  slug: string;
  lane: Lane;
  sizeOctets: number;
}

/** Accepts one message. @returns its queue id @throws when it is refused */
export async function acceptOne(rig: Rig, sender: Sender, index: number): Promise<string> {
  const from = `bench@${sender.slug}.test`;
  const result = await enqueue(rig.deps, {
    tenantId: sender.tenantId,
    accountId: null,
    source: 'api',
    lane: sender.lane,
    reversePath: from,
    recipients: [{ address: `r${index}@d${index % DOMAINS}.example` }],
    headerFrom: from,
    messageIdHeader: `<${index}@bench.test>`,
    subject: `Message ${index}`,
    content: makeMessage(index, sender.sizeOctets, from),
  });
  if (result.kind !== 'accepted') throw new Error(`${result.field}: ${result.rule}`);
  return result.queueId;
}

/** Accepts `count` messages by concurrent callers. @returns the seconds that it took */
export async function acceptAll(rig: Rig, sender: Sender, count: number, callers: number): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < count) await acceptOne(rig, sender, next++);
    }),
  );
  return (performance.now() - startedAt) / 1000;
}

/**
 * Puts messages into the queue by statements of the database alone: as rows, they are what enqueue makes.
 * @param from the first `large` are of sender.sizeOctets and signed content of their own, the rest of 1 KiB
 */
export async function fillQueue(rig: Rig, sender: Sender, count: number, large: number): Promise<void> {
  const from = `bench@${sender.slug}.test`;
  const body = (octets: number): Buffer => makeMessage(0, octets, from);
  const BATCH = 25_000;
  for (let at = 0; at < count; at += BATCH) {
    const size = at < large ? sender.sizeOctets : 1_024;
    await rig.pool.query(
      `WITH new AS (SELECT uuidv7() AS id, $1::int + n AS n FROM generate_series(0, $2::int - 1) n),
       messages AS (
         INSERT INTO outgoing_message (queue_id, tenant_id, source, lane, reverse_path, header_from, message_id_header, subject, size, needs_8bit, needs_smtputf8, content)
         SELECT id, $3, 'api', $4::delivery_lane, $5, $5, '<' || id || '@bench.test>', 'Message ' || n, length($6::bytea) + 40, false, false,
                $6::bytea || convert_to(id::text || E'\\r\\n', 'UTF8') FROM new),
       events AS (
         INSERT INTO delivery_event (tenant_id, queue_id, type, data) SELECT $3, id, 'accepted', '{"source":"api"}' FROM new)
       INSERT INTO delivery (queue_id, recipient_no, tenant_id, lane, state, recipient, domain, size, due_at, expires_at)
       SELECT id, 0, $3, $4::delivery_lane, 'queued', 'r' || n || '@d' || n % ${DOMAINS} || '.example', 'd' || n % ${DOMAINS} || '.example',
              length($6::bytea) + 40, now(), now() + interval '5 days' FROM new`,
      [at, Math.min(BATCH, count - at), sender.tenantId, sender.lane, from, body(size)],
    );
  }
  await rig.pool.query('VACUUM ANALYZE');
  await rig.pool.query('CHECKPOINT');
}

async function child(file: string, env: Record<string, string>, execArgv: string[] = []): Promise<{ process: ChildProcess; first: Record<string, unknown> }> {
  const started = fork(file, { env: { ...process.env, ...env }, execArgv });
  const [first] = (await once(started, 'message')) as [Record<string, unknown>];
  return { process: started, first };
}

export interface SinkCounts {
  messages: number;
  connections: number;
  cpu: NodeJS.CpuUsage;
}

export async function askSink(sink: ChildProcess): Promise<SinkCounts> {
  sink.send('count');
  const [answer] = (await once(sink, 'message')) as [SinkCounts];
  return answer;
}

/** @returns messages in each whole second until the sink has `count` */
export async function sinkReaches(sink: ChildProcess, count: number, from: number): Promise<number[]> {
  const curve: number[] = [];
  let before = (await askSink(sink)).messages;
  for (;;) {
    const second = Math.floor((performance.now() - from) / 1000);
    await sleep(20);
    const { messages } = await askSink(sink);
    if (messages >= count) return curve;
    if (Math.floor((performance.now() - from) / 1000) > second) {
      curve.push(messages - before);
      before = messages;
    }
  }
}

/** CPU (user and system) and the most resident memory of a process, from /proc. */
export function usageOf(pid: number): { cpuSeconds: number; memoryMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100, memoryMb: Math.round(Number(peak) / 1024) };
}

export const cpuSeconds = (usage: NodeJS.CpuUsage): number => (usage.user + usage.system) / 1e6;

export const round = (value: number): number => Math.round(value * 1000) / 1000;

export interface Waits {
  /** Milliseconds from the commit of the message until a worker had claimed it and begun. */
  claimed: number[];
  /** Until its delivery was recorded: with the wait for a connection, signing and the dialogue. */
  delivered: number[];
}

/** How long the messages that a tenant had accepted after `since` took, by the database's and the worker's own times. */
export async function waitsSince(pool: Pool, tenantId: string, since: Date): Promise<Waits> {
  const { rows } = await pool.query<{ claimed: number; delivered: number }>(
    `SELECT extract(epoch FROM d.at - a.at)::float8 * 1000 AS delivered,
            extract(epoch FROM d.at - a.at)::float8 * 1000 - (d.data->>'durationMs')::float8 AS claimed
       FROM delivery_event a JOIN delivery_event d USING (queue_id)
      WHERE a.tenant_id = $1 AND a.type = 'accepted' AND d.type = 'delivered' AND a.at > $2`,
    [tenantId, since],
  );
  return { claimed: rows.map((row) => Math.max(0, row.claimed)), delivered: rows.map((row) => row.delivered) };
}
