import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { storeUnfinished } from '../outcome.store.ts';
import { reportDeps } from '../operations/testing/run-order.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { newQueueId } from '../queue-id.ts';
import { overdueSweep, sweep } from './sweep-overdue.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
  await queue.pool.query(`SELECT ensure_delivery_partitions((now() AT TIME ZONE 'UTC')::date - 8, (now() AT TIME ZONE 'UTC')::date)`);
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query(`UPDATE tenant SET status = 'active'`);
  await queue.pool.query('DELETE FROM delivery_suspension');
});

const deps = (delayAfterMs: number | null = 4 * HOUR) => ({ pool: queue.pool, reports: reportDeps(queue), delayAfterMs });

/** Makes a message as old as if it had been accepted so long ago. @returns its id now */
async function age(queueId: string, ms: number): Promise<string> {
  const old = newQueueId(Date.now() - ms);
  await queue.pool.query('UPDATE outgoing_message SET queue_id = $2, accepted_at = accepted_at - $3 * interval \'1 millisecond\' WHERE queue_id = $1', [queueId, old, ms]);
  await queue.pool.query(
    `UPDATE delivery SET queue_id = $2, expires_at = expires_at - $3 * interval '1 millisecond', due_at = due_at - $3 * interval '1 millisecond' WHERE queue_id = $1`,
    [queueId, old, ms],
  );
  await queue.pool.query('UPDATE delivery_event SET queue_id = $2 WHERE queue_id = $1', [queueId, old]);
  return old;
}

interface Report {
  to: string;
  text: string;
}
async function reports(): Promise<Report[]> {
  const { rows } = await queue.pool.query<{ to: string; content: Buffer }>(
    `SELECT d.recipient AS to, m.content FROM delivery d JOIN outgoing_message m USING (queue_id) WHERE m.source = 'dsn' ORDER BY m.queue_id`,
  );
  return rows.map(({ to, content }) => ({ to, text: content.toString('utf8') }));
}
const waiting = async (): Promise<string[]> => (await queue.states()).filter((line) => !line.startsWith('alice@'));

async function deferAll(): Promise<void> {
  const facts = { mxHost: 'mx.example.com', reply: '450 4.2.1 mailbox busy', enhancedCode: '4.2.1', phase: 'rcpt' };
  await storeUnfinished(queue.pool, (await queue.claim()).map((delivery) => ({
    delivery, outcome: { kind: 'deferred', category: 'systemerror', reason: 'mx.example.com said: 450 4.2.1 mailbox busy', facts, retryAfterMs: HOUR } as const,
  })));
}

