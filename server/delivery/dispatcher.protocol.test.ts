import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DkimSigner } from '../mail/dkim/sign-message.ts';
import type { Dispatcher } from './dispatcher.ts';
import { selectMessages } from './message.store.ts';
import { traceMessage } from './queue-view.store.ts';
import { type FakeMx, type FakeMxOptions, startFakeMx } from './testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';
import { eventually, startWorker, type WorkerOptions } from './testing/worker-fixture.ts';

let queue: QueueFixture;
let mx: FakeMx;
const workers: Dispatcher[] = [];
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  await mx.close();
});

async function serve(options: FakeMxOptions = {}): Promise<void> {
  mx = await startFakeMx(options);
}
function work(options: Partial<WorkerOptions> = {}): Dispatcher {
  const worker = startWorker(queue, { routes: `*=127.0.0.1:${mx.port}`, ...options });
  workers.push(worker);
  return worker;
}
const empty = () => eventually(() => queue.states(), (states) => states.length === 0);
const addressed = () => mx.received.flatMap((mail) => mail.recipients);

describe('the whole way', () => {
  test('accepted, signed, delivered, told', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signers: DkimSigner[] = [{ domain: 'eider.test', selector: 's1', algorithm: 'rsa-sha256', privateKey }];
    await serve();
    work({ signers });
    const queueId = await queue.accept(['bob@example.com']);
    await mx.waitFor((received) => received.length === 1);
    await empty();
    const record = `v=DKIM1; k=rsa; p=${createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64')}`;
    const { results } = await dkimVerify(mx.received[0]!.content, { resolver: () => Promise.resolve([[record]]) });
    expect(results).toMatchObject([{ signingDomain: 'eider.test', status: { result: 'pass' } }]);
    expect((await traceMessage(queue.pool, queueId)).map((event) => event.type)).toEqual(['accepted', 'delivered']);
  });

  test('a thousand recipients by four workers: each address once', async () => {
    await serve();
    for (let i = 0; i < 4; i++) work();
    const wanted: string[] = [];
    for (let i = 0; i < 100; i++) {
      const recipients = Array.from({ length: 10 }, (_, j) => `r${i}-${j}@d${j % 3}.example`);
      wanted.push(...recipients);
      await queue.accept(recipients, { lane: i % 2 === 0 ? 'transactional' : 'marketing' });
    }
    await empty();
    expect(addressed().sort()).toEqual(wanted.sort());
    // In the transactional lane, recipients of one message and domain went together: three transactions a message where
    // claims did not cut them. The 500 of the marketing lane went one by one.
    expect(mx.received.length).toBeLessThan(500 + 300);
    expect((await queue.events()).length).toBe(1_000);
  });

  test('greylisted now, delivered at the retry', async () => {
    await serve();
    work();
    await queue.accept(['451-then-250@example.com']);
    await eventually(() => queue.states(), (states) => states[0] === '451-then-250@example.com deferred 1');
    await queue.letTimePass();
    await empty();
    expect(await queue.events()).toEqual(['deferred 451-then-250@example.com', 'delivered 451-then-250@example.com']);
  });

  test('an empty worker is woken by time: send_at', async () => {
    await serve();
    work();
    await queue.accept(['bob@example.com'], { sendAt: new Date(Date.now() + 300) });
    expect(await queue.states()).toEqual(['bob@example.com scheduled 0']);
    await empty();
    expect(addressed()).toEqual(['bob@example.com']);
  });
});

