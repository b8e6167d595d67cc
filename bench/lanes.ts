// How long mail that matters waits while a mountain of marketing mail is being delivered: accept → first attempt of
// transactional messages with 500,000 marketing deliveries waiting, and of another tenant's ten marketing messages
// behind one tenant's million. Everything on one machine, real fsync.
//   node bench/lanes.ts [--marketing 500000] [--million 1000000] [--rate 50] [--seconds 20] [--workers 1]
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { acceptOne, addTenant, askSink, fillQueue, type Rig, type Sender, type Waits, waitsSince, withRig } from './delivery-rig.ts';
import { percentiles, printRow } from './measurement.ts';

const { values: options } = parseArgs({
  options: {
    marketing: { type: 'string', default: '500000' },
    /** The other tenant's queue in the second part; 0 leaves that part out. */
    million: { type: 'string', default: '1000000' },
    /** Transactional messages a second. */
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '20' },
    workers: { type: 'string', default: '1' },
  },
});

await withRig(async (rig) => {
  const shop: Sender = { tenantId: await addTenant(rig, 'shop'), slug: 'shop', lane: 'marketing', sizeOctets: 10_240 };
  const app: Sender = { tenantId: await addTenant(rig, 'app'), slug: 'app', lane: 'transactional', sizeOctets: 10_240 };
  const club: Sender = { tenantId: await addTenant(rig, 'club'), slug: 'club', lane: 'marketing', sizeOctets: 10_240 };
  await fillQueue(rig, shop, Number(options.marketing), Math.min(50_000, Number(options.marketing)));
  await Promise.all(Array.from({ length: Number(options.workers) }, () => rig.startWorker()));
  await whileDelivering(rig, `${options.marketing} marketing deliveries of another tenant waiting`, async () => {
    printWaits(`transactional, ${options.rate}/s`, await stream(rig, app));
    // The mountain's own tenant, too, has mail that cannot wait.
    printWaits("the same, of the mountain's own tenant", await stream(rig, { ...shop, lane: 'transactional' }));
  });
  const million = Number(options.million);
  if (million === 0) return rig.stopWorkers();
  await rig.stopWorkers();
  await fillQueue(rig, shop, Math.max(0, million - (await waiting(rig))), 0);
  await rig.startWorker();
  await whileDelivering(rig, `${million} marketing deliveries of another tenant waiting`, async () => {
    printWaits("another tenant's ten marketing messages", await tens(rig, club));
  });
  await rig.stopWorkers();
});

/** Says what goes on, and how fast the mountain is being delivered meanwhile. */
async function whileDelivering(rig: Rig, what: string, work: () => Promise<void>): Promise<void> {
  console.log(what);
  await sleep(3_000);
  const before = (await askSink(rig.sink)).messages;
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  console.log(`  meanwhile delivered a second: ${Math.round(((await askSink(rig.sink)).messages - before) / seconds)}; still waiting: ${await waiting(rig)}`);
}

async function stream(rig: Rig, sender: Sender): Promise<Waits> {
  const since = new Date();
  const rate = Number(options.rate);
  const ids: Promise<string>[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < rate * Number(options.seconds); i++) {
    const dueMs = startedAt + (i * 1_000) / rate - performance.now();
    if (dueMs > 1) await sleep(dueMs);
    ids.push(acceptOne(rig, sender, i));
  }
  return waitsOf(rig, sender, since, await Promise.all(ids));
}

async function tens(rig: Rig, sender: Sender): Promise<Waits> {
  const since = new Date();
  const ids: string[] = [];
  for (let round = 0; round < 5; round++) {
    ids.push(...(await Promise.all(Array.from({ length: 10 }, (_, i) => acceptOne(rig, sender, i)))));
    await sleep(1_500);
  }
  return waitsOf(rig, sender, since, ids);
}

async function waitsOf(rig: Rig, sender: Sender, since: Date, ids: string[]): Promise<Waits> {
  for (;;) {
    const { rowCount } = await rig.pool.query('SELECT 1 FROM delivery WHERE queue_id = ANY($1::uuid[]) LIMIT 1', [ids]);
    if (rowCount === 0) break;
    await sleep(50);
  }
  return waitsSince(rig.pool, sender.tenantId, since);
}

function printWaits(what: string, waits: Waits): void {
  printRow(`${what}: claimed`, percentiles(waits.claimed));
  printRow(`${what}: delivered`, percentiles(waits.delivered));
}

async function waiting(rig: Rig): Promise<number> {
  const { rows } = await rig.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM delivery');
  return rows[0]!.n;
}
