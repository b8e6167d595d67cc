import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { conversationLog, conversationsOf } from './conversation-log.ts';
import { deliver } from './deliver.ts';
import type { DkimSigner } from '../mail/dkim/sign-message.ts';
import type { DeliveryOutcome, Outcome } from './outcome.ts';
import { groupJobs } from './dispatcher.ts';
import { type FakeMx, type FakeMxOptions, startFakeMx } from './testing/fake-mx.ts';
import { PLAIN, queueFixture, type QueueFixture } from './testing/queue-fixture.ts';
import { deliverDeps, type WorkerOptions } from './testing/worker-fixture.ts';

let queue: QueueFixture;
let mx: FakeMx;
let tls: { cert: string; key: string };
const opened: FakeMx[] = [];

beforeAll(async () => {
  queue = await queueFixture();
  const folder = mkdtempSync(join(tmpdir(), 'eider-tls-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=fake.test', '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')], { stdio: 'ignore' });
  tls = { cert: readFileSync(join(folder, 'cert'), 'utf8'), key: readFileSync(join(folder, 'key'), 'utf8') };
  rmSync(folder, { recursive: true });
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function serve(options: FakeMxOptions = {}): Promise<FakeMx> {
  mx = await startFakeMx(options);
  opened.push(mx);
  return mx;
}

/** Enqueues, claims and attempts once; the outcome by recipient. */
async function attempt(recipients: string[], content = PLAIN, worker: Partial<WorkerOptions> = {}, enqueueChanges = {}): Promise<Record<string, Outcome>> {
  await queue.accept(recipients, { content, ...enqueueChanges });
  const deps = deliverDeps(queue, { routes: `*=127.0.0.1:${mx.port}`, ...worker });
  const jobs = groupJobs(await queue.claim(1_000));
  const outcomes: DeliveryOutcome[] = [];
  await Promise.all(
    jobs.map((deliveries) =>
      deliver(deps, { queueId: deliveries[0]!.queueId, domain: deliveries[0]!.domain, deliveries, mayBegin: () => true, settle: (settled) => void outcomes.push(...settled) }),
    ),
  );
  await deps.connections.close();
  return Object.fromEntries(outcomes.map(({ delivery, outcome }) => [delivery.recipient, outcome]));
}

const short = { mail: 300, rcpt: 300, greeting: 300, hello: 300, startTls: 300, dataEnd: 300, dataStart: 300, dataBlock: 300 };

describe('what the other side says decides', () => {
  test.each([
    ['fine', { kind: 'delivered' }],
    ['550', { kind: 'bounced', category: 'userunknown', addressDead: true }],
    ['554-data', { kind: 'bounced', addressDead: false }],
    ['452', { kind: 'deferred' }],
    ['451-then-250', { kind: 'deferred' }],
    ['450-data', { kind: 'deferred' }],
    ['421', { kind: 'deferred' }],
    ['disconnect-rcpt', { kind: 'deferred', category: 'connection' }],
    ['disconnect-data', { kind: 'deferred', category: 'connection', reason: expect.stringContaining('It may have been accepted') }],
    ['disconnect-end', { kind: 'deferred', category: 'connection', reason: expect.stringContaining('It may have been accepted') }],
    ['slow-50', { kind: 'delivered' }],
    ['silent', { kind: 'deferred', category: 'connection', reason: expect.stringContaining('no reply') }],
    ['nocrlf', { kind: 'deferred', category: 'connection', reason: expect.stringContaining('no reply') }],
    ['endless', { kind: 'deferred', category: 'connection', reason: expect.stringContaining('line too long') }],
    ['flood', { kind: 'deferred', category: 'connection', reason: expect.stringContaining('reply too long') }],
    ['garbage', { kind: 'deferred', category: 'connection', reason: expect.stringContaining('not an SMTP reply') }],
  ].flatMap(([localPart, expected]) => [[], ['CHUNKING']].map((more) => ({ localPart: localPart as string, expected: expected as object, more }))))('$localPart@ $more', async ({ localPart, expected, more }) => {
    await serve({ extensions: ['PIPELINING', ...more] });
    const address = `${localPart}@example.com`;
    expect(await attempt([address], PLAIN, { timeouts: short })).toMatchObject({ [address]: expected });
    expect(mx.received.length).toBe(['fine', 'slow-50', 'disconnect-end'].includes(localPart) ? 1 : 0);
  });

  test.each([['PIPELINING'], ['8BITMIME'], ['CHUNKING'], ['PIPELINING CHUNKING']])('recipients of one message differ, in one transaction (with %s)', async (extensions) => {
    await serve({ extensions: extensions.split(' ') });
    const outcomes = await attempt(['a@example.com', '550@example.com', 'b@example.com', '451@example.com']);
    expect(Object.fromEntries(Object.entries(outcomes).map(([address, outcome]) => [address, outcome.kind]))).toEqual({
      'a@example.com': 'delivered', '550@example.com': 'bounced', 'b@example.com': 'delivered', '451@example.com': 'deferred',
    });
    expect(mx.received).toMatchObject([{ recipients: ['a@example.com', 'b@example.com'] }]);
  });

  test.each([['PIPELINING'], ['8BITMIME'], ['CHUNKING'], ['PIPELINING CHUNKING']])('no recipient accepted: no message is sent, and the session goes on (with %s)', async (extensions) => {
    await serve({ extensions: extensions.split(' ') });
    await queue.accept(['550@example.com']);
    await queue.accept(['fine@example.com']);
    const outcomes = await attempt([], PLAIN, { limits: { connectionsPerSite: 1 } }, { recipients: [{ address: '551@example.com' }] });
    expect(Object.values(outcomes).map((outcome) => outcome.kind).sort()).toEqual(['bounced', 'bounced', 'delivered']);
    expect(mx.received).toHaveLength(1);
    expect(mx.connections()).toBe(1);
    expect(mx.commands.filter((command) => command === 'RSET').length).toBeGreaterThan(0);
  });
});

describe('the message arrives as it is', () => {
  test.each([
    ['dots', 'From: a@eider.test\r\n\r\n.\r\n..\r\n.x\r\nx.\r\n\r\n.'],
    ['dot first in the body', 'From: a@eider.test\r\n\r\n.\r\n'],
    ['a smuggling attempt', 'From: a@eider.test\r\n\r\nx\n.\r\nMAIL FROM:<evil@x.test>\r\n'],
    ['8-bit', 'From: a@eider.test\r\n\r\nüöä\r\n'],
    ['large', `From: a@eider.test\r\n\r\n${'.0123456789abcdef\r\n'.repeat(40_000)}`],
    ['long lines', `From: a@eider.test\r\n\r\n${'x'.repeat(300_000)}\r\n`],
  ].flatMap(([name, text]) => [['PIPELINING'], ['PIPELINING', 'CHUNKING'], ['CHUNKING'], []].map((extensions) => ({ name, text, extensions }))))('$name ($extensions)', async ({ text, extensions }) => {
    await serve({ extensions: [...extensions, '8BITMIME'] });
    await attempt(['bob@example.com'], Buffer.from(text!));
    const expected = Buffer.from(text!.replace(/\r\n|\r|\n/g, '\r\n').replace(/(?<!\r\n)$/, '\r\n'));
    expect(mx.received).toHaveLength(1);
    expect(mx.received[0]!.content.equals(expected)).toBe(true);
  });

  test('parameters: SIZE, BODY, SMTPUTF8, DSN where offered', async () => {
    await serve({ extensions: ['SIZE', '8BITMIME', 'SMTPUTF8', 'DSN', 'PIPELINING'] });
    const content = Buffer.from('From: a@eider.test\r\n\r\nü\r\n');
    await attempt([], content, {}, { recipients: [{ address: 'ü@example.com', notify: ['SUCCESS', 'FAILURE'], orcpt: 'utf-8;x@example.com' }], dsn: { ret: 'HDRS', envid: 'abc' } });
    expect(mx.received[0]!.mailParameters).toBe(`SIZE=${content.length} BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=abc`);
    expect(mx.received[0]!.recipientParameters).toEqual(['NOTIFY=SUCCESS,FAILURE ORCPT=utf-8;x@example.com']);
  });

  test('a server that knows only HELO gets it plain', async () => {
    await serve({ heloOnly: true });
    expect(await attempt(['bob@example.com'])).toMatchObject({ 'bob@example.com': { kind: 'delivered' } });
    expect(mx.received[0]!.mailParameters).toBe('');
    expect(mx.commands.slice(0, 2)).toEqual(['EHLO mail.eider.test', 'HELO mail.eider.test']);
  });

  test('SMTPUTF8 is never downgraded: without the extension it bounces', async () => {
    await serve({ extensions: ['8BITMIME'] });
    expect(await attempt(['jürgen@example.com'])).toMatchObject({ 'jürgen@example.com': { kind: 'bounced', category: 'smtputf8', facts: { enhancedCode: '5.6.7' } } });
    expect(mx.received).toEqual([]);
  });

  test.each([['PIPELINING'], ['PIPELINING CHUNKING']])('8-bit content is converted for a server without 8BITMIME, and signed as converted (with %s)', async (extensions) => {
    await serve({ extensions: extensions.split(' ') });
    const signer: DkimSigner = { domain: 'eider.test', selector: 's', algorithm: 'ed25519-sha256', privateKey: generateKeyPairSync('ed25519').privateKey };
    const content = Buffer.from('From: alice@eider.test\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße aus einer langen Zeile Text\r\n');
    expect(await attempt(['bob@example.com'], content, { signers: [signer] })).toMatchObject({ 'bob@example.com': { kind: 'delivered' } });
    const sent = mx.received[0]!.content.toString('latin1');
    expect(sent).toMatch(/Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe aus einer langen Zeile Text\r\n$/);
    const body = createHash('sha256').update('Gr=C3=BC=C3=9Fe aus einer langen Zeile Text\r\n').digest('base64');
    expect(sent.replace(/\r\n\s+/g, ' ')).toContain(`bh=${body}`);
    expect(mx.received[0]!.mailParameters).not.toContain('BODY');
  });

  test('8-bit content that cannot be converted bounces (RFC 6152 3)', async () => {
    await serve({ extensions: ['PIPELINING'] });
    const content = Buffer.from('From: alice@eider.test\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nGrüße\r\n--b--\r\n');
    expect(await attempt(['bob@example.com'], content)).toMatchObject({ 'bob@example.com': { kind: 'bounced', addressDead: false, facts: { enhancedCode: '5.6.3' } } });
    expect(mx.received).toEqual([]);
  });

  test('more than the server takes bounces without being sent', async () => {
    await serve({ extensions: ['SIZE 50'] });
    expect(await attempt(['bob@example.com'])).toMatchObject({ 'bob@example.com': { kind: 'bounced', category: 'mesgtoobig' } });
    expect(mx.commands.some((command) => command.startsWith('MAIL'))).toBe(false);
  });
});

describe('greetings and connections', () => {
  test.each<[name: string, options: FakeMxOptions, expected: object]>([
    ['554 in the greeting is no bounce', { greeting: '554 5.7.1 go away\r\n' }, { kind: 'deferred', reason: expect.stringContaining('refused the connection') }],
    ['421 in the greeting', { greeting: '421 4.3.2 busy\r\n' }, { kind: 'deferred' }],
    ['521: takes no mail', { greeting: '521 no mail here\r\n' }, { kind: 'bounced', category: 'notaccept', addressDead: false }],
    ['no greeting', { greeting: null }, { kind: 'deferred', category: 'connection', reason: expect.stringContaining('greeting') }],
    ['a greeting of 10 MB', { greeting: 'x'.repeat(10 * 1024 * 1024) }, { kind: 'deferred', category: 'connection' }],
    ['another protocol', { greeting: 'SSH-2.0-OpenSSH\r\n' }, { kind: 'deferred', category: 'connection' }],
  ])('%s', async (_name, options, expected) => {
    await serve(options);
    expect(await attempt(['bob@example.com'], PLAIN, { timeouts: short })).toMatchObject({ 'bob@example.com': expected });
  });

  test('nobody there: deferred, and all of the site at once', async () => {
    await serve();
    await mx.close();
    for (let i = 0; i < 20; i++) await queue.accept([`r${i}@d${i}.example`]);
    const outcomes = await attempt(['bob@example.com']);
    expect(Object.values(outcomes)).toHaveLength(21);
    for (const outcome of Object.values(outcomes)) expect(outcome).toMatchObject({ kind: 'deferred', category: 'connection' });
  });

  test('sessions are reused: many messages, few connections', async () => {
    await serve();
    for (let i = 0; i < 60; i++) await queue.accept([`r${i}@example.com`]);
    await attempt(['last@example.com'], PLAIN, { limits: { connectionsPerSite: 3 } });
    expect(mx.received).toHaveLength(61);
    expect(mx.connections()).toBeLessThanOrEqual(3);
  });

  test('a session that the server ends with 421 after some messages is replaced, and nothing is put off', async () => {
    await serve({ messagesPerConnection: 4 });
    for (let i = 0; i < 30; i++) await queue.accept([`r${i}@example.com`]);
    const outcomes = await attempt(['last@example.com'], PLAIN, { limits: { connectionsPerSite: 2 } });
    expect(new Set(Object.values(outcomes).map((outcome) => outcome.kind))).toEqual(new Set(['delivered']));
    expect(mx.received).toHaveLength(31);
  });

  test('a server with room for two connections gets two', async () => {
    await serve({ maxConnections: 2, endDelayMs: 5 });
    for (let i = 0; i < 30; i++) await queue.accept([`r${i}@example.com`]);
    const outcomes = await attempt(['last@example.com'], PLAIN, { limits: { connectionsPerSite: 8 } });
    expect(new Set(Object.values(outcomes).map((outcome) => outcome.kind))).toEqual(new Set(['delivered']));
  });
});

describe('STARTTLS', () => {
  test('is used where offered', async () => {
    await serve({ tls });
    const outcomes = await attempt(['bob@example.com']);
    expect(outcomes['bob@example.com']).toMatchObject({ kind: 'delivered', facts: { tls: 'TLSv1.3' } });
    expect(mx.received[0]!.tls).toBe(true);
    expect(mx.commands.filter((command) => command.startsWith('EHLO'))).toHaveLength(2);
  });

  test.each(['refuses', 'garbage-handshake', 'half-closed', 'injection'] as const)('%s: goes on in clear', async (tlsFault) => {
    await serve({ tls, tlsFault });
    const outcomes = await attempt(['bob@example.com'], PLAIN, { timeouts: short });
    expect(outcomes['bob@example.com']).toMatchObject({ kind: 'delivered', facts: { tls: false } });
    expect(mx.received).toHaveLength(1);
  });
});

describe('the conversation is kept', () => {
  async function conversation(recipient: string, options: FakeMxOptions = {}): Promise<string[]> {
    await serve(options);
    const conversations = conversationLog({ pool: queue.pool, log: pino({ level: 'silent' }) });
    const outcomes = await attempt([recipient], PLAIN, { conversations, timeouts: short });
    await conversations.flushed();
    const { facts } = outcomes[recipient] as { facts: { conversation: string } };
    await queue.pool.query(`INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, data) SELECT tenant_id, queue_id, recipient_no, 'x', $1 FROM delivery`, [{ attempt: 1, ...facts }]);
    const queueId = (await queue.pool.query<{ queue_id: string }>('SELECT queue_id FROM delivery')).rows[0]!.queue_id;
    const [kept] = await conversationsOf(queue.pool, queueId);
    return kept!.lines!.map((line) => line.replace(/^\d+ /, '').replaceAll(/:\d+$/g, ':PORT'));
  }

  test('of a delivery: all but the content', async () =>
    expect(await conversation('bob@example.com', { extensions: ['PIPELINING', 'CHUNKING'] })).toEqual([
      '* connected to 127.0.0.1 [127.0.0.1]:PORT', 'S 220 fake.test ESMTP', 'C EHLO mail.eider.test', 'S 250 fake.test PIPELINING CHUNKING',
      'C MAIL FROM:<alice@eider.test>', 'C RCPT TO:<bob@example.com>', `C BDAT ${PLAIN.length} LAST`, `C (${PLAIN.length} octets of the message)`,
      'S 250 2.1.0 ok', 'S 250 2.1.5 ok', 'S 250 2.0.0 taken',
    ]));

  test('of a refusal', async () => expect((await conversation('550@example.com')).slice(-4)).toEqual(['C DATA', 'S 250 2.1.0 ok', 'S 550 5.1.1 as you asked', 'S 554 5.5.1 no valid recipients']));

  test('of a connection that broke', async () => expect((await conversation('disconnect-rcpt@example.com')).at(-1)).toMatch(/^\* (the server closed|read ECONNRESET)/));

  test('of a server that does not greet', async () => expect(await conversation('bob@example.com', { greeting: null })).toEqual(['* connected to 127.0.0.1 [127.0.0.1]:PORT', '* no reply for 0 s']));
});

test('a loop is ended', async () => {
  await serve();
  const content = Buffer.concat([Buffer.from('From: a@eider.test\r\n'), Buffer.from('Received: from x by y; now\r\n'.repeat(100)), Buffer.from('\r\nx\r\n')]);
  expect(await attempt(['bob@example.com'], content)).toMatchObject({ 'bob@example.com': { kind: 'bounced', category: 'loop' } });
  expect(mx.received).toEqual([]);
});

test('a suppressed address gets nothing, the others of the message do', async () => {
  await serve();
  await queue.pool.query(`INSERT INTO suppression (id, address_hash, reason, source) VALUES (gen_random_uuid(), sha256('no@example.com'), 'complaint', 'test')`);
  expect(await attempt(['no@example.com', 'yes@example.com'])).toMatchObject({
    'no@example.com': { kind: 'bounced', category: 'suppressed', addressDead: false }, 'yes@example.com': { kind: 'delivered' },
  });
  expect(mx.received).toMatchObject([{ recipients: ['yes@example.com'] }]);
});