describe('failures are reported to the sender', () => {
  const reports = async () => {
    const { rows } = await queue.pool.query<{ queue_id: string }>(`SELECT queue_id FROM outgoing_message WHERE source = 'dsn' ORDER BY queue_id`);
    return selectMessages(queue.pool, rows.map((row) => row.queue_id));
  };

  test('one report for a message, to its sender, from the null reverse-path; dead letters kept', async () => {
    await serve();
    work();
    const queueId = await queue.accept(['550+a@example.com', '550+b@example.com', 'fine@example.com']);
    await mx.waitFor((received) => received.some((mail) => mail.reversePath === ''));
    await empty();
    const report = mx.received.find((mail) => mail.reversePath === '')!;
    expect(report.recipients).toEqual(['alice@eider.test']);
    const text = report.content.toString();
    expect(text).toContain('Content-Type: multipart/report; report-type=delivery-status');
    expect(text.match(/^Final-Recipient: rfc822; 550\+[ab]@example\.com\r$/gm)).toHaveLength(2);
    expect(text).toContain('Diagnostic-Code: smtp; 550 5.1.1 as you asked');
    expect(text).toContain('Subject: hello');
    expect(await reports()).toHaveLength(1);
    const { rows } = await queue.pool.query('SELECT queue_id, recipient, outcome, category FROM dead_letter ORDER BY recipient');
    expect(rows).toEqual(['550+a@example.com', '550+b@example.com'].map((recipient) => ({ queue_id: queueId, recipient, outcome: 'bounced', category: 'userunknown' })));
  });

  test('expiry is reported with the last reason', async () => {
    await serve();
    await queue.accept(['451@example.com']);
    await queue.pool.query(`UPDATE delivery SET expires_at = now() - interval '1 second'`);
    work();
    await mx.waitFor((received) => received.some((mail) => mail.reversePath === ''));
    await empty();
    const text = mx.received[0]!.content.toString();
    expect(text).toMatch(/^Action: failed\r\nStatus: 4\.1\.1\r$/m);
    expect(text).toContain('Not delivered in time');
    expect((await queue.events())[0]).toBe('expired 451@example.com');
  });

  test('a report that bounces causes no other; nor does the null reverse-path or NOTIFY=NEVER', async () => {
    await serve();
    work();
    await queue.accept(['550@example.com'], { reversePath: '551@eider.test' });
    await queue.accept(['550@example.org'], { reversePath: '' });
    await queue.enqueue({ recipients: [{ address: '550@example.net', notify: ['NEVER'] }] });
    await queue.enqueue({ recipients: [{ address: '550@example.edu', notify: ['SUCCESS'] }] });
    await eventually(() => queue.events(), (events) => events.length === 5);
    await empty();
    expect(await reports()).toHaveLength(1);
    expect(mx.received).toEqual([]);
    expect(await queue.events()).toContain('bounced 551@eider.test');
  });

  test('NOTIFY=SUCCESS to a server without DSN: relayed; with DSN it is the server that tells', async () => {
    await serve();
    work();
    await queue.enqueue({ recipients: [{ address: 'bob@example.com', notify: ['SUCCESS'] }] });
    await mx.waitFor((received) => received.length === 2);
    expect(mx.received[1]!.content.toString()).toMatch(/^Action: relayed\r\nStatus: 2\.0\.0\r$/m);
    await empty();
  });
});

describe('fairness and bounds', () => {
  test("one tenant's thousand does not stand before another's ten, nor marketing before transactional", async () => {
    await serve({ endDelayMs: 2 });
    const small = await queue.addTenant();
    await queue.accept(Array.from({ length: 1_000 }, (_, i) => `big${i}@example.com`), { reversePath: '' });
    await queue.accept(Array.from({ length: 500 }, (_, i) => `news${i}@example.com`), { lane: 'marketing', reversePath: '' });
    for (let i = 0; i < 10; i++) await queue.accept([`small${i}@example.com`], { tenantId: small });
    // Small claims, one connection: order shows.
    work({ limits: { connectionsPerSite: 1 }, settings: { maxHeld: { transactional: 40, marketing: 10 }, queueShare: 1 } });
    await empty();
    const order = addressed();
    expect(order).toHaveLength(1_510);
    expect(Math.max(...order.flatMap((address, index) => (address.startsWith('small') ? [index] : [])))).toBeLessThan(400);
  });

  test('a site that never answers does not keep others waiting', async () => {
    await serve();
    const tarpit = await startFakeMx({ greeting: null });
    try {
      await queue.accept(Array.from({ length: 300 }, (_, i) => `r${i}@slow.example`));
      work({ routes: `slow.example=127.0.0.1:${tarpit.port} *=127.0.0.1:${mx.port}`, settings: { maxHeld: { transactional: 80, marketing: 10 }, stopMs: 200 } });
      await queue.accept(['quick@example.com']);
      await mx.waitFor((received) => received.length === 1);
      const { rows } = await queue.pool.query(`SELECT count(*) AS n FROM delivery WHERE state = 'attempting' AND domain = 'slow.example'`);
      expect(rows[0].n).toBeLessThanOrEqual(20);
    } finally {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
      await tarpit.close();
    }
  });

  test('contents beyond the budget wait, and all arrive', async () => {
    await serve();
    const content = Buffer.concat([Buffer.from('From: a@eider.test\r\n\r\n'), Buffer.from(`${'0123456789abcdef'.repeat(4)}\r\n`.repeat(6_000))]);
    for (let i = 0; i < 12; i++) await queue.accept([`r${i}@example.com`], { content });
    work({ slots: { totalBytes: 500_000 } });
    await empty();
    expect(mx.received.map((mail) => mail.content.length)).toEqual(Array.from({ length: 12 }, () => content.length));
  });
});

