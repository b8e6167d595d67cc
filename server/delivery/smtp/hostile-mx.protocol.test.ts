// Servers that mean harm or know no better, each a script: what a delivery makes of them, that it costs neither memory nor
// much time, and that mail to others goes on meanwhile.
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../outcome.ts';
import { startFakeMx } from '../testing/fake-mx.ts';
import { PLAIN, queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { deliverAll, deliverDeps } from '../testing/worker-fixture.ts';
import type { SmtpTimeouts } from './timeouts.ts';

let queue: QueueFixture;
const servers: Server[] = [];

beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers each command with what the table says for its verb; a number of milliseconds waits, `null` hangs up. */
type Say = string | Buffer | null | ((socket: Socket) => void);
interface Script {
  greeting?: Say;
  /** By verb, the text that the end of data is answered with under `.`. */
  replies?: Record<string, Say>;
}

/** Neither answers nor reads on. */
const SILENT = 'silent';
const EHLO = '250-hostile.test\r\n250 PIPELINING\r\n';
const HONEST: Record<string, Say> = { EHLO, HELO: '250 hostile.test\r\n', MAIL: '250 ok\r\n', RCPT: '250 ok\r\n', DATA: '354 go\r\n', '.': '250 taken\r\n', RSET: '250 ok\r\n', QUIT: '221 bye\r\n' };

async function serve(script: Script): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    const replies = { ...HONEST, ...script.replies };
    let buffered = '';
    let inData = false;
    say(socket, script.greeting === undefined ? '220 hostile.test\r\n' : script.greeting);
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
        const line = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        if (inData && line !== '.') continue;
        const verb = inData ? '.' : line.slice(0, 4).toUpperCase();
        inData = verb === 'DATA' && replies[verb] === HONEST['DATA'];
        const answer = verb in replies ? replies[verb]! : '500 what\r\n';
        if (answer === SILENT) return;
        say(socket, answer);
      }
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

function say(socket: Socket, what: Say): void {
  if (what === null) socket.destroy();
  else if (typeof what === 'function') what(socket);
  else socket.write(what);
}

/** Writes for as long as anybody takes it. */
const endless = (block: string, start = ''): Say => (socket) => {
  socket.write(start);
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  more();
};
/** An octet at a time. */
const drip = (text: string, everyMs: number): Say => async (socket) => {
  for (const octet of text) {
    if (socket.destroyed) return;
    socket.write(octet);
    await sleep(everyMs);
  }
};

/** Short only where running out is what is tested: elsewhere a busy machine must not look like a silent server. */
const SHORT_MS = 400;
const PATIENT_MS = 60_000;
const timeoutsOf = (wait: number): SmtpTimeouts => ({
  connect: PATIENT_MS, greeting: wait, hello: wait, startTls: wait, mail: wait, rcpt: wait, dataStart: wait, dataBlock: wait, dataEnd: wait, reset: wait, quit: 50,
});

async function attempt(port: number, waitMs: number): Promise<Outcome> {
  await queue.accept(['bob@hostile.example']);
  const deps = deliverDeps(queue, { routes: `hostile.example=127.0.0.1:${port}`, timeouts: timeoutsOf(waitMs) });
  const [result] = await deliverAll(deps, await queue.claim(1));
  await deps.connections.close();
  return result!.outcome;
}

const deferred = (phase: string, reason: RegExp): object => ({ kind: 'deferred', category: 'connection', reason: expect.stringMatching(reason), facts: { phase } });
const onOneLine = (): unknown => expect.not.stringMatching(/[\r\n]/);
const delivered = { kind: 'delivered' };

