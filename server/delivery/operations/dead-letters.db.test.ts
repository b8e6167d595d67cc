import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeFinished } from '../outcome.store.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { runDeadLetters } from './dead-letter-commands.ts';
import { countDeadLetters, type DeadLetterFilter, listDeadLetters } from './dead-letters.store.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());

async function giveUp(recipients: string[], category: 'userunknown' | 'spamdetected' = 'userunknown', tenantId = queue.tenantId): Promise<string> {
  const queueId = await queue.accept(recipients, { tenantId });
  for (const delivery of await queue.claim()) {
    await storeFinished(queue.pool, [{ delivery, outcome: { kind: 'bounced', category, reason: 'no', addressDead: false, facts: {} } }]);
  }
  return queueId;
}
const run = (kind: 'replay' | 'purge', filter: DeadLetterFilter, batchSize = 500, onBatch = () => Promise.resolve()) =>
  runDeadLetters(queue.pool, { kind, filter, order: { by: 'cli:test', reason: 'fixed' }, now: new Date(), batchSize, onBatch });

describe('replay', () => {
  test('makes fresh deliveries of the same message, with an event, and can be repeated after the next bounce', async () => {
    const queueId = await giveUp(['a@example.com', 'b@example.com']);
    expect(await run('replay', { queueId, recipientNo: 0 })).toBe(1);
    expect(await queue.states()).toEqual(['a@example.com queued 0']);
    expect(await queue.events()).toContain('replayed a@example.com');
    const { rows } = await queue.pool.query(`SELECT data FROM delivery_event WHERE type = 'replayed'`);
    expect(rows).toEqual([{ data: { by: 'cli:test', reason: 'fixed', was: 'bounced', wasCategory: 'userunknown' } }]);
    const [again] = await queue.claim();
    expect(again).toMatchObject({ queueId, recipientNo: 0, attempts: 1, lastChance: false });
    await storeFinished(queue.pool, [{ delivery: again!, outcome: { kind: 'bounced', category: 'spamdetected', reason: 'still no', addressDead: false, facts: {} } }]);
    expect(await run('replay', {})).toBe(2);
  });

  test('many in batches; cut short, whole batches are done and the rest can follow', async () => {
    await giveUp(Array.from({ length: 25 }, (_, i) => `r${i}@example.com`));
    let batches = 0;
    await expect(run('replay', {}, 10, () => (++batches === 2 ? Promise.reject(new Error('killed')) : Promise.resolve()))).rejects.toThrow('killed');
    expect((await queue.states()).length).toBe(10);
    expect(await run('replay', {}, 10)).toBe(15);
    expect((await queue.states()).length).toBe(25);
    expect(await countDeadLetters(queue.pool, {})).toEqual({ all: 0, replayable: 0 });
  });

  test('two at once send each once', async () => {
    await giveUp(Array.from({ length: 30 }, (_, i) => `r${i}@example.com`));
    const counts = await Promise.all([run('replay', {}, 7), run('replay', {}, 7), run('replay', {}, 7)]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect((await queue.events()).filter((line) => line.startsWith('replayed')).length).toBe(30);
  });

  test('not when the message is gone or emptied', async () => {
    const queueId = await giveUp(['a@example.com']);
    await queue.pool.query(`UPDATE outgoing_message SET content = ''`);
    expect(await run('replay', {})).toBe(0);
    expect(await listDeadLetters(queue.pool, { queueId }, 10)).toMatchObject([{ recipient: 'a@example.com', replayable: false }]);
    await queue.pool.query('TRUNCATE outgoing_message');
    expect(await run('replay', {})).toBe(0);
    expect(await queue.states()).toEqual([]);
  });
});

test('lists, counts and purges by what it is asked for', async () => {
  const other = await queue.addTenant();
  await giveUp(['a@one.example', 'B@two.example']);
  await giveUp(['c@one.example'], 'spamdetected', other);
  const count = async (filter: DeadLetterFilter) => (await countDeadLetters(queue.pool, filter)).all;
  expect(await count({})).toBe(3);
  expect(await count({ tenantId: other })).toBe(1);
  expect(await count({ domain: 'one.example' })).toBe(2);
  expect(await count({ category: 'spamdetected' })).toBe(1);
  expect(await count({ outcome: 'expired' })).toBe(0);
  expect(await count({ recipient: 'b@TWO.example' })).toBe(1);
  expect(await count({ lane: 'marketing' })).toBe(0);
  expect(await count({ since: new Date(Date.now() + 60_000) })).toBe(0);
  expect(await listDeadLetters(queue.pool, { recipient: 'c@one.example' }, 10)).toMatchObject([{ category: 'spamdetected', outcome: 'bounced', reversePath: 'alice@eider.test', replayable: true }]);
  expect(await run('purge', { tenantId: other })).toBe(1);
  expect(await count({})).toBe(2);
});
