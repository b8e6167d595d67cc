import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Dispatcher } from './dispatcher.ts';
import { deleteEndedSuspensions, listSuspensions, resumeDelivery, suspendDelivery, type SuspensionScope } from './suspension.store.ts';
import { type FakeMx, startFakeMx } from './testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';
import { eventually, startWorker } from './testing/worker-fixture.ts';

let queue: QueueFixture;
let mx: FakeMx;
let worker: Dispatcher | undefined;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('DELETE FROM delivery_suspension');
  mx = await startFakeMx();
});
afterEach(async () => {
  await worker?.stop();
  await mx.close();
});

const stop = (scope: SuspensionScope, match: string, until: Date | null = null) =>
  suspendDelivery(queue.pool, { scope, match, reason: 'a test', until, createdBy: 'operator' });

test.each<[SuspensionScope, () => string]>([
  ['tenant', () => queue.tenantId],
  ['domain', () => 'Stopped.example'],
  ['lane', () => 'marketing'],
  ['mx', () => '127.0.0.2'],
  ['tenant-lane', () => `${queue.tenantId} marketing`],
])('suspended by %s: it waits untouched while others go, and goes when resumed', async (scope, match) => {
  await stop(scope, match());
  const other = await queue.addTenant();
  await queue.accept(['held@stopped.example'], { lane: 'marketing' });
  await queue.accept(['free@other.example'], { tenantId: other });
  worker = startWorker(queue, { routes: `stopped.example=127.0.0.2:${mx.port} *=127.0.0.1:${mx.port}` });
  await mx.waitFor((received) => received.length === 1);
  await eventually(() => queue.states(), (states) => states.length === 1);
  // A row that had been claimed and given back would be newer than its insertion.
  expect(await queue.states()).toEqual(['held@stopped.example queued 0']);
  expect(mx.received[0]!.recipients).toEqual(['free@other.example']);
  // The routes of the second host lead to a closed port: only that it is tried shows.
  expect(await resumeDelivery(queue.pool, scope, match())).toMatchObject({ scope, reason: 'a test', createdBy: 'operator' });
  await eventually(() => queue.states(), (states) => states[0] !== 'held@stopped.example queued 0');
});

test('a suspension ends by itself; stopping again replaces the end', async () => {
  await stop('lane', 'transactional');
  await stop('lane', 'transactional', new Date(Date.now() + 300));
  expect(await listSuspensions(queue.pool)).toHaveLength(1);
  await queue.accept(['bob@example.com']);
  worker = startWorker(queue, { routes: `*=127.0.0.1:${mx.port}` });
  await mx.waitFor((received) => received.length === 1);
  await eventually(() => listSuspensions(queue.pool), (left) => left.length === 0);
  expect(await deleteEndedSuspensions(queue.pool)).toBe(1);
});

test('what a tenant sends as one domain is put off without an attempt, and told by whom; the rest goes', async () => {
  await stop('sender-domain', `${queue.tenantId} news.example`);
  await queue.accept(['a@other.example'], { headerFrom: 'shop@News.example' });
  await queue.accept(['b@other.example']);
  worker = startWorker(queue, { routes: `*=127.0.0.1:${mx.port}` });
  await mx.waitFor((received) => received.length === 1);
  await eventually(() => queue.states(), (states) => states.length === 1 && states[0]!.includes('deferred'));
  expect(await queue.states()).toEqual(['a@other.example deferred 0']);
  expect(mx.received[0]!.recipients).toEqual(['b@other.example']);
  const { rows } = await queue.pool.query('SELECT reason FROM delivery');
  expect(rows).toEqual([{ reason: 'Waits: mail from news.example is suspended by operator (a test).' }]);
});
