// Each phase has a limit of its own (RFC 5321 4.5.3.2): a server silent there is given up after it, and not before.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { defaultEgress } from '../egress/egress-address.ts';
import { connectSmtp } from './connect.ts';
import { RFC_TIMEOUTS, type SmtpTimeouts } from './timeouts.ts';
import { quitSession, resetSession, transact } from './transact.ts';

const MINUTE = 60_000;

test('the limits are at least what RFC 5321 4.5.3.2 asks', () => {
  const least: Partial<SmtpTimeouts> = { greeting: 5 * MINUTE, mail: 5 * MINUTE, rcpt: 5 * MINUTE, dataStart: 2 * MINUTE, dataBlock: 3 * MINUTE, dataEnd: 10 * MINUTE };
  for (const [phase, ms] of Object.entries(least)) expect(RFC_TIMEOUTS[phase as keyof SmtpTimeouts], phase).toBeGreaterThanOrEqual(ms);
});

const REPLIES: [verb: string, reply: string][] = [['EHLO', '250-x\r\n250-STARTTLS\r\n250 SIZE\r\n'], ['STAR', ''], ['MAIL', '250 ok\r\n'], ['RCPT', '250 ok\r\n'], ['DATA', '354 go\r\n'], ['.', '250 ok\r\n'], ['RSET', '250 ok\r\n']];

/** Each limit is an hour but the one under test: only that one can end the wait. */
test.each<[phase: keyof SmtpTimeouts, silentAt: string, tells: string]>([
  ['greeting', 'greeting', 'greeting'],
  ['hello', 'EHLO', 'ehlo'],
  ['startTls', 'STAR', 'tls'],
  ['mail', 'MAIL', 'mail'],
  ['rcpt', 'RCPT', 'rcpt'],
  ['dataStart', 'DATA', 'data'],
  ['dataBlock', 'content', 'end-of-data'],
  ['dataEnd', '.', 'end-of-data'],
  ['reset', 'RSET', 'reset'],
  ['quit', 'QUIT', 'quit'],
])('%s ends the wait of a server silent at %s', async (phase, silentAt, tells) => {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    if (silentAt !== 'greeting') socket.write('220 x\r\n');
    let inData = false;
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (inData && line !== '.') continue;
        const verb = inData ? '.' : line.slice(0, 4);
        if (verb === silentAt) return;
        inData = verb === 'DATA';
        if (inData && silentAt === 'content') socket.pause();
        socket.write(REPLIES.find(([known]) => known === verb)?.[1] ?? '250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const timeouts = { ...Object.fromEntries(Object.keys(RFC_TIMEOUTS).map((name) => [name, 3_600_000])), connect: 5_000, [phase]: 150 } as unknown as SmtpTimeouts;
  expect(await ending((server.address() as { port: number }).port, timeouts, silentAt)).toBe(tells);
  server.close();
});

async function ending(port: number, timeouts: SmtpTimeouts, silentAt: string): Promise<string> {
  const target = { host: 'localhost', address: '127.0.0.1', port, tls: silentAt === 'STAR' ? ('required' as const) : ('none' as const) };
  const connected = await connectSmtp(target, defaultEgress('mail.eider.test'), { timeouts });
  if (connected.kind !== 'connected') return connected.kind === 'unreachable' ? connected.phase : connected.kind;
  const { session } = connected;
  if (silentAt === 'RSET') return (await resetSession(session, { timeouts })) ? 'usable' : 'reset';
  if (silentAt === 'QUIT') {
    await quitSession(session, { timeouts });
    return session.dialogue.usable ? 'open' : 'quit';
  }
  const envelope = { reversePath: 'a@x.example', recipients: [{ address: 'b@y.example', notify: null, orcpt: null }], needs8bit: false, needsSmtputf8: false, dsnRet: null, dsnEnvid: null };
  const content = silentAt === 'content' ? Buffer.alloc(64 * 1024 * 1024, 'x\r\n') : Buffer.from('From: a@x.example\r\n\r\nhi\r\n');
  const [result] = await transact(session, { timeouts }, envelope, [content]);
  session.dialogue.destroy();
  return result!.kind === 'unsupported' ? 'unsupported' : result!.phase;
}
