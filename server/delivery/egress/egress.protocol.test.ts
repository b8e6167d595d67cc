import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeMx, startFakeMx } from '../testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { eventually, startWorker } from '../testing/worker-fixture.ts';
import { addAddress, addPool, assignPool, pauseAddress } from './egress-admin.store.ts';
import { type EgressChooser, type EgressRoute, startEgressChooser } from './egress-chooser.ts';
import { countEgressEvents } from './roll-warmup.ts';
import { listUsedDays } from './egress-view.store.ts';

let queue: QueueFixture;
let mx: FakeMx;
let chooser: EgressChooser | null = null;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  mx = await startFakeMx();
  await queue.clear();
  await queue.pool.query('TRUNCATE egress_assignment, egress_pool_address, egress_warmup, egress_day, egress_event, egress_address, egress_pool CASCADE');
});
afterEach(async () => {
  await chooser?.close();
  await mx.close();
});

/** A pool of one address, `out2` at 127.0.0.2, for a lane. */
async function pool(lastOctet: number, lane: 'transactional' | 'marketing', caps?: number[]): Promise<void> {
  const name = `pool${lastOctet}`;
  await addPool(queue.pool, name, null);
  await addAddress(queue.pool, {
    name: `out${lastOctet}`, sourceAddress: `127.0.0.${lastOctet}`, ehloName: `out${lastOctet}.eider.test`, pool: name, weight: 1,
    warmed: caps === undefined, schedule: caps ? { '*': caps } : null,
  });
  expect(await assignPool(queue.pool, { tenantId: null, lane }, name)).toEqual({ kind: 'changed' });
}
async function start(): Promise<ReturnType<typeof startWorker>> {
  chooser = await startEgressChooser(queue.pool, pino({ level: 'silent' }), 'mail.eider.test', 20, 86_399);
  return startWorker(queue, { routes: `*=127.0.0.1:${mx.port}`, egress: chooser });
}

test('connections are bound to the address of their egress, greet with its name, and are not shared with another', async () => {
  await pool(2, 'transactional');
  await pool(3, 'marketing');
  const worker = await start();
  // One after the other: the second and third find sessions of the first two idle.
  for (const [recipient, lane] of [['a@example.com', 'transactional'], ['b@example.com', 'marketing'], ['c@example.com', 'transactional']] as const) {
    await queue.accept([recipient], { lane });
    await eventually(() => queue.states(), (states) => states.length === 0);
  }
  await worker.stop();
  expect(mx.received.map((mail) => [mail.recipients[0], mail.clientAddress, mail.clientName])).toEqual([
    ['a@example.com', '127.0.0.2', 'out2.eider.test'],
    ['b@example.com', '127.0.0.3', 'out3.eider.test'],
    ['c@example.com', '127.0.0.2', 'out2.eider.test'],
  ]);
  expect(mx.connections()).toBe(2);
  const events = await queue.pool.query<{ name: string; provider: string }>(
    `SELECT a.name, e.data->>'provider' AS provider FROM delivery_event e JOIN egress_address a ON a.id::text = e.data->>'egress' WHERE type = 'delivered' ORDER BY e.txid, e.id`,
  );
  expect(events.rows).toEqual(['out2', 'out3', 'out2'].map((name) => ({ name, provider: 'other' })));
});

test('the cap of a warming address is kept: what is over waits untouched, and goes when the cap has grown', async () => {
  await pool(2, 'transactional', [3, 100]);
  const worker = await start();
  for (let message = 0; message < 5; message++) await queue.accept([`r${message}@example.com`]);
  // One message to more than are left is split, too.
  await queue.accept(['x@example.com', 'y@example.com']);
  await eventually(() => queue.states(), (states) => states.length === 4 && states.every((line) => line.endsWith('queued 0')));
  expect(mx.received.flatMap((mail) => mail.recipients)).toHaveLength(3);
  const id = (await queue.pool.query<{ id: string }>('SELECT id FROM egress_address')).rows[0]!.id;
  const days = await eventually(
    async () => {
      await countEgressEvents(queue.pool);
      return listUsedDays(queue.pool, id, 1);
    },
    (counted) => counted[0]?.sent === 3,
  );
  expect(days).toMatchObject([{ provider: 'other', granted: 3, sent: 3, delivered: 3 }]);
  await queue.pool.query(`UPDATE egress_warmup SET stage = 1`);
  await eventually(() => queue.states(), (states) => states.length === 0);
  await worker.stop();
  expect(mx.received.flatMap((mail) => mail.recipients).toSorted()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'x', 'y'].map((name) => `${name}@example.com`));
});

test('a paused address sends nothing from the moment its pause is known', async () => {
  await pool(2, 'transactional');
  const worker = await start();
  await queue.accept(['a@example.com']);
  await eventually(() => queue.states(), (states) => states.length === 0);
  await pauseAddress(queue.pool, 'out2', 'listed', null);
  const route: EgressRoute = { key: 'r', hosts: ['127.0.0.1'], local: false, targets: () => Promise.reject(new Error('not asked')) };
  await eventually(() => Promise.resolve(chooser!.room(queue.tenantId, 'transactional', route)), (room) => room.reason?.includes('out2 is paused (listed)') === true);
  await queue.accept(['b@example.com']);
  await addPool(queue.pool, 'other', null);
  await addAddress(queue.pool, { name: 'out3', sourceAddress: '127.0.0.3', ehloName: 'out3.eider.test', pool: 'pool2', weight: 1, warmed: true, schedule: null });
  await eventually(() => queue.states(), (states) => states.length === 0);
  await worker.stop();
  expect(mx.received.map((mail) => mail.clientAddress)).toEqual(['127.0.0.2', '127.0.0.3']);
});

test('a site without an address in the family of ours: the mail waits, and the reason says so', async () => {
  await addPool(queue.pool, 'six', null);
  await addAddress(queue.pool, { name: 'out6', sourceAddress: '::1', ehloName: 'out6.eider.test', pool: 'six', weight: 1, warmed: true, schedule: null });
  await assignPool(queue.pool, { tenantId: null, lane: null }, 'six');
  const worker = await start();
  const site: EgressRoute = { key: `route 127.0.0.1:${mx.port}`, hosts: ['127.0.0.1'], local: false, targets: () => Promise.reject(new Error('not asked')) };
  await queue.accept(['c@example.com']);
  await eventually(() => Promise.resolve(chooser!.room(queue.tenantId, 'transactional', site)), (room) => room.count === 0 && room.reason?.includes('out6 is IPv6') === true);
  await worker.stop();
  expect(await queue.states()).toEqual(['c@example.com queued 0']);
  expect(mx.connections()).toBe(0);
});
