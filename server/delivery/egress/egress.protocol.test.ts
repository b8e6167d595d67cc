import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeMx, startFakeMx } from '../testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { eventually, startWorker } from '../testing/worker-fixture.ts';
import type { EgressAddress } from './egress-address.ts';

let queue: QueueFixture;
let mx: FakeMx;
beforeAll(async () => {
  queue = await queueFixture();
  mx = await startFakeMx();
});
afterAll(async () => {
  await mx.close();
  await queue.drop();
});

const egress = (lastOctet: number): EgressAddress => ({
  id: `address-${lastOctet}`,
  sourceAddress: `127.0.0.${lastOctet}`,
  ehloName: `out${lastOctet}.eider.test`,
  poolId: 'a-pool',
});

test('connections are bound to the address of their egress, greet with its name, and are not shared with another', async () => {
  const addresses = { a: egress(2), b: egress(3) };
  const worker = startWorker(queue, { routes: `*=127.0.0.1:${mx.port}`, egressFor: (recipient) => addresses[recipient[0] as 'a' | 'b'] });
  // One after the other: the second and third find sessions of the first two idle.
  for (const recipient of ['a1@example.com', 'b1@example.com', 'a2@example.com']) {
    await queue.accept([recipient]);
    await eventually(() => queue.states(), (states) => states.length === 0);
  }
  await worker.stop();
  expect(mx.received.map((mail) => [mail.recipients[0], mail.clientAddress, mail.clientName])).toEqual([
    ['a1@example.com', '127.0.0.2', 'out2.eider.test'],
    ['b1@example.com', '127.0.0.3', 'out3.eider.test'],
    ['a2@example.com', '127.0.0.2', 'out2.eider.test'],
  ]);
  expect(mx.connections()).toBe(2);
});

test('of a target host in the other address family, nothing is asked and nothing is lost', async () => {
  const worker = startWorker(queue, { routes: `*=127.0.0.1:${mx.port}`, egressFor: () => ({ ...egress(2), sourceAddress: '::1' }) });
  await queue.accept(['c@example.com']);
  await eventually(() => queue.states(), (states) => states[0] === 'c@example.com deferred 1');
  await worker.stop();
  expect(mx.connections()).toBe(2);
});
