import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildDsn, type DsnAction } from '../../mail/dsn.ts';
import { bounceAddress, TOKEN_FIELD } from '../../mail/feedback-address.ts';
import { makeToken } from '../../mail/feedback-token.ts';
import type { EnqueueInput } from '../enqueue-types.ts';
import { storeFinished } from '../outcome.store.ts';
import { findSuppressions } from '../suppression/suppression.store.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { failReports, insertReport, MAX_REPORT_ATTEMPTS, selectReports, takeReports } from './intake.store.ts';
import { type FeedbackDeps, processReport } from './process-report.ts';
import { startReportLoop } from './report-loop.ts';

let queue: QueueFixture;
let deps: FeedbackDeps;
const key = { id: 1, secret: Buffer.alloc(32, 1) };
beforeAll(async () => {
  queue = await queueFixture();
  const isHosted = (domain: string) => Promise.resolve(['eider.test', 'mail.eider.test'].includes(domain));
  deps = { pool: queue.pool, keys: { signing: () => key, accepted: () => [key] }, hostname: 'mail.eider.test', isHosted };
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE feedback_report, feedback_effect');
});

/** Sends and has everything delivered. */
async function sent(recipients: string[], changes: Partial<EnqueueInput> = {}): Promise<string> {
  const queueId = await queue.accept(recipients, changes);
  await storeFinished(queue.pool, (await queue.claim()).map((delivery) => ({ delivery, outcome: { kind: 'delivered', facts: {}, relayReceipt: false } })));
  return queueId;
}
const returnPath = (queueId: string, recipientNo: number | null, by = key) => bounceAddress(makeToken(by, 'return-path', { queueId, recipientNo }), 'eider.test');
const original = (queueId: string) => Buffer.from(`${TOKEN_FIELD}: ${makeToken(key, 'header', { queueId, recipientNo: null })}\r\nFrom: alice@eider.test\r\nMessage-ID: <1@eider.test>\r\n\r\nhi\r\n`);
interface Told {
  action?: DsnAction;
  status?: string;
  reply?: string;
  original?: Buffer;
  from?: string;
}
function dsn(to: string, recipients: string[], { action = 'failed', status = '5.1.1', reply = '550 5.1.1 No such user', original: returned = Buffer.from('From: alice@eider.test\r\n\r\n'), from }: Told = {}): Buffer {
  const { content } = buildDsn({
    reportingMta: 'mx.remote.example', to, arrivedAt: new Date(0), envid: null, original: returned, returnFull: false, now: new Date(0),
    recipients: recipients.map((recipient) => ({ recipient, orcpt: null, action, status, smtpReply: reply, remoteMta: 'mx.remote.example', explanation: 'No.', lastAttemptAt: new Date(0) })),
  });
  return from === undefined ? content : Buffer.from(content.toString().replace(/^From: .*$/m, `From: ${from}`));
}
/** Comes in at the MX and is processed. */
async function comesIn(recipient: string, content: Buffer) {
  await insertReport(queue.pool, { intake: recipient.startsWith('bounce+') ? 'bounce' : 'complaint', recipient, reversePath: '', clientAddress: '192.0.2.1', content });
  const [report] = await takeReports(queue.pool, 1);
  return report ? processReport(deps, report) : null;
}
const later = async () => (await queue.events()).filter((event) => !event.startsWith('delivered'));