describe('stopping and losing', () => {
  test('stop: what talks is finished, what waits is given back at once, nothing is done twice', async () => {
    await serve({ endDelayMs: 100 });
    const wanted = Array.from({ length: 60 }, (_, i) => `r${i}@example.com`);
    for (const address of wanted) await queue.accept([address]);
    const first = work({ limits: { connectionsPerSite: 3 } });
    await mx.waitFor((received) => received.length >= 3);
    await first.stop();
    const states = await queue.states();
    expect(states.length).toBeGreaterThan(40);
    // Attempts that had not begun do not count.
    expect(new Set(states.map((line) => line.split(' ').slice(1).join(' ')))).toEqual(new Set(['queued 0']));
    expect(states.length + mx.received.length).toBe(60);
    work();
    await empty();
    expect(addressed().sort()).toEqual(wanted.sort());
  });

  test('the database goes away while messages are under way: outcomes are kept and written when it is back', async () => {
    await serve({ endDelayMs: 20 });
    const wanted = Array.from({ length: 200 }, (_, i) => `r${i}@example.com`);
    for (const address of wanted) await queue.accept([address]);
    work();
    for (let i = 0; i < 5; i++) {
      await mx.waitFor((received) => received.length >= 20 * (i + 1));
      await queue.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`).catch(() => undefined);
    }
    // Rows of a claim whose answer was cut off are leased to nobody: their lease has to end.
    await eventually(async () => {
      await queue.pool.query(`UPDATE delivery SET due_at = now() WHERE state = 'attempting' AND last_attempt_at < now() - interval '2 seconds'`);
      return queue.states();
    }, (states) => states.length === 0);
    expect([...new Set(addressed())].sort()).toEqual(wanted.sort());
    // Nothing was sent twice: no reply to DATA was lost here.
    expect(addressed()).toHaveLength(200);
    const events = await queue.events();
    expect(events.filter((event) => event.startsWith('delivered'))).toHaveLength(200);
  });

  test('a dialogue longer than its lease keeps it by renewal', async () => {
    await serve({ endDelayMs: 1_500 });
    work({ settings: { leaseMs: 600 } });
    work({ settings: { leaseMs: 600 } });
    await queue.accept(['bob@example.com']);
    await empty();
    expect(addressed()).toEqual(['bob@example.com']);
    expect(await queue.events()).toEqual(['delivered bob@example.com']);
  });

  test('a message whose content is missing is held for a person, not lost and not bounced', async () => {
    await serve();
    const queueId = await queue.accept(['bob@example.com']);
    await queue.pool.query('DELETE FROM outgoing_message WHERE queue_id = $1', [queueId]);
    work();
    await eventually(() => queue.states(), (states) => states[0] === 'bob@example.com held 1');
    expect(await queue.events()).toEqual(['held bob@example.com']);
  });
});
