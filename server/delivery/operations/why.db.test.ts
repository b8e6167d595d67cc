import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPool } from '../../infra/db/pool.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { findByMessageId, readStory } from './message-story.store.ts';
import { runOrder } from './testing/run-order.ts';
import { countAhead, countWorkers, selectTenantStanding, selectWaiting } from './why.store.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());

test('the place in line counts what a worker takes first: priority, then age, within tenant, lane and domain', async () => {
  const other = await queue.addTenant();
  await queue.accept(['a@example.com', 'b@example.com']);
  await queue.accept(['elsewhere@other.example']);
  await queue.accept(['theirs@example.com'], { tenantId: other });
  await queue.accept(['market@example.com'], { lane: 'marketing' });
  const mine = await queue.accept(['me@example.com']);
  await queue.accept(['urgent@example.com'], { priority: -1 });
  await queue.accept(['after@example.com']);
  const [row] = await selectWaiting(queue.pool, mine);
  expect(await countAhead(queue.pool, row!)).toBe(3);
  await runOrder(queue, { kind: 'hold' }, { queueId: mine });
  expect(await countAhead(queue.pool, (await selectWaiting(queue.pool, mine))[0]!)).toBe(0);
});

test('tenants as they stand, and the workers that are there', async () => {
  const suspended = await queue.addTenant('suspended');
  expect(await selectTenantStanding(queue.pool, suspended)).toMatchObject({ status: 'suspended', resumeAt: null });
  expect(await selectTenantStanding(queue.pool, queue.tenantId)).toMatchObject({ status: 'active' });
  expect(await countWorkers(queue.pool)).toBe(0);
  const worker = createPool(queue.database.url, { applicationName: 'eider-delivery', max: 1 });
  await worker.query('SELECT 1');
  expect(await countWorkers(queue.pool)).toBe(1);
  await worker.end();
});

test('a story is found by queue id and by Message-ID', async () => {
  const first = await queue.accept(['a@example.com'], { messageIdHeader: '<same@eider.test>' });
  const second = await queue.accept(['b@example.com'], { messageIdHeader: '<same@eider.test>' });
  expect(await findByMessageId(queue.pool, '<same@eider.test>')).toEqual([second, first].sort().reverse());
  expect(await findByMessageId(queue.pool, '<none@eider.test>')).toEqual([]);
  expect(await readStory(queue.pool, first)).toMatchObject({ message: { messageIdHeader: '<same@eider.test>' }, waiting: [{ recipient: 'a@example.com', state: 'queued' }], events: [{ type: 'accepted' }] });
  expect(await readStory(queue.pool, '019aa000-0000-7000-8000-000000000001')).toBeNull();
});