describe('a bounce after delivery', () => {
  test('becomes an event and a suppression, once however often it is told', async () => {
    const queueId = await sent(['bob@example.com']);
    const path = returnPath(queueId, 0);
    expect(await comesIn(path, dsn(path, ['bob@example.com']))).toMatchObject({ kind: 'dsn', outcome: 'joined', queueId, tenantId: queue.tenantId });
    expect(await later()).toEqual(['bounced-later bob@example.com']);
    expect(await findSuppressions(queue.pool, 'bob@example.com')).toMatchObject([{ reason: 'bounce', source: 'dsn', tenantId: queue.tenantId, queueId }]);
    expect(await comesIn(path, dsn(path, ['bob@example.com']))).toMatchObject({ outcome: 'duplicate' });
    // The very same bytes are not even read again.
    const again = dsn(path, ['bob@example.com'], { reply: '550 5.1.1 Still no such user' });
    await comesIn(path, again);
    expect(await comesIn(path, again)).toBeNull();
    expect(await later()).toEqual(['bounced-later bob@example.com']);
    expect(await findSuppressions(queue.pool, 'bob@example.com')).toHaveLength(1);
  });

  test('two workers with the same report: one effect', async () => {
    const path = returnPath(await sent(['bob@example.com']), 0);
    await insertReport(queue.pool, { intake: 'bounce', recipient: path, reversePath: '', clientAddress: '192.0.2.1', content: dsn(path, ['bob@example.com']) });
    const [report] = await takeReports(queue.pool, 1);
    const outcomes = await Promise.all([processReport(deps, report!), processReport(deps, report!), processReport(deps, report!)]);
    expect(outcomes.filter((outcome) => outcome?.outcome === 'joined')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(2);
    expect(await later()).toEqual(['bounced-later bob@example.com']);
  });

  test.each<[string, Told, string, boolean]>([
    ['policy', { status: '5.7.1', reply: '550 5.7.1 Message refused by policy' }, 'bounced-later', false],
    ['mailbox full', { status: '5.2.2', reply: '552 5.2.2 Mailbox full' }, 'bounced-later', false],
    ['reputation', { status: '5.7.1', reply: '554 5.7.1 Your IP has poor reputation' }, 'bounced-later', false],
    ['delayed', { action: 'delayed', status: '4.4.1', reply: '451 4.4.1 No answer' }, 'delayed-later', false],
    ['relayed', { action: 'relayed', status: '2.0.0', reply: '250 2.0.0 ok' }, 'confirmed', false],
    ['unknown user', {}, 'bounced-later', true],
  ])('%s', async (_name, told, event, suppresses) => {
    const path = returnPath(await sent(['bob@example.com']), 0);
    await comesIn(path, dsn(path, ['bob@example.com'], told));
    expect(await later()).toEqual([`${event} bob@example.com`]);
    expect(await findSuppressions(queue.pool, 'bob@example.com')).toHaveLength(suppresses ? 1 : 0);
  });

  test('by a path that several recipients know: events, and nobody is suppressed', async () => {
    const path = returnPath(await sent(['bob@example.com', 'eve@example.com']), null);
    expect(await comesIn(path, dsn(path, ['eve@example.com', 'stranger@example.com']))).toMatchObject({ outcome: 'joined', detail: expect.stringContaining('1 recipients named that the message did not have') });
    expect(await later()).toEqual(['bounced-later eve@example.com']);
    expect(await findSuppressions(queue.pool, 'eve@example.com')).toEqual([]);
    expect(await findSuppressions(queue.pool, 'stranger@example.com')).toEqual([]);
  });

  test('by the token of the returned header, at another address', async () => {
    const queueId = await sent(['bob@example.com']);
    expect(await comesIn('fbl@eider.test', dsn('fbl@eider.test', ['bob@example.com'], { original: original(queueId) }))).toMatchObject({ outcome: 'joined', queueId });
    expect(await findSuppressions(queue.pool, 'bob@example.com')).toHaveLength(1);
  });
});

describe('a complaint', () => {
  const arf = (type: string, returned: string) => Buffer.from(
    'From: fbl@provider.example\r\nSubject: FW: news\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nabuse\r\n'
    + `--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: ${type}\r\nUser-Agent: Provider/1\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${returned}\r\n--b--\r\n`,
  );

  test.each<[string, string, string | null]>([
    ['abuse', 'complained', 'complaint'],
    ['opt-out', 'complained', 'unsubscribe'],
    ['virus', 'complained', null],
    ['not-spam', 'complaint-withdrawn', null],
  ])('%s, joined by the field that it brings back', async (type, event, reason) => {
    const queueId = await sent(['bob@example.com']);
    expect(await comesIn('fbl@eider.test', arf(type, original(queueId).toString()))).toMatchObject({ kind: 'arf', outcome: 'joined', queueId });
    expect(await later()).toEqual([`${event} bob@example.com`]);
    expect((await findSuppressions(queue.pool, 'bob@example.com')).map((row) => [row.reason, row.source, row.expiresAt])).toEqual(reason === null ? [] : [[reason, 'arf', null]]);
  });

  test('without proof changes nothing', async () => {
    await sent(['bob@example.com']);
    expect(await comesIn('fbl@eider.test', arf('abuse', 'From: alice@eider.test\r\nTo: bob@example.com\r\nMessage-ID: <1@eider.test>\r\n\r\nhi\r\n'))).toMatchObject({ kind: 'arf', outcome: 'neutral' });
    expect(await later()).toEqual([]);
  });
});

describe('what changes nothing', () => {
  const nothing = async (outcome: object | null, detail: string) => {
    expect(outcome).toMatchObject({ outcome: 'neutral', detail: expect.stringContaining(detail) });
    expect(await later()).toEqual([]);
    expect((await queue.pool.query('SELECT FROM suppression')).rowCount).toBe(0);
    expect((await queue.pool.query('SELECT FROM feedback_effect')).rowCount).toBe(0);
    expect(await selectReports(queue.pool, { limit: 10 })).toMatchObject([{ state: 'done', outcome: 'neutral' }]);
  };
  test('a report without a token that names a message of ours', async () => {
    await sent(['bob@example.com']);
    await nothing(await comesIn('fbl@eider.test', dsn('fbl@eider.test', ['bob@example.com'])), 'nothing in it proves');
  });
  test('a path of a key that is not ours', async () => {
    const path = returnPath(await sent(['bob@example.com']), 0, { id: 1, secret: Buffer.alloc(32, 2) });
    await nothing(await comesIn(path, dsn(path, ['bob@example.com'])), 'forged');
  });
  test("a path around another tenant's message", async () => {
    const theirs = await sent(['eve@example.com'], { tenantId: await queue.addTenant() });
    const path = returnPath(await sent(['bob@example.com']), 0);
    await nothing(await comesIn(path, dsn(path, ['eve@example.com'], { original: original(theirs) })), 'returns another');
  });
  test('a message whose events are gone', async () => {
    const path = returnPath(await sent(['bob@example.com']), 0);
    await queue.pool.query('TRUNCATE delivery_event');
    await nothing(await comesIn(path, dsn(path, ['bob@example.com'])), 'no longer known');
  });
  test('rubbish', async () => nothing(await comesIn('fbl@eider.test', Buffer.from([0xff, 0xfe, 1, 2, 3])), 'not a report'));
});

describe("a person's mail", () => {
  const fromPerson = { source: 'submission', reversePath: 'alice@eider.test' } as const;
  const handedOn = async () =>
    (await queue.pool.query<{ line: string }>(`SELECT d.recipient || ' from <' || m.reverse_path || '> ' || m.source AS line FROM delivery d JOIN outgoing_message m USING (queue_id) ORDER BY 1`)).rows.map((row) => row.line);

  test('the report goes on to the person as it came, with the event in the same commit', async () => {
    const path = returnPath(await sent(['bob@example.com'], fromPerson), 0);
    const report = dsn(path, ['bob@example.com']);
    expect(await comesIn(path, report)).toMatchObject({ outcome: 'joined', detail: expect.stringContaining('handed on') });
    expect(await handedOn()).toEqual(['alice@eider.test from <> dsn']);
    const { rows } = await queue.pool.query<{ content: Buffer; headerFrom: string }>(`SELECT content, header_from AS "headerFrom" FROM outgoing_message WHERE source = 'dsn'`);
    expect(rows[0]!.headerFrom).toBe('mailer-daemon@mail.eider.test');
    expect(rows[0]!.content.toString()).toMatch(/^Received: from \[192\.0\.2\.1\]/);
    expect(rows[0]!.content.subarray(-200).equals(report.subarray(-200))).toBe(true);
    const [row] = await findSuppressions(queue.pool, 'bob@example.com');
    expect(row!.expiresAt!.getTime() - Date.now()).toBeLessThan(25 * 3_600_000);
  });

  test.each<[string, string | undefined, Partial<EnqueueInput>, number]>([
    ['from elsewhere', undefined, {}, 1],
    ['that claims to be from here', 'Admin <admin@EIDER.test>', {}, 0],
    ['that claims to be from here, with a comment inside', 'admin@eider(really).test', {}, 0],
    ['that claims to be from here beside another', 'x@remote.example, admin@eider.test', {}, 0],
    ['without an author', '', {}, 1],
    ['about mail of a program', undefined, { source: 'api' }, 0],
    ['for a sender elsewhere', undefined, { reversePath: 'x@elsewhere.example' }, 0],
  ])('a report %s', async (_name, from, changes, count) => {
    const path = returnPath(await sent(['bob@example.com'], { ...fromPerson, ...changes }), 0);
    await comesIn(path, dsn(path, ['bob@example.com'], from === undefined ? {} : { from }));
    expect(await handedOn()).toHaveLength(count);
  });

  test('whoever writes to the return path reaches the person; it is no event', async () => {
    const path = returnPath(await sent(['bob@example.com'], fromPerson), 0);
    expect(await comesIn(path, Buffer.from('From: bob@example.com\r\nSubject: hm\r\n\r\nWhat is this address?\r\n'))).toMatchObject({ kind: 'none', detail: 'handed on to the sender' });
    expect(await handedOn()).toHaveLength(1);
    expect(await later()).toEqual([]);
  });
});

describe('the loop', () => {
  test('processes what waits, and puts off what fails', async () => {
    const path = returnPath(await sent(['bob@example.com']), 0);
    await insertReport(queue.pool, { intake: 'bounce', recipient: path, reversePath: '', clientAddress: '192.0.2.1', content: dsn(path, ['bob@example.com']) });
    let failing = true;
    const pool = new Proxy(queue.pool, {
      get: (target, name) => {
        if (name === 'connect' && failing) return () => Promise.reject(new Error('the database is away'));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const loop = startReportLoop({ ...deps, pool, log: pino({ level: 'silent' }) }, 10);
    await expect.poll(async () => (await queue.pool.query('SELECT detail FROM feedback_report')).rows[0].detail, { timeout: 20_000 }).toBe('the database is away');
    failing = false;
    await queue.pool.query('UPDATE feedback_report SET due_at = now()');
    await expect.poll(later, { timeout: 20_000 }).toEqual(['bounced-later bob@example.com']);
    await loop.stop();
  });

  test('a report that workers die of is given up and kept', async () => {
    await insertReport(queue.pool, { intake: 'complaint', recipient: 'fbl@eider.test', reversePath: '', clientAddress: '192.0.2.1', content: Buffer.from('x') });
    for (let attempt = 0; attempt < MAX_REPORT_ATTEMPTS; attempt++) {
      expect(await takeReports(queue.pool, 5)).toHaveLength(1);
      expect(await takeReports(queue.pool, 5)).toHaveLength(0);
      expect(await failReports(queue.pool)).toEqual([]);
      await queue.pool.query('UPDATE feedback_report SET due_at = now()');
    }
    expect(await takeReports(queue.pool, 5)).toEqual([]);
    expect(await failReports(queue.pool)).toHaveLength(1);
    const { rows } = await queue.pool.query('SELECT state, content FROM feedback_report');
    expect(rows).toEqual([{ state: 'failed', content: Buffer.from('x') }]);
  });
});
