// A bulk label over HTTP, as the page orders it: from POST /api/jobs until the job is done, with the mail store, the index
// and the indexer that follows. And, on the way, how fast the index of that mailbox is built from nothing.
//
//   node bench/bulk-label.ts [--messages 10000]
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MongoClient, ObjectId } from 'mongodb';
import { environmentPath } from '../mail-server/runtime/home-paths.ts';
import { createPool } from '../server/infra/db/pool.ts';
import { openWildduckStore } from '../server/infra/wildduck/store.ts';
import { rebuildIndex } from '../server/mailbox/rebuild.ts';
import { supervisorStatus, type ProductAddress } from '../test/product/product.ts';
import { openSession, type ApiSession } from './api-session.ts';
import { cpuSeconds } from './gateway/cpu-time.ts';
import { withProduct } from './with-product.ts';

const { values: options } = parseArgs({ options: { messages: { type: 'string', default: '10000' } } });
const COUNT = Number(options.messages);

interface Job {
  id: string;
  state: string;
  total: number;
  done: number;
  failed: number;
}

async function measure(product: ProductAddress): Promise<void> {
  const environment = JSON.parse(readFileSync(environmentPath(product.home), 'utf8')) as Record<string, string>;
  await fillInbox(environment['MONGO_URL']!, environment['DATABASE_URL']!, product.alice.address);
  const session = await openSession(product, product.alice);
  const { items: labels } = await session.call<{ items: { id: string; name: string }[] }>('POST', '/api/labels', { name: 'Benchmark' });
  const label = labels.find((each) => each.name === 'Benchmark')!;
  const { items: folders } = await session.call<{ items: { id: string; specialUse: string | null; total: number }[] }>('GET', '/api/mailbox/folders');
  const inbox = folders.find((folder) => folder.specialUse === 'inbox')!;
  const scope = { kind: 'folder', folderId: inbox.id };
  const { roles } = await supervisorStatus(product.home);
  const running = roles.filter((role): role is typeof role & { pid: number } => role.pid !== null);
  await run(session, running, 'label', { action: 'label', addLabels: [label.id], scope });
  await run(session, running, 'star', { action: 'star', scope });
  await run(session, running, 'mark read', { action: 'read', scope });
  session.close();
}

async function run(session: ApiSession, roles: readonly { role: string; pid: number }[], name: string, body: unknown): Promise<void> {
  const before = roles.map(({ pid }) => cpuSeconds(pid));
  const start = performance.now();
  let job = await session.call<Job>('POST', '/api/jobs', body);
  while (['collecting', 'running'].includes(job.state)) {
    await sleep(50);
    job = await session.call<Job>('GET', `/api/jobs/${job.id}`);
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`${name}: ${job.done} of ${job.total} conversations, ${job.failed} refused, ${seconds.toFixed(2)} s (${Math.round(job.done / seconds)} a second), ${job.state}`);
  const used = roles.map(({ role, pid }, n) => ({ role, seconds: cpuSeconds(pid) - before[n]! })).filter((one) => one.seconds > 0.05);
  const sum = used.reduce((total, one) => total + one.seconds, 0);
  console.log(`  load ${loadavg()[0]!.toFixed(1)}; CPU seconds ${sum.toFixed(1)} (${used.map((one) => `${one.role} ${one.seconds.toFixed(1)}`).join(', ')})`);
}

/** Copies of one message, as many as wanted, put where WildDuck would put them; then the index is built. */
async function fillInbox(mongoUrl: string, databaseUrl: string, address: string): Promise<void> {
  const mongo = await new MongoClient(mongoUrl).connect();
  const pool = createPool(databaseUrl, { max: 4, applicationName: 'eider-bench' });
  const store = await openWildduckStore(mongoUrl);
  try {
    const { rows } = await pool.query<{ id: string; wildduck_user_id: string }>('SELECT id, wildduck_user_id FROM account WHERE address = $1', [address]);
    const { id: accountId, wildduck_user_id: userId } = rows[0]!;
    const inbox = (await store.listMailboxes(userId)).find((mailbox) => mailbox.path === 'INBOX')!;
    const messages = mongo.db().collection('messages');
    const model = await messages.findOne({ mailbox: new ObjectId(inbox.id) });
    if (!model) throw new Error(`${address} has no message to copy`);
    for (let first = 0; first < COUNT; first += 500) {
      await messages.insertMany(Array.from({ length: Math.min(500, COUNT - first) }, (_, n) => copyOf(model, first + n)));
    }
    await mongo.db().collection('mailboxes').updateOne({ _id: new ObjectId(inbox.id) }, { $set: { uidNext: 1_000_000 + COUNT } });
    const outcome = await rebuildIndex({ pool, store }, accountId);
    if (outcome.kind !== 'rebuilt') throw new Error(`the index was not built: ${outcome.kind}`);
    console.log(`index built from nothing: ${outcome.total} messages in ${(outcome.tookMs / 1000).toFixed(2)} s (${Math.round(outcome.total / (outcome.tookMs / 1000))} a second)`);
  } finally {
    await store.close();
    await pool.end();
    await mongo.close();
  }
}

function copyOf(model: Record<string, unknown>, n: number): Record<string, unknown> {
  const _id = new ObjectId();
  const tree = structuredClone(model['mimeTree']) as { parsedHeader?: Record<string, unknown> };
  const subject = `Copy ${n}`;
  if (tree.parsedHeader) tree.parsedHeader = { ...tree.parsedHeader, subject, 'message-id': `<copy-${n}@bench.example>` };
  return { ...model, _id, root: _id, uid: 1_000_000 + n, msgid: `<copy-${n}@bench.example>`, subject, mimeTree: tree, thread: new ObjectId(), idate: new Date(Date.UTC(2026, 0, 1) + n * 1000) };
}

await withProduct(measure);
