import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { storeFinished, storeUnfinished } from '../outcome.store.ts';
import { queueFixture, type QueueFixture, PLAIN } from '../testing/queue-fixture.ts';
import { listDeadLetters } from './dead-letters.store.ts';
import { eraseAddress } from './erase-address.ts';
import { readStory } from './message-story.store.ts';
import { reportDeps, runOrder } from './testing/run-order.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE audit_log');
});

const erase = async (address: string) => {
  let counted = 0;
  const result = await eraseAddress({ pool: queue.pool, reports: reportDeps(queue), blobs: queue.blobs }, address, 'cli:test', (_client, changed) => {
    counted += changed;
    return Promise.resolve();
  });
  return { ...result, counted };
};

/** Every row of every table of ours that has the text in it, as `table: row`. */
async function everywhere(text: string): Promise<string[]> {
  const { rows: tables } = await queue.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await queue.pool.query<{ row: string }>(
      `SELECT t::text AS row FROM "${name}" t WHERE t::text ILIKE '%' || $1 || '%' OR t::text ILIKE '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%'`,
      [text],
    );
    found.push(...rows.map(({ row }) => `${name}: ${row}`));
  }
  return found;
}

async function bounce(recipient: string, reason: string): Promise<void> {
  for (const delivery of await queue.claim()) {
    const outcome = delivery.recipient.toLowerCase() === recipient.toLowerCase()
      ? ({ kind: 'bounced', category: 'userunknown', reason, addressDead: true, facts: { reply: reason } } as const)
      : ({ kind: 'delivered', facts: { reply: `250 ok; not ${recipient}` }, relayReceipt: false } as const);
    await storeFinished(queue.pool, [{ delivery, outcome }]);
  }
}

test('the address is nowhere any more, in any spelling; the log tells its story under a pseudonym; the suppression works on', async () => {
  const body = Buffer.from(`${PLAIN.toString()}for Bobby.Tables@example.com\r\n`);
  const large = await queue.accept(['bobby.tables@example.com'], { content: Buffer.concat([body, Buffer.alloc(300_000, 'x\r\n')]) });
  await bounce('nobody@example.com', '');
  await queue.accept(['bobby.tables@example.com'], { sendAt: new Date(Date.now() + 60_000) });
  // Its address is dead: from here on it is suppressed.
  const queueId = await queue.accept(['Bobby.Tables@example.com', 'carol@example.com'], { content: body, subject: 'for bobby.tables@example.com' });
  await bounce('bobby.tables@example.com', '550 5.1.1 <BOBBY.tables@example.com> unknown: bobby.tables is gone');
  await runOrder(queue, { kind: 'hold' }, { recipient: 'bobby.tables@example.com' }, { reason: 'bobby.tables@example.com asked' });
  const { rows: blobs } = await queue.pool.query<{ key: string }>('SELECT content_blob AS key FROM outgoing_message WHERE queue_id = $1', [large]);
  expect(await queue.blobs.get(blobs[0]!.key)).not.toBeNull();
  expect((await everywhere('bobby.tables@example.com')).length).toBeGreaterThan(5);

  const result = await erase('Bobby.Tables@Example.com');
  expect(result).toMatchObject({ cancelled: 1, left: { attempting: 0, messages: 0 }, changed: { messages: 3, 'dead letters': 1, suppressions: 1, 'audit log': 1 } });
  expect(result.counted).toBe(result.cancelled + Object.values(result.changed).reduce((sum, count) => sum + count, 0));
  expect(await everywhere('bobby.tables')).toEqual([]);
  expect(await queue.blobs.get(blobs[0]!.key)).toBeNull();
  const story = (await readStory(queue.pool, queueId))!;
  expect(story.events.map((event) => event.type)).toEqual(['accepted', 'bounced', 'delivered']);
  expect(story.events[1]).toMatchObject({ recipient: result.pseudonym, data: { category: 'userunknown', reason: `550 5.1.1 <${result.pseudonym}> unknown: erased is gone` } });
  expect(story.events[2]).toMatchObject({ recipient: 'carol@example.com', data: { reply: `250 ok; not ${result.pseudonym}` } });
  await expect(queue.accept(['bobby.tables@example.com'])).rejects.toThrow('suppression list');
});

test('a sender: what it has sent is emptied and its name gone; others’ mail stays', async () => {
  await queue.accept(['bob@example.com'], { reversePath: 'mallory@eider.test', headerFrom: 'mallory@eider.test', content: Buffer.from('From: mallory@eider.test\r\nSubject: x\r\n\r\nx\r\n') });
  await queue.accept(['bob@example.com']);
  await bounce('nobody@example.com', '');
  expect((await erase('mallory@eider.test')).changed).toMatchObject({ messages: 1 });
  expect(await everywhere('mallory')).toEqual([]);
  const { rows } = await queue.pool.query(`SELECT reverse_path FROM outgoing_message WHERE octet_length(content) > 0`);
  expect(rows).toEqual([{ reverse_path: 'alice@eider.test' }]);
});

test('what others still wait for stays until they have it, and is found by the next run', async () => {
  await queue.accept(['dave@example.com', 'erin@other.example']);
  for (const delivery of await queue.claim()) {
    if (delivery.recipient.startsWith('dave')) await storeFinished(queue.pool, [{ delivery, outcome: { kind: 'delivered', facts: {}, relayReceipt: false } }]);
    else await storeUnfinished(queue.pool, [{ delivery, outcome: { kind: 'deferred', category: 'greylisted', reason: 'wait', retryAfterMs: 1, facts: {} } }]);
  }
  expect((await erase('dave@example.com')).left).toEqual({ attempting: 0, messages: 1 });
  const { rows } = await queue.pool.query('SELECT octet_length(content) > 0 AS kept FROM outgoing_message');
  expect(rows).toEqual([{ kept: true }]);
  await queue.letTimePass();
  await queue.pool.query(`UPDATE delivery SET state = 'queued'`);
  await bounce('nobody@example.com', '');
  expect((await erase('dave@example.com')).left).toEqual({ attempting: 0, messages: 0 });
  expect(await everywhere('dave')).toEqual([]);
});

test('an attempt under way is left to its worker, and told of', async () => {
  await queue.accept(['frank@example.com']);
  const [delivery] = await queue.claim();
  expect((await erase('frank@example.com')).left).toMatchObject({ attempting: 1 });
  expect(await queue.states()).toEqual(['frank@example.com attempting 1']);
  await storeFinished(queue.pool, [{ delivery: delivery!, outcome: { kind: 'delivered', facts: {}, relayReceipt: false } }]);
  await erase('frank@example.com');
  expect(await everywhere('frank')).toEqual([]);
});

test.each(['a+b@example.com', '"odd\\"one"@example.com', 'x.y*z@example.com', 'grün@example.com'])('an address with special characters: %s', async (address) => {
  await queue.accept([address, 'other@example.com']);
  await bounce(address, `550 5.1.1 ${address} unknown`);
  await queue.accept(['aab@example.com']);
  const { pseudonym } = await erase(address);
  const { rows } = await queue.pool.query<{ recipient: string; data: { reason?: string } }>(`SELECT recipient, data FROM delivery_event WHERE type = 'bounced'`);
  expect(rows).toMatchObject([{ recipient: pseudonym, data: { reason: `550 5.1.1 ${pseudonym} unknown` } }]);
  expect(await listDeadLetters(queue.pool, {}, 10)).toEqual([]);
  expect(await queue.states()).toEqual(['aab@example.com queued 0']);
});
