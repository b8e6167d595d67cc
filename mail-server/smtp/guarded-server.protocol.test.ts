// Sessions that ask for too much: too many, too slow, idle. Real sockets, limits of milliseconds.
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { playDialogue } from '../testing/smtp-dialogue.ts';
import { DEFAULT_LIMITS, GuardedServer, type ServerLimits } from './guarded-server.ts';

let server: GuardedServer | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.stop(50);
  server = undefined;
});

/** A server that takes every message and reads it to its end. */
function start(limits: Partial<ServerLimits>): Promise<number> {
  const made = new GuardedServer(
    {
      name: 'mail.eider.test', disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true, logger: false, hideENHANCEDSTATUSCODES: false,
      onData(stream, _session, callback) {
        stream.on('end', () => callback(null, '2.0.0 Taken')).resume();
      },
    },
    { ...DEFAULT_LIMITS, paceCheckMs: 10, ...limits },
  );
  made.on('error', () => {});
  server = made;
  return new Promise((resolve) => {
    made.listen(0, '127.0.0.1', () => resolve((made.server.address() as { port: number }).port));
  });
}

/** Opens a connection and waits for the first line. */
function greet(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.once('data', (chunk) => resolve(chunk.toString().trim()));
    socket.once('error', reject);
  });
}

const ENVELOPE = 'S: 220\nC: EHLO a.test\nS: 250\nC: MAIL FROM:<a@b.test>\nS: 250\nC: RCPT TO:<c@d.test>\nS: 250\nC: DATA\nS: 354\n';

describe('how many', () => {
  test('more than one address may have', async () => {
    const port = await start({ maxSessionsFromLoopback: 2 });
    expect(await greet(port)).toMatch(/^220 /);
    expect(await greet(port)).toMatch(/^220 /);
    expect(await greet(port)).toBe('421 4.7.0 Too many sessions from your address');
  });

  test('a session that has ended makes room', async () => {
    const port = await start({ maxSessionsFromLoopback: 1 });
    await greet(port);
    sockets.pop()!.destroy();
    await expect.poll(() => greet(port)).toMatch(/^220 /);
  });

  test('more than the server has room for', async () => {
    const port = await start({ maxSessions: 1 });
    await greet(port);
    expect(await greet(port)).toBe('421 4.3.2 Too many sessions, try again in a minute');
  });
});

describe('how slow', () => {
  test('a client that says nothing', async () => {
    const port = await start({ commandTimeoutMs: 600 });
    await playDialogue('S: 220\nS: 421 Timeout\nCLOSED', { port });
  });

  test('a client that never ends its line', async () => {
    const port = await start({ commandTimeoutMs: 300 });
    const trickle = Array.from({ length: 20 }, () => 'C= x\nWAIT 25').join('\n');
    await playDialogue(`S: 220\n${trickle}\nS: 421 4\\.4\\.2 Timeout\nCLOSED`, { port });
  });

  test('content that trickles', async () => {
    const port = await start({ dataWindowMs: 100, dataWindowBytes: 1_000 });
    const trickle = Array.from({ length: 20 }, () => 'C= x\nWAIT 25').join('\n');
    await playDialogue(`${ENVELOPE}${trickle}\nS: 421 4\\.4\\.2 Content arrives too slowly\nCLOSED`, { port });
  });

  test('content that flows is taken, however long it takes', async () => {
    const port = await start({ dataWindowMs: 60, dataWindowBytes: 1 });
    const flow = Array.from({ length: 20 }, () => 'C~ 100 x\nWAIT 10').join('\n');
    await playDialogue(`${ENVELOPE}${flow}\nC= \\r\\n.\\r\\n\nS: 250 2\\.0\\.0 Taken\nC: QUIT\nS: 221\nCLOSED`, { port });
  });
});

describe('going down', () => {
  test('idle sessions are told at once', async () => {
    const port = await start({});
    expect(await greet(port)).toMatch(/^220 /);
    const farewell = new Promise<string>((resolve) => sockets[0]!.once('data', (chunk) => resolve(chunk.toString().trim())));
    await server!.stop(5_000);
    expect(await farewell).toBe('421 4.3.2 Server is going down');
  });
});