const TABLE: [name: string, script: Script, expected: object][] = [
  ['an endless greeting without a line end', { greeting: endless('x'.repeat(65_536)) }, deferred('greeting', /line too long/)],
  ['an endless greeting of continuation lines', { greeting: endless('220-more\r\n'.repeat(1_000)) }, deferred('greeting', /reply too long/)],
  ['a greeting line of 10 MB', { greeting: `220 ${'x'.repeat(10 * 1024 * 1024)}\r\n` }, deferred('greeting', /line too long/)],
  ['a greeting without CRLF, then silence', { greeting: '220 hello' }, deferred('greeting', /no reply/)],
  ['a greeting that drips past the limit', { greeting: drip('220 so very slow to say anything at all\r\n', 100) }, deferred('greeting', /no reply/)],
  ['a greeting with the code of DATA', { greeting: '354 go\r\n' }, { kind: 'deferred' }],
  ['a greeting with 1xx', { greeting: '120 later\r\n' }, deferred('greeting', /not an SMTP reply/)],
  ['hangs up at once', { greeting: null }, deferred('greeting', /closed|reset/i)],
  ['EHLO with 1,000 lines', { replies: { EHLO: `${'250-X\r\n'.repeat(1_000)}250 end\r\n` } }, deferred('ehlo', /reply too long/)],
  ['EHLO whose lines differ in code', { replies: { EHLO: '250-hostile\r\n550 no\r\n' } }, deferred('ehlo', /differ/)],
  ['EHLO answered with 354', { replies: { EHLO: '354 go\r\n' } }, { kind: 'deferred' }],
  ['EHLO and HELO refused', { replies: { EHLO: '502 no\r\n', HELO: '502 no\r\n' } }, { kind: 'deferred' }],
  ['extensions with control characters', { replies: { EHLO: '250-hostile\r\n250-X\u0000 1\r\n250 PIPE\u0007LINING\r\n' } }, delivered],
  ['SIZE that is no number', { replies: { EHLO: '250-hostile\r\n250 SIZE lots\r\n' } }, delivered],
  ['SIZE negative', { replies: { EHLO: '250-hostile\r\n250 SIZE -5\r\n' } }, delivered],
  ['hangs up at EHLO', { replies: { EHLO: null } }, deferred('ehlo', /closed|reset/i)],
  ['MAIL answered with 354', { replies: { MAIL: '354 go\r\n' } }, { kind: 'deferred' }],
  ['MAIL answered with 2yz beyond 250', { replies: { MAIL: '299 hm\r\n' } }, delivered],
  ['RCPT answered with 252', { replies: { RCPT: '252 will try\r\n' } }, delivered],
  ['all is well until the message is refused', { replies: { MAIL: '299 hm\r\n', '.': '550 no\r\n' } }, { kind: 'bounced' }],
  ['NULs in a reply', { replies: { MAIL: '250 o\u0000k\r\n' } }, delivered],
  ['a reply that tries to be a header', { replies: { RCPT: '550 5.1.1 no\rBcc: x@example.com\r\n' } }, { kind: 'bounced', reason: onOneLine() }],
  ['replies split between packets', { greeting: drip('220 hostile.test\r\n', 5), replies: { EHLO: drip(EHLO, 5), '.': drip('250 taken\r\n', 5) } }, delivered],
  ['several replies to one command', { replies: { MAIL: '250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n' } }, { kind: 'deferred' }],
  ['RCPT answered with 354', { replies: { RCPT: '354 go\r\n' } }, { kind: 'deferred' }],
  ['hangs up at RCPT', { replies: { RCPT: null } }, deferred('rcpt', /closed|reset/i)],
  ['silent at RCPT', { replies: { RCPT: SILENT } }, deferred('rcpt', /no reply/)],
  ['DATA answered with 250', { replies: { DATA: '250 taken\r\n' } }, { kind: 'deferred' }],
  ['hangs up at DATA', { replies: { DATA: null } }, deferred('data', /closed|reset/i)],
  ['garbage after 354', { replies: { DATA: '354 go\r\n', '.': 'HTTP/1.1 200 OK\r\n' } }, deferred('end-of-data', /not an SMTP reply/)],
  ['354 after the message', { replies: { '.': '354 more\r\n' } }, { kind: 'deferred' }],
  ['hangs up after the message', { replies: { '.': null } }, deferred('end-of-data', /may have been accepted/)],
  ['an endless reply after the message', { replies: { '.': endless('250-more\r\n'.repeat(1_000)) } }, deferred('end-of-data', /reply too long/)],
  ['half-closes after the message', { replies: { '.': (socket) => socket.end() } }, deferred('end-of-data', /may have been accepted/)],
];

describe('each gives an outcome, bounded in memory and time', () => {
  test.each(TABLE)('%s', async (_name, script, expected) => {
    const before = process.memoryUsage().rss;
    const runsOut = String((expected as { reason?: { sample?: RegExp } }).reason?.sample).includes('no reply');
    expect(await attempt(await serve(script), runsOut ? SHORT_MS : PATIENT_MS)).toMatchObject(expected);
    // The endless ones write hundreds of megabytes a second to whoever takes them.
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
});

test('mail to others goes on while all of them are at it', async () => {
  const good = await startFakeMx();
  const ports = await Promise.all(TABLE.map(([, script]) => serve(script)));
  const routes = [...ports.map((port, index) => `h${index}.example=127.0.0.1:${port}`), `*=127.0.0.1:${good.port}`].join(',');
  for (const index of ports.keys()) await queue.accept([`bob@h${index}.example`]);
  for (let i = 0; i < 50; i++) await queue.accept([`r${i}@good.example`]);
  const deps = deliverDeps(queue, { routes, timeouts: timeoutsOf(5_000) });
  const results = await deliverAll(deps, await queue.claim(100));
  await deps.connections.close();
  await good.close();
  expect(results).toHaveLength(ports.length + 50);
  expect(good.received).toHaveLength(50);
  expect(new Set(results.filter(({ delivery }) => delivery.domain === 'good.example').map(({ outcome }) => outcome.kind))).toEqual(new Set(['delivered']));
});

test('content is as it was, whatever hostile replies surround it', async () => {
  const good = await startFakeMx({ extensions: ['PIPELINING'] });
  await attempt(good.port, PATIENT_MS);
  await good.close();
  expect(good.received[0]!.content.equals(PLAIN)).toBe(true);
});
