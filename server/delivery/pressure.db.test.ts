import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_PRESSURE, type Pressure, watchPressure } from './pressure.ts';
import { countBacklog } from './pressure.store.ts';
import { enqueue, enqueueDeps } from './enqueue.ts';
import { PLAIN, queueFixture, type QueueFixture } from './testing/queue-fixture.ts';
import { eventually } from './testing/worker-fixture.ts';

let queue: QueueFixture;
let pressure: Pressure | undefined;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(async () => {
  pressure?.stop();
  await queue.drop();
});

test('a full queue is counted exactly, and refuses marketing before anything is stored', async () => {
  await queue.accept(Array.from({ length: 60 }, (_, i) => `r${i}@example.com`));
  expect(await countBacklog(queue.pool, 0)).toBe(60);
  await queue.pool.query('ANALYZE delivery');
  const limits = { ...DEFAULT_PRESSURE, maxBacklog: { transactional: 1_000, marketing: 50 } };
  const watching = (pressure = watchPressure({ db: queue.pool, folder: queue.home, log: pino({ level: 'silent' }) }, limits));
  await eventually(() => Promise.resolve(watching.refusal('marketing')), (refusal) => refusal !== null);
  const deps = enqueueDeps(queue.pool, queue.blobs, watching);
  const input = {
    tenantId: queue.tenantId, accountId: null, source: 'api' as const, reversePath: 'a@eider.test', recipients: [{ address: 'b@example.com' }],
    headerFrom: 'a@eider.test', messageIdHeader: '<1@eider.test>', content: PLAIN,
  };
  expect(await enqueue(deps, { ...input, lane: 'marketing' })).toEqual({
    kind: 'rejected', code: 'busy', field: 'lane', rule: 'no more mail is taken in for the moment: 60 deliveries are waiting', retryAfterSeconds: 300,
  });
  expect(await enqueue(deps, { ...input, lane: 'transactional' })).toMatchObject({ kind: 'accepted' });
  expect(await queue.states()).toHaveLength(61);
});