describe('expiry', () => {
  test.each<[string, string]>([
    ['queued and never claimed', `SELECT 1`],
    ['deferred', `UPDATE delivery SET state = 'deferred', due_at = now() + interval '1 day' WHERE recipient = 'old@example.com'`],
    ['of a paused tenant', `UPDATE tenant SET status = 'paused'`],
    ['suspended', `INSERT INTO delivery_suspension (scope, match, reason, created_by) VALUES ('domain', 'example.com', 'r', 'op')`],
  ])('%s: ended with a report, an event and a dead letter', async (_name, sql) => {
    const id = await age(await queue.accept(['old@example.com', 'older@example.com']), 5 * DAY + HOUR);
    await age(await queue.accept(['fresh@example.com']), 4 * DAY);
    await queue.pool.query(sql);
    expect(await sweep(deps(null))).toEqual({ expired: 2, delayed: 0 });
    expect(await waiting()).toEqual(['fresh@example.com queued 0']);
    expect(await queue.events()).toEqual(['expired old@example.com', 'expired older@example.com']);
    const { rows } = await queue.pool.query('SELECT recipient, outcome, category, reason FROM dead_letter WHERE queue_id = $1 ORDER BY 1', [id]);
    expect(rows).toMatchObject(['old', 'older'].map((name) => ({ recipient: `${name}@example.com`, outcome: 'expired', category: 'expired', reason: expect.stringContaining('never attempted') })));
    const [report, ...others] = await reports();
    expect(others).toEqual([]);
    expect(report!.to).toBe('alice@eider.test');
    for (const part of ['Action: failed', 'Status: 4.4.7', 'Final-Recipient: rfc822; old@example.com', 'Final-Recipient: rfc822; older@example.com', 'could never be attempted']) expect(report!.text).toContain(part);
    expect(report!.text).not.toContain('Last-Attempt-Date');
  });

  test('of what was tried, the last reply is told', async () => {
    await queue.accept(['old@example.com'], { recipients: [{ address: 'old@example.com', orcpt: 'rfc822;old@example.com' }] });
    await deferAll();
    const { rows } = await queue.pool.query<{ id: string }>('SELECT queue_id AS id FROM delivery');
    await age(rows[0]!.id, 6 * DAY);
    await sweep(deps());
    const [report] = await reports();
    for (const part of ['Status: 4.2.1', 'Diagnostic-Code: smtp; 450 4.2.1 mailbox busy', 'Remote-MTA: dns; mx.example.com', 'Last-Attempt-Date: ', 'Original-Recipient: rfc822;old@example.com']) expect(report!.text).toContain(part);
  });

  test.each<[string, string, number]>([
    ['held: a person decides', `UPDATE delivery SET state = 'held'`, 6 * DAY],
    ['under way: its worker decides', `UPDATE delivery SET state = 'attempting', lease_token = gen_random_uuid()`, 6 * DAY],
    ['within the grace: workers make the last attempt', 'SELECT 1', 5 * DAY + 60_000],
  ])('not %s', async (_name, sql, ms) => {
    await age(await queue.accept(['old@example.com']), ms);
    await queue.pool.query(sql);
    expect((await sweep(deps(null))).expired).toBe(0);
    expect(await waiting()).toHaveLength(1);
  });

  test('nobody is told of a report that expires, or with NOTIFY=NEVER', async () => {
    await age(await queue.accept(['old@example.com'], { reversePath: '', source: 'dsn' }), 6 * DAY);
    await age(await queue.accept([], { recipients: [{ address: 'quiet@example.com', notify: ['NEVER'] }] }), 6 * DAY);
    expect(await sweep(deps())).toEqual({ expired: 2, delayed: 0 });
    expect(await queue.states()).toEqual([]);
  });

  test('UTF-8 addresses in the form of RFC 6533', async () => {
    await age(await queue.accept(['jürgen@example.com'], { reversePath: 'åsa@eider.test' }), 6 * DAY);
    await sweep(deps());
    const [report] = await reports();
    expect(report!.to).toBe('åsa@eider.test');
    for (const part of ['Content-Type: message/global-delivery-status', 'Final-Recipient: utf-8; jürgen@example.com']) expect(report!.text).toContain(part);
    const { rows } = await queue.pool.query(`SELECT needs_smtputf8 AS needs FROM outgoing_message WHERE source = 'dsn'`);
    expect(rows).toEqual([{ needs: true }]);
  });
});

