// Mail that an operator has bound to another pool or route, with real workers and sockets.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { pino } from 'pino';
import { addAddress, addPool, assignPool, pauseAddress } from './egress/egress-admin.store.ts';
import { type EgressChooser, startEgressChooser } from './egress/egress-chooser.ts';
import { readSnapshot } from './egress/egress.store.ts';
import type { Rebinding } from './operations/queue-commands.store.ts';
import { runOrder } from './operations/testing/run-order.ts';
import { suspendDelivery } from './suspension.store.ts';
import { type FakeMx, startFakeMx } from './testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';
import { eventually, startWorker } from './testing/worker-fixture.ts';

let queue: QueueFixture;
let mx: FakeMx;
let other: FakeMx;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE delivery_suspension, egress_assignment, egress_pool_address, egress_warmup, egress_day, egress_event, egress_address, egress_pool CASCADE');
  [mx, other] = [await startFakeMx(), await startFakeMx()];
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await Promise.all([mx.close(), other.close()]);
});

const log = pino({ level: 'silent' });
async function pool(octet: number): Promise<{ id: string; name: string }> {
  const name = `pool${octet}`;
  await addPool(queue.pool, name, null);
  await addAddress(queue.pool, { name: `out${octet}`, sourceAddress: `127.0.0.${octet}`, ehloName: `out${octet}.eider.test`, pool: name, weight: 1, warmed: true, schedule: null });
  return [...(await readSnapshot(queue.pool)).pools.values()].find((entry) => entry.name === name)!;
}
async function work(): Promise<void> {
  const egress: EgressChooser = await startEgressChooser(queue.pool, log, 'mail.eider.test', 20);
  const worker = startWorker(queue, { routes: `*=127.0.0.1:${mx.port}`, egress });
  ends.push(() => egress.close(), () => worker.stop());
}
const bind = (to: Rebinding, recipient: string) => runOrder(queue, { kind: 'rebind', to }, { recipient });
const done = () => eventually(() => queue.states(), (states) => states.every((line) => line.startsWith('waits@')));

test('bound to a pool: out by its addresses at once, also while those assigned may not send; the rest waits untouched', async () => {
  await pool(2);
  const spare = await pool(3);
  await assignPool(queue.pool, { tenantId: null, lane: null }, 'pool2');
  await pauseAddress(queue.pool, 'out2', 'listed', null);
  await queue.accept(['waits@example.com', 'goes@example.com']);
  expect(await bind({ pool: spare }, 'goes@example.com')).toBe(1);
  await work();
  await done();
  expect(mx.received.map((mail) => [mail.recipients, mail.clientAddress, mail.clientName])).toEqual([[['goes@example.com'], '127.0.0.3', 'out3.eider.test']]);
  expect(await queue.states()).toEqual(['waits@example.com queued 0']);
  const { rows } = await queue.pool.query(`SELECT data->>'pool' AS pool FROM delivery_event WHERE type = 'rebound'`);
  expect(rows).toEqual([{ pool: 'pool3' }]);
});

test('bound to a route: there instead of the site, also while the site is suspended; unbound again, it waits as before', async () => {
  await suspendDelivery(queue.pool, { scope: 'mx', match: '127.0.0.1', reason: 'r', until: null, createdBy: 'op' });
  await queue.accept(['waits@example.com']);
  await queue.accept(['goes@example.com']);
  await bind({ route: `localhost:${other.port}` }, 'goes@example.com');
  await bind({ route: `localhost:${other.port}` }, 'waits@example.com');
  await bind({ route: null }, 'waits@example.com');
  await work();
  await done();
  expect(other.received.map((mail) => mail.recipients)).toEqual([['goes@example.com']]);
  expect(mx.received).toEqual([]);
  expect(await queue.states()).toEqual(['waits@example.com queued 0']);
});

test("what stops a tenant or a recipients' domain stops bound mail, too; deferred, it stays bound", async () => {
  await suspendDelivery(queue.pool, { scope: 'domain', match: 'stopped.example', reason: 'r', until: null, createdBy: 'op' });
  await queue.accept(['waits@stopped.example']);
  await queue.accept(['later@example.com']);
  for (const recipient of ['waits@stopped.example', 'later@example.com']) await bind({ route: `localhost:${other.port}` }, recipient);
  await queue.pool.query(`UPDATE delivery SET state = 'deferred', due_at = now() WHERE recipient = 'later@example.com'`);
  await work();
  await done();
  expect(other.received.map((mail) => mail.recipients)).toEqual([['later@example.com']]);
  expect(await queue.states()).toEqual(['waits@stopped.example queued 0']);
});
