import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerValue, parseHeaderFields } from '../../mail/header.ts';
import type { Dispatcher } from '../dispatcher.ts';
import { fixedEgress } from '../egress/egress-chooser.ts';
import { type FakeMx, startFakeMx } from '../testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { eventually, startWorker } from '../testing/worker-fixture.ts';
import { reportSender } from './send-report.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const DOMAIN = 'simulator.eider.test';
let queue: QueueFixture;
let ourMx: FakeMx;
let simulator: Simulator;
let worker: Dispatcher;

beforeAll(async () => {
  queue = await queueFixture();
  ourMx = await startFakeMx();
  simulator = await startSimulator({
    domain: DOMAIN,
    log: pino({ level: 'silent' }),
    backoff: { firstMs: 20, maxMs: 40, maxAttempts: 5 },
    sendReport: reportSender({ host: '127.0.0.1', port: ourMx.port, name: DOMAIN }),
    reportDelaysMs: [10, 10],
  });
  worker = startWorker(queue, {
    // Everything else, DSNs too, would go to a closed port, and by no address.
    routes: '*=127.0.0.1:1',
    simulator,
    egress: { ...fixedEgress(({ route }) => ({ id: route.local ? 'default' : 'none', sourceAddress: null, ehloName: 'mail.eider.test', poolId: 'none' })) },
    settings: { dueMs: 20 },
  });
});
afterAll(async () => {
  await worker.stop();
  await simulator.close();
  await ourMx.close();
  await queue.drop();
});

/** What the queue tells of a message: events as `type category`, attempt by attempt; then the first reason. */
async function story(queueId: string): Promise<{ events: string[]; first: string; simulated: boolean }> {
  const result = await queue.pool.query<{ type: string; category: string | null; detail: string | null; simulated: boolean }>(
    `SELECT type, data->>'category' AS category, coalesce(data->>'reason', data->>'reply') AS detail,
            data @> '{"simulated": true}' AND NOT data @> '{"addressDead": true}' AS simulated FROM delivery_event
      WHERE queue_id = $1 AND type NOT IN ('accepted', 'reported') ORDER BY txid, id`,
    [queueId],
  );
  return { events: result.rows.map((row) => (row.category ? `${row.type} ${row.category}` : row.type)), first: result.rows[0]?.detail ?? '', simulated: result.rows.every((row) => row.simulated) };
}

test.each([
  ['delivered', ['delivered'], '250 2.0.0'],
  ['delivered+a.tag', ['delivered'], '250 2.0.0'],
  ['slow-0', ['delivered'], '250 2.0.0'],
  ['slow-1', ['delivered'], '250 2.0.0'],
  ['bounced', ['bounced userunknown'], '550 5.1.1'],
  ['rejected', ['bounced spamdetected'], '554 5.7.1'],
  ['blocked', ['bounced blocked'], '554 5.7.1'],
  ['softbounced', [...Array<string>(4).fill('deferred mailboxfull'), 'expired expired'], '452 4.2.2'],
  ['deferred', ['deferred systemerror', 'delivered'], '451 4.3.2'],
  ['deferred-3', [...Array<string>(3).fill('deferred systemerror'), 'delivered'], '451 4.3.2'],
  ['greylisted', ['deferred greylisted', 'delivered'], '450 4.7.1'],
  ['ratelimited', ['deferred ratelimited', 'delivered'], '421 4.7.28'],
  ['disconnect-data', ['deferred connection', 'delivered'], 'It may have been accepted'],
  ['tempfail-dns-2', ['deferred dns', 'deferred dns', 'delivered'], 'could not be looked up'],
  ['tls-fail', ['deferred tls', 'delivered'], 'TLS'],
  ['suppressed', ['bounced suppressed'], 'suppression list'],
  ['nobody-of-that-name', ['bounced userunknown'], 'no such address'],
])('%s@', async (localPart, events, first) => {
  const queueId = await queue.accept([`${localPart}@${DOMAIN}`]);
  const told = await eventually(() => story(queueId), (found) => /^(delivered|bounced|expired)/.test(found.events.at(-1) ?? ''));
  expect(told.events).toEqual(events);
  expect(told.first).toContain(first);
  expect(told.simulated).toBe(true);
});

test('recipients of one message have each their own fate', async () => {
  const names = ['delivered', 'bounced', 'deferred', 'disconnect-data', 'tempfail-dns', 'tls-fail', 'suppressed', 'rejected'];
  const queueId = await queue.accept(names.map((name) => `${name}+together@${DOMAIN}`));
  await eventually(() => queue.pool.query('SELECT FROM delivery WHERE queue_id = $1', [queueId]), (result) => result.rowCount === 0);
  const result = await queue.pool.query<{ line: string }>(
    `SELECT split_part(recipient, '+', 1) || ' ' || string_agg(type, ' ' ORDER BY txid, id) AS line FROM delivery_event WHERE queue_id = $1 AND type NOT IN ('accepted', 'reported') GROUP BY recipient ORDER BY 1`,
    [queueId],
  );
  expect(result.rows.map((row) => row.line)).toEqual([
    'bounced bounced', 'deferred deferred delivered', 'delivered delivered', 'disconnect-data deferred delivered', 'rejected bounced', 'suppressed bounced', 'tempfail-dns deferred delivered', 'tls-fail deferred delivered',
  ]);
});

test.each([
  ['complained', 'multipart/report; report-type=feedback-report', 'Feedback-Type: abuse'],
  ['bounced-later', 'multipart/report; report-type=delivery-status', 'Status: 5.1.1'],
  ['autoreply', 'text/plain', 'Out of office'],
  ['ooto', 'text/plain', 'Out of office'],
])('%s@: delivered, and a report comes to the return path by our MX', async (localPart, type, text) => {
  const reversePath = `return-${localPart}@eider.test`;
  const queueId = await queue.accept([`${localPart}@${DOMAIN}`], { reversePath });
  await ourMx.waitFor((received) => received.some((mail) => mail.recipients[0] === reversePath));
  expect((await eventually(() => story(queueId), (found) => found.events.length > 0)).events).toEqual(['delivered']);
  const report = ourMx.received.find((mail) => mail.recipients[0] === reversePath)!;
  expect(report).toMatchObject({ reversePath: '', clientName: DOMAIN });
  expect(headerValue(parseHeaderFields(report.content), 'content-type')).toContain(type);
  expect(report.content.toString()).toContain(text);
  if (localPart !== 'autoreply' && localPart !== 'ooto') expect(report.content.toString()).toContain(`${localPart}@${DOMAIN}`);
  // The original, by which the intake can know the message again.
  expect(report.content.toString()).toContain('<1@eider.test>');
});

test('the null reverse-path is told nothing', async () => {
  const before = ourMx.received.length;
  await queue.accept([`complained+quiet@${DOMAIN}`], { reversePath: '' });
  const reversePath = 'last@eider.test';
  await queue.accept([`complained@${DOMAIN}`], { reversePath });
  await ourMx.waitFor((received) => received.some((mail) => mail.recipients[0] === reversePath));
  expect(ourMx.received.slice(before).map((mail) => mail.recipients[0])).toEqual([reversePath]);
});
