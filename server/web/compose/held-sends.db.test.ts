// Messages that wait: each is at any moment a draft, or waiting, or the queue's; on a real database and queue, with a
// mail store that is away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import type { Draft, DraftSaved, HeldSend, SendResult } from '../contract/compose.ts';
import type { Upload } from '../contract/uploads.ts';
import { json } from '../testing/answer.ts';
import { createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';
import { mendSends, queueComingSends, releaseDueSends } from './held-sends.ts';
import { sweepUploads } from '../../files/sweep-files.ts';

let db: TestDatabase;
let web: TestWeb;
let alice: TestAccount;
let count = 0;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
  alice = await web.account('alice');
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

const send = (body: object, key = `key-held-${++count}`) =>
  json<SendResult>(alice.call('POST', '/api/emails/send', { to: ['bob@else.test'], subject: 'Held', html: '<p>Words</p>', ...body }, { 'idempotency-key': key }));
const takeBack = (sendId: string) => alice.call('POST', `/api/sends/${sendId}/cancel`);
const inQueue = async (messageId: string) =>
  (await db.pool.query('SELECT d.state, d.due_at FROM delivery d JOIN outgoing_message m USING (queue_id) WHERE m.message_id_header = $1', [messageId])).rows as { state: string; due_at: Date }[];
const stateOf = async (sendId: string) => (await db.pool.query<{ state: string }>('SELECT state FROM web_send WHERE id = $1', [sendId])).rows[0]?.state;
const draftExists = async (id: string) => (await alice.call('GET', `/api/emails/drafts/${id}`)).status === 200;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
/** As if so much time had gone by for this message. */
async function becomeDue(sendId: string) {
  await db.pool.query(`UPDATE web_send SET send_at = now() - interval '1 second' WHERE id = $1`, [sendId]);
}

describe('taking back', () => {
  test('brings the draft back with its files and its id, out of the queue, however often it is asked', async () => {
    const file = await json<Upload>(alice.call('POST', '/api/uploads?filename=plan.txt', new TextEncoder().encode('plan')));
    const draft = await json<DraftSaved>(alice.call('POST', '/api/emails/drafts', { subject: 'Held', attachments: [file.id] }));
    const sent = await send({ draftId: draft.id, attachments: [file.id], cc: ['c@else.test'], undoSeconds: 20 });
    expect(Date.parse(sent.heldUntil!) - Date.now()).toBeGreaterThan(15_000);
    expect(await draftExists(draft.id)).toBe(false);
    expect((await inQueue(sent.messageId)).map((row) => row.state)).toEqual(['scheduled', 'scheduled']);

    await db.pool.query(`UPDATE compose_upload SET touched_at = now() - interval '8 days'`);
    await sweepUploads(web.services);
    const back = await json<Draft>(takeBack(sent.sendId));
    expect(back).toMatchObject({ id: draft.id, revision: 2, fields: { subject: 'Held', cc: [{ address: 'c@else.test' }] }, uploads: [{ id: file.id }] });
    expect(await inQueue(sent.messageId)).toEqual([]);
    expect((await json<Draft>(takeBack(sent.sendId))).id).toBe(draft.id);
    expect((await db.pool.query('SELECT 1 FROM draft WHERE id = $1', [draft.id])).rowCount).toBe(1);
    expect((await alice.call('GET', file.url)).status).toBe(200);
    const { rows } = await db.pool.query('SELECT type FROM delivery_event WHERE queue_id = $1 ORDER BY id', [sent.queueId]);
    expect(rows.map((row) => row.type)).toEqual(['accepted', 'cancelled', 'cancelled']);
  });

  test('is refused once it has left, with nothing changed', async () => {
    const sent = await send({ undoSeconds: 5 });
    await becomeDue(sent.sendId);
    await releaseDueSends(web.services);
    expect(await stateOf(sent.sendId)).toBe('accepted');
    expect((await takeBack(sent.sendId)).status).toBe(410);
    expect(await inQueue(sent.messageId)).toHaveLength(1);
    expect(await draftExists(sent.sendId)).toBe(false);
  });

  test('is refused when a worker was quicker, and the hold ends as it would have', async () => {
    const sent = await send({ undoSeconds: 5 });
    await db.pool.query(`UPDATE delivery SET state = 'attempting', attempts = 1, lease_token = gen_random_uuid() WHERE queue_id = $1`, [sent.queueId]);
    expect((await takeBack(sent.sendId)).status).toBe(410);
    expect(await stateOf(sent.sendId)).toBe('held');
    expect(await draftExists(sent.sendId)).toBe(false);
  });

  test('of taking back and leaving at once exactly one happens', async () => {
    for (let n = 0; n < 6; n += 1) {
      const sent = await send({ undoSeconds: 5 });
      const due = db.pool.query(`UPDATE web_send SET send_at = now() - interval '1 second' WHERE id = $1`, [sent.sendId]);
      const [first, , second] = await Promise.all([takeBack(sent.sendId), due.then(() => releaseDueSends(web.services)), takeBack(sent.sendId)]);
      const back = first.status === 200;
      expect(second.status === 200).toBe(back);
      expect(await stateOf(sent.sendId)).toBe(back ? 'cancelled' : 'accepted');
      expect((await inQueue(sent.messageId)).length).toBe(back ? 0 : 1);
      expect(await draftExists(sent.sendId)).toBe(back);
    }
  });

  test('a key that was taken back sends nothing any more', async () => {
    const sent = await send({ undoSeconds: 5 }, 'key-taken-back');
    await json(takeBack(sent.sendId));
    const again = await alice.call('POST', '/api/emails/send', { to: ['bob@else.test'], subject: 'Held', html: '<p>Words</p>', undoSeconds: 5 }, { 'idempotency-key': 'key-taken-back' });
    expect(again.status).toBe(410);
  });

  test('another account has no say', async () => {
    const eve = await web.account('eve');
    const sent = await send({ undoSeconds: 5 });
    expect((await eve.call('POST', `/api/sends/${sent.sendId}/cancel`)).status).toBe(404);
    expect(await stateOf(sent.sendId)).toBe('held');
  });
});

describe('scheduling', () => {
  test('far ahead it waits outside of the queue, and goes in once when its time comes near', async () => {
    const at = inDays(30);
    const sent = await send({ sendAt: at.toISOString(), subject: 'Next month' });
    expect(sent).toMatchObject({ queueId: null, heldUntil: at.toISOString() });
    expect(await inQueue(sent.messageId)).toEqual([]);
    await queueComingSends(web.services);
    expect(await inQueue(sent.messageId)).toEqual([]);
    const listed = await json<{ items: HeldSend[] }>(alice.call('GET', '/api/sends'));
    expect(listed.items.find((item) => item.id === sent.sendId)).toMatchObject({ subject: 'Next month', snippet: 'Words', scheduled: true, failure: null });

    await db.pool.query(`UPDATE web_send SET send_at = now() + interval '5 minutes' WHERE id = $1`, [sent.sendId]);
    await Promise.all([queueComingSends(web.services), queueComingSends(web.services)]);
    const [row, ...more] = await inQueue(sent.messageId);
    expect(more).toEqual([]);
    expect(row!.state).toBe('scheduled');
    expect(row!.due_at.getTime()).toBeGreaterThan(Date.now() + 4 * 60_000);
    await json(takeBack(sent.sendId));
    expect(await inQueue(sent.messageId)).toEqual([]);
  });

  test('goes at once, or at another time, when its writer says so; the date is that of leaving', async () => {
    const sent = await send({ sendAt: inDays(2).toISOString() });
    const at = inDays(9);
    const moved = await json<SendResult>(alice.call('PUT', `/api/sends/${sent.sendId}/time`, { sendAt: at.toISOString() }));
    expect(moved.heldUntil).toBe(at.toISOString());
    expect(await stateOf(sent.sendId)).toBe('cancelled');
    const now = await json<SendResult>(alice.call('PUT', `/api/sends/${moved.sendId}/time`, { sendAt: null }));
    expect(now.heldUntil).toBe(null);
    expect((await inQueue(now.messageId)).map((row) => row.state)).toEqual(['queued']);
    const { rows } = await db.pool.query<{ content: Buffer }>('SELECT content FROM outgoing_message WHERE queue_id = $1', [now.queueId]);
    const date = Date.parse(/^Date: (.*)$/m.exec(rows[0]!.content.toString())![1]!);
    expect(Math.abs(date - Date.now())).toBeLessThan(60_000);
    expect(await draftExists(sent.sendId)).toBe(false);
  });

  test('what the queue refuses stays with the reason, and can be opened again', async () => {
    const sent = await send({ sendAt: inDays(3).toISOString(), from: alice.address });
    await db.pool.query(`UPDATE web_send SET send_at = now() + interval '1 minute', fields = jsonb_set(fields, '{from}', '"gone@web.test"') WHERE id = $1`, [sent.sendId]);
    await queueComingSends(web.services);
    const listed = await json<{ items: HeldSend[] }>(alice.call('GET', '/api/sends'));
    expect(listed.items.find((item) => item.id === sent.sendId)!.failure).toContain('gone@web.test');
    expect((await json<Draft>(takeBack(sent.sendId))).fields.subject).toBe('Held');
  });

  test.each([
    ['a time that is none', { sendAt: 'tomorrow' }, 'sendAt'],
    ['more than a year ahead', { sendAt: inDays(400).toISOString() }, 'sendAt'],
    ['a wait that is too long', { undoSeconds: 31 }, 'undoSeconds'],
  ])('%s is refused', async (_name, body, field) => {
    const response = await alice.call('POST', '/api/emails/send', { to: ['bob@else.test'], ...body }, { 'idempotency-key': `key-refused-${++count}` });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { fields: { field: string }[] } }).error.fields[0]!.field).toBe(field);
  });
});

