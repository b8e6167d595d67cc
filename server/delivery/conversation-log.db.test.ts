import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { conversationLog, conversationsOf, eraseConversations } from './conversation-log.ts';
import { dropOldConversations, ensureConversationPartitions } from './conversation.store.ts';
import { newQueueId } from './queue-id.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';

let queue: QueueFixture;
const log = pino({ level: 'silent' });
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE delivery_conversation');
});

async function event(queueId: string, recipientNo: number, conversation: string): Promise<void> {
  await queue.pool.query(`INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, data) VALUES ($1, $2, $3, 'deferred', $4)`, [
    queue.tenantId, queueId, recipientNo, JSON.stringify({ attempt: 1, conversation }),
  ]);
}

test('what was said is found again by message, with the opening of its session', async () => {
  const conversations = conversationLog({ pool: queue.pool, log });
  const opening = ['0 S 220 mx.example', '1 C EHLO us'];
  const [first, second] = [randomUUID(), randomUUID()];
  const one = conversations.add({ queueId: first, recipientNos: [0, 1], attempt: 1, opening, lines: ['0 C MAIL FROM:<a@b>', '3 S 250 ok'] });
  const two = conversations.add({ queueId: second, recipientNos: [0], attempt: 2, opening, lines: ['0 C MAIL FROM:<c@d>'] });
  await conversations.flushed();
  await event(first, 0, one);
  await event(first, 1, one);
  await event(second, 0, two);
  expect(await conversationsOf(queue.pool, first)).toMatchObject([{ queueId: first, recipientNos: [0, 1], attempt: 1, lines: [...opening, '0 C MAIL FROM:<a@b>', '3 S 250 ok'] }]);
  expect(await conversationsOf(queue.pool, second)).toMatchObject([{ recipientNos: [0], attempt: 2, lines: [...opening, '0 C MAIL FROM:<c@d>'] }]);
  expect((await queue.pool.query('SELECT attempts FROM delivery_conversation')).rows).toEqual([{ attempts: 2 }]);
});

test('one that was lost is told as lost', async () => {
  const id = randomUUID();
  await event(id, 0, `${newQueueId(Date.now())}/0`);
  expect(await conversationsOf(queue.pool, id)).toMatchObject([{ recipientNos: [0], lines: null }]);
});

test('erased is what was said of a message, and nothing of its neighbours', async () => {
  const conversations = conversationLog({ pool: queue.pool, log });
  const [mine, other] = [randomUUID(), randomUUID()];
  const opening = ['0 S 220 mx.example'];
  await Promise.all([[mine, 'x@example.com'], [other, 'y@example.com']].map(([queueId, address]) => event(queueId!, 0, conversations.add({ queueId: queueId!, recipientNos: [0], attempt: 1, opening, lines: [`0 C RCPT TO:<${address}>`] }))));
  await conversations.flushed();
  expect(await eraseConversations(queue.pool, [mine])).toBe(1);
  expect(await eraseConversations(queue.pool, [mine])).toBe(0);
  expect(await conversationsOf(queue.pool, mine)).toMatchObject([{ lines: opening }]);
  expect(await conversationsOf(queue.pool, other)).toMatchObject([{ lines: [...opening, '0 C RCPT TO:<y@example.com>'] }]);
});

test('many are cut into rows, and compressed', async () => {
  const conversations = conversationLog({ pool: queue.pool, log });
  const opening = ['0 S 220 mx.example'];
  for (let i = 0; i < 3_000; i++) conversations.add({ queueId: randomUUID(), recipientNos: [0], attempt: 1, opening, lines: Array.from({ length: 10 }, (_, n) => `${n} S 250 2.1.5 recipient ${i} taken`) });
  await conversations.flushed();
  const { rows } = await queue.pool.query<{ rows: number; attempts: number; bytes: number }>('SELECT count(*)::int AS rows, sum(attempts)::int AS attempts, sum(length(body))::int AS bytes FROM delivery_conversation');
  expect(rows[0]).toMatchObject({ rows: 3, attempts: 3_000 });
  expect(rows[0]!.bytes).toBeLessThan(300_000);
});

test('days go as a whole after their time', async () => {
  await ensureConversationPartitions(queue.pool, 1);
  await queue.pool.query(`SELECT ensure_conversation_partitions('2026-01-01', '2026-01-02')`);
  const later = new Date('2026-02-01T00:00:00Z');
  expect(await dropOldConversations(queue.pool, 30, later)).toBe(1);
  expect(await dropOldConversations(queue.pool, 30, later)).toBe(0);
  await queue.pool.query('DROP TABLE delivery_conversation_20260102');
});