describe('delay', () => {
  test('told once, whatever happens to the row afterwards', async () => {
    const id = await age(await queue.accept(['a@example.com', 'b@example.com']), 5 * HOUR);
    await age(await queue.accept(['young@example.com']), 3 * HOUR);
    expect(await sweep(deps())).toEqual({ expired: 0, delayed: 2 });
    await queue.pool.query(`UPDATE delivery SET state = 'deferred' WHERE queue_id = $1`, [id]);
    expect(await sweep(deps())).toEqual({ expired: 0, delayed: 0 });
    const all = await reports();
    expect(all).toHaveLength(1);
    for (const part of ['Subject: Your message is delayed', 'Action: delayed', 'Status: 4.0.0', 'Will-Retry-Until: ', 'Final-Recipient: rfc822; a@example.com', 'Final-Recipient: rfc822; b@example.com']) expect(all[0]!.text).toContain(part);
    expect(await waiting()).toHaveLength(3);
    // The report itself waits long: nothing is told of it.
    const { rows } = await queue.pool.query<{ id: string }>(`SELECT queue_id AS id FROM outgoing_message WHERE source = 'dsn'`);
    await age(rows[0]!.id, 5 * HOUR);
    await sweep(deps());
    expect(await reports()).toHaveLength(1);
  });

  test.each<[string, object, boolean]>([
    ['NOTIFY absent', {}, true],
    ['NOTIFY=FAILURE', { notify: ['FAILURE'] }, false],
    ['NOTIFY=NEVER', { notify: ['NEVER'] }, false],
    ['NOTIFY=DELAY', { notify: ['DELAY'] }, true],
    ['NOTIFY=SUCCESS,DELAY', { notify: ['SUCCESS', 'DELAY'] }, true],
  ])('%s: told %s', async (_name, recipient, told) => {
    await age(await queue.accept([], { recipients: [{ address: 'a@example.com', ...recipient }] }), 5 * HOUR);
    await sweep(deps());
    expect(await reports()).toHaveLength(told ? 1 : 0);
  });

  test('a mass mailing only where it asks; a paused tenant not; with a send_at from then on', async () => {
    await age(await queue.accept(['a@example.com'], { lane: 'marketing' }), 5 * HOUR);
    const paused = await queue.addTenant();
    await age(await queue.accept(['b@example.com'], { tenantId: paused }), 5 * HOUR);
    await queue.pool.query(`UPDATE tenant SET status = 'paused' WHERE id = $1`, [paused]);
    await age(await queue.accept(['c@example.com'], { sendAt: new Date(Date.now() + 2 * HOUR) }), 5 * HOUR);
    await queue.pool.query(`UPDATE delivery SET state = 'queued' WHERE recipient = 'c@example.com'`);
    expect((await sweep(deps())).delayed).toBe(0);
    await age(await queue.accept([], { lane: 'marketing', recipients: [{ address: 'd@example.com', notify: ['DELAY'] }] }), 5 * HOUR);
    expect((await sweep(deps())).delayed).toBe(1);
    expect((await sweep(deps(null))).delayed).toBe(0);
  });

  test('many sweeps at once, and one that dies before its commit: one report', async () => {
    await age(await queue.accept(['a@example.com']), 5 * HOUR);
    const killed = withTransaction(queue.pool, async (client) => {
      await client.query(`UPDATE delivery SET delay_reported_at = now()`);
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    const done = await Promise.all(Array.from({ length: 5 }, () => sweep(deps())));
    expect(done.reduce((sum, { delayed }) => sum + delayed, 0)).toBe(1);
    expect(await reports()).toHaveLength(1);
  });
});

test('in pages: a message is told of as a whole, and every row is come to', async () => {
  for (let i = 0; i < 7; i++) await age(await queue.accept(Array.from({ length: 3 }, (_, n) => `r${n}@d${i}.example`)), 6 * DAY);
  await age(await queue.accept(Array.from({ length: 6 }, (_, n) => `r${n}@many.example`)), 6 * DAY);
  expect((await sweep(deps(), 5)).expired).toBe(27);
  // The one that is larger than a page comes in two.
  expect(await reports()).toHaveLength(9);
});

test('a round comes only once the clock has been even for minutes: workers try first what waited through a stop', async () => {
  await age(await queue.accept(['a@example.com']), 6 * DAY);
  let now = 0;
  let databaseMs = Date.now();
  const rounds = overdueSweep({ ...deps(), now: () => now, databaseMs: () => Promise.resolve(databaseMs) });
  const minutesLater = async (minutes: number, step = 0) => {
    now += minutes * 60_000;
    databaseMs += minutes * 60_000 + step;
    return rounds.run();
  };
  const quiet = async (rows: number) => {
    for (let i = 0; i < rows; i++) expect(await minutesLater(2)).toBeNull();
  };
  expect(await minutesLater(0)).toBeNull();
  await quiet(2);
  // The clock is set: the wait begins anew. So it does after an outage.
  expect(await minutesLater(1, DAY)).toBeNull();
  await quiet(2);
  expect(await minutesLater(60)).toBeNull();
  await quiet(2);
  expect(await waiting()).toHaveLength(1);
  expect(await minutesLater(1)).toEqual({ expired: 1, delayed: 0 });
});