describe('a process that dies', () => {
  test('after the queue has it, before its own note: it waits, and its draft is gone', async () => {
    const draft = await json<DraftSaved>(alice.call('POST', '/api/emails/drafts', { subject: 'Held' }));
    const sent = await send({ undoSeconds: 30, draftId: draft.id });
    await json(takeBack(sent.sendId));
    // As it was in the middle of a send: the queue has the message, the row says "prepared", the draft is there.
    const again = await send({ undoSeconds: 30, draftId: draft.id });
    await db.pool.query(`INSERT INTO draft (id, tenant_id, account_id, fields) SELECT draft_id, tenant_id, account_id, fields FROM web_send WHERE id = $1`, [again.sendId]);
    await db.pool.query(`UPDATE web_send SET state = 'prepared', queue_id = NULL, updated_at = now() - interval '1 hour' WHERE id = $1`, [again.sendId]);
    await mendSends(web.services);
    expect(await stateOf(again.sendId)).toBe('held');
    expect(await draftExists(draft.id)).toBe(false);
    expect(await inQueue(again.messageId)).toHaveLength(1);
  });

  test('while putting it into the queue: taking it back finds it there', async () => {
    const sent = await send({ undoSeconds: 30 });
    await db.pool.query('UPDATE web_send SET queue_id = NULL WHERE id = $1', [sent.sendId]);
    await json(takeBack(sent.sendId));
    expect(await inQueue(sent.messageId)).toEqual([]);
  });
});
