// Measures the MongoDB front: point reads, inserts and updates per second, and WildDuck's ingest over LMTP, each with
// the CPU time that it took in every process. Full durability (fsync on, synchronous_commit on).
// Usage: node bench/gateway/bench.ts [--messages 2000] [--rounds 3] [--bytes 10000] [--connections 8] [--processes 1]
//        [--own-process: the front beside WildDuck instead of inside] [--fulltext] [--only ingest|crud]
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import { startBacking, type Backing } from './backing.ts';
import { cpuSeconds } from './cpu-time.ts';
import { runLmtpLoad, type LmtpLoad } from './lmtp-load.ts';
import { startWildduck, type WildduckProcess } from './wildduck-process.ts';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '2000' },
    bytes: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '8' },
    processes: { type: 'string', default: '1' },
    port: { type: 'string', default: '12080' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    'own-process': { type: 'boolean', default: false },
    fulltext: { type: 'boolean', default: false },
  },
});

const USERS = 20;
/** Same work for everybody while code and caches warm up; not counted. */
const WARM_UP_MESSAGES = 500;

type Processes = Record<string, number>;

function cpuNow(processes: Processes): Record<string, number> {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuSeconds(pid)]));
}

function report(name: string, count: number, seconds: number, processes: Processes, before: Record<string, number>): void {
  const after = cpuNow(processes);
  const perItem = Object.keys(processes).map((process) => `${process} ${((((after[process] ?? 0) - (before[process] ?? 0)) / count) * 1000).toFixed(2)}`);
  const total = Object.keys(processes).reduce((sum, process) => sum + (after[process] ?? 0) - (before[process] ?? 0), 0);
  process.stdout.write(`${name.padEnd(22)} ${(count / seconds).toFixed(0).padStart(6)}/s   CPU ms each: ${((total / count) * 1000).toFixed(2)} (${perItem.join(', ')})\n`);
}

/** Runs `operation` with so many at once for about `seconds` and reports it. */
async function measure(name: string, concurrency: number, seconds: number, processes: Processes, operation: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 200; i++) await operation(i);
  const before = cpuNow(processes);
  const startedAt = performance.now();
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < seconds * 1000) await operation((count += 1));
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  report(name, count, (performance.now() - startedAt) / 1000, processes, before);
}

async function crud(backing: Backing): Promise<void> {
  const client = await MongoClient.connect(backing.mongoUrl('bench'));
  const things = client.db().collection<{ _id: number; n: number; text: string }>('things');
  await things.insertMany(Array.from({ length: 10_000 }, (_, i) => ({ _id: i, n: i, text: 'x'.repeat(200) })));
  await things.createIndex({ n: 1 });
  const inserts = client.db().collection('inserts');
  const processes = { postgres: backing.postgres.pid as number, gateway: backing.gateway.pid as number };
  const pick = (i: number): number => (i * 7919) % 10_000;
  await measure('findOne by _id, 1', 1, 3, processes, (i) => things.findOne({ _id: pick(i) }));
  await measure('findOne by _id, 16', 16, 3, processes, (i) => things.findOne({ _id: pick(i) }));
  await measure('findOne by index, 16', 16, 3, processes, (i) => things.findOne({ n: pick(i) }));
  await measure('insertOne, 1', 1, 3, processes, (i) => inserts.insertOne({ i, text: 'x'.repeat(200) }));
  await measure('insertOne, 16', 16, 3, processes, (i) => inserts.insertOne({ i, text: 'x'.repeat(200) }));
  await measure('updateOne, 16', 16, 3, processes, (i) => things.updateOne({ _id: pick(i) }, { $inc: { n: 1 } }));
  await client.close();
}

async function createUsers(wildduck: WildduckProcess): Promise<string[]> {
  const addresses: string[] = [];
  for (let i = 0; i < USERS; i++) {
    const address = `user${i}@bench.example`;
    const response = await fetch(`${wildduck.apiUrl}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: `user${i}`, password: 'bench-password', address, allowUnsafe: true }),
    });
    if (!response.ok) throw new Error(`creating a user failed: ${await response.text()}`);
    addresses.push(address);
  }
  return addresses;
}

/** One round of messages, reported; returns its rate a second. */
async function ingestRound(load: Omit<LmtpLoad, 'messages'>, processes: Processes): Promise<number> {
  let before = cpuNow(processes);
  const onReady = (): void => {
    before = cpuNow(processes);
  };
  const result = await runLmtpLoad({ ...load, messages: Number(options.messages), onReady });
  report(`LMTP ingest, ${options.connections}`, result.accepted, result.seconds, processes, before);
  const at = (share: number): string => (result.latenciesMs[Math.floor(result.latenciesMs.length * share)] ?? 0).toFixed(0);
  process.stdout.write(`  ${result.accepted} accepted, ${result.refused} refused; after the final dot p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
  return result.accepted / result.seconds;
}

async function ingest(backing: Backing): Promise<void> {
  const wildduck = await startWildduck({
    mongoUrl: backing.mongoUrl('wildduck'),
    redisUrl: `${backing.redisUrl}/1`,
    basePort: Number(options.port),
    processes: Number(options.processes),
    gatewayEnv: options['own-process'] ? {} : backing.gatewayEnv,
    fulltext: options.fulltext,
  });
  try {
    const recipients = await createUsers(wildduck);
    const load = { port: wildduck.lmtpPort, connections: Number(options.connections), recipients, bytes: Number(options.bytes) };
    await runLmtpLoad({ ...load, messages: WARM_UP_MESSAGES * Number(options.processes) });
    const processes = {
      postgres: backing.postgres.pid as number,
      gateway: backing.gateway.pid as number,
      wildduck: wildduck.child.pid as number,
      valkey: backing.valkey.pid as number,
      'this load': process.pid,
    };
    const rates: number[] = [];
    for (let round = 0; round < Number(options.rounds); round++) rates.push(await ingestRound(load, processes));
    rates.sort((a, b) => a - b);
    process.stdout.write(`  median of ${rates.length} rounds: ${(rates[Math.floor(rates.length / 2)] ?? 0).toFixed(0)}/s\n`);
  } finally {
    await wildduck.stop();
  }
}

const backing = await startBacking(Number(options.port) + 9);
try {
  process.stdout.write(`load average before: ${loadavg()[0]?.toFixed(1)}\n`);
  if (options.only !== 'ingest') await crud(backing);
  if (options.only !== 'crud') await ingest(backing);
} finally {
  await backing.stop();
}
