// What clients that are broken, slow or malicious send: each gets an error or is cut off, and nobody else notices.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeDocument } from './bson/write.ts';
import { MAX_MESSAGE_BYTES, OP } from './wire/message.ts';
import { opMsg, RawClient, replyDocument } from './testing/raw-client.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

const TIMEOUTS = { stallMs: 600, messageMs: 1_500, replyMs: 600 };
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ timeouts: TIMEOUTS });
});

afterAll(() => gateway.stop());

const open = (): RawClient => new RawClient(gateway.socketPath);

async function stillServes(): Promise<void> {
  const client = open();
  expect(await client.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
  client.socket.destroy();
}

describe('handshakes', () => {
  test('OP_QUERY isMaster gets OP_REPLY, and no compressor', async () => {
    const client = open();
    const query = encodeDocument({ isMaster: 1, helloOk: true, compression: ['snappy', 'zstd', 'zlib'], client: { driver: { name: 'x' } } });
    const frame = Buffer.concat([Buffer.alloc(20), Buffer.from('admin.$cmd\0'), Buffer.from([0, 0, 0, 0, 255, 255, 255, 255]), query]);
    frame.writeInt32LE(frame.length, 0);
    frame.writeInt32LE(OP.query, 12);
    client.socket.write(frame);
    const reply = (await client.reply()) as Buffer;
    expect(reply.readInt32LE(12)).toBe(OP.reply);
    const hello = replyDocument(reply);
    expect(hello).toMatchObject({ ismaster: true, helloOk: true, maxWireVersion: 21, logicalSessionTimeoutMinutes: 30, ok: 1 });
    expect(hello).not.toHaveProperty('compression');
    expect(hello).not.toHaveProperty('setName');
    client.socket.destroy();
  });

  test('a checksum is answered with one', async () => {
    const client = open();
    client.socket.write(opMsg({ ping: 1, $db: 'admin' }, { checksum: true }));
    expect(((await client.reply()) as Buffer).readUInt32LE(16)).toBe(1);
    client.socket.destroy();
  });
});

describe('requests in pieces and in heaps', () => {
  test('byte by byte', async () => {
    const client = open();
    for (const byte of opMsg({ ping: 1, $db: 'admin' })) client.socket.write(Buffer.from([byte]));
    expect(replyDocument((await client.reply()) as Buffer)).toMatchObject({ ok: 1 });
    client.socket.destroy();
  });

  test('forty at once are answered in order', async () => {
    const client = open();
    const frames = Array.from({ length: 40 }, (_, i) => {
      const frame = opMsg({ ping: 1, $db: 'admin' });
      frame.writeInt32LE(1000 + i, 4);
      return frame;
    });
    client.socket.write(Buffer.concat(frames));
    for (let i = 0; i < 40; i++) expect(((await client.reply()) as Buffer).readInt32LE(8)).toBe(1000 + i);
    client.socket.destroy();
  });
});

describe('refusals', () => {
  test.each<[string, number]>([
    ['one byte over 48 MB', MAX_MESSAGE_BYTES + 1],
    ['2 GB', 0x7fffffff],
    ['negative', -5],
    ['shorter than a header', 8],
  ])('announced length %s closes the connection', async (_name, length) => {
    const client = open();
    const head = Buffer.alloc(16);
    head.writeInt32LE(length, 0);
    client.socket.write(head);
    await client.closed;
    await stillServes();
  });

  test('HTTP on the socket closes the connection', async () => {
    const client = open();
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.closed;
    await stillServes();
  });

  test.each<[string, (frame: Buffer) => void]>([
    ['damaged body length', (frame) => frame.writeInt32LE(0x00ffffff, 21)],
    ['unterminated body', (frame) => (frame[frame.length - 1] = 1)],
    ['unknown required flag', (frame) => frame.writeUInt32LE(8, 16)],
    ['wrong checksum', (frame) => frame.writeUInt32LE(1, 16)],
  ])('%s: an error, then the end', async (_name, damage) => {
    const client = open();
    const frame = opMsg({ ping: 1, $db: 'admin', padding: 'xxxxxxxx' });
    damage(frame);
    client.socket.write(frame);
    expect(replyDocument((await client.reply()) as Buffer)).toMatchObject({ ok: 0, code: 17 });
    await client.closed;
    await stillServes();
  });

  test('OP_COMPRESSED and dead opcodes end the connection', async () => {
    for (const opCode of [OP.compressed, 2001, 2002, 2006, 99]) {
      const client = open();
      const frame = opMsg({ ping: 1, $db: 'admin' });
      frame.writeInt32LE(opCode, 12);
      client.socket.write(frame);
      await client.closed;
    }
    await stillServes();
  });

  test('damaged BSON inside a sound message: an error, and the connection lives', async () => {
    const client = open();
    const frame = opMsg({ find: 'c', filter: { a: 'text' }, $db: 'admin' });
    frame.write('\u0099', frame.indexOf('text') - 7, 'latin1');
    client.socket.write(frame);
    expect(replyDocument((await client.reply()) as Buffer)).toMatchObject({ ok: 0 });
    expect(await client.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
    client.socket.destroy();
  });

  test.each<[string, Parameters<RawClient['command']>[0], number]>([
    ['empty command', {}, 9],
    ['no $db', { ping: 1 }, 40571],
    ['unknown command', { frobnicate: 1, $db: 'admin' }, 59],
    ['$db of another type', { ping: 1, $db: 5 }, 14],
    ['negative maxTimeMS', { ping: 1, $db: 'admin', maxTimeMS: -1 }, 2],
    ['collection name of another type', { find: 5, $db: 'd' }, 73],
    ['NUL in a collection name', { insert: 'a\0b', documents: [{ a: 1 }], $db: 'd' }, 73],
    ['lsid without UUID', { ping: 1, $db: 'admin', lsid: { id: 'x' } }, 9],
    ['getMore of no number', { getMore: 'x', collection: 'c', $db: 'd' }, 14],
    ['a password', { saslStart: 1, mechanism: 'PLAIN', $db: 'admin' }, 18],
  ])('%s', async (_name, command, code) => {
    const client = open();
    expect(await client.command(command)).toMatchObject({ ok: 0, code });
    client.socket.destroy();
  });
});

describe('time-outs', () => {
  test('half a message is cut off', async () => {
    const client = open();
    client.socket.write(opMsg({ ping: 1, $db: 'admin' }).subarray(0, 20));
    await client.closed;
    await stillServes();
  });

  test('a message that drips for too long is cut off, however steadily', async () => {
    const client = open();
    const head = Buffer.alloc(16);
    head.writeInt32LE(1_000_000, 0);
    client.socket.write(head);
    const drip = setInterval(() => client.socket.write(Buffer.alloc(1)), 50);
    await client.closed;
    clearInterval(drip);
    await stillServes();
  });

  test('a client that does not take its replies is cut off', async () => {
    const client = open();
    client.socket.pause();
    const documents = Array.from({ length: 150 }, (_, i) => ({ _id: i, text: 'x'.repeat(20_000) }));
    const writer = open();
    await writer.command({ drop: 'big', $db: `slow_${process.pid}` });
    await writer.command({ insert: 'big', documents, $db: `slow_${process.pid}` });
    for (let i = 0; i < 4; i++) client.socket.write(opMsg({ find: 'big', batchSize: 150, $db: `slow_${process.pid}` }));
    // Not reading hides the end from us, but writing to it cannot succeed for ever.
    const probe = setInterval(() => client.socket.write(opMsg({ ping: 1, $db: 'admin' })), 20);
    await client.closed;
    clearInterval(probe);
    await writer.command({ dropDatabase: 1, $db: `slow_${process.pid}` });
    writer.socket.destroy();
  });

  test('an idle connection between messages is left alone', async () => {
    const client = open();
    await client.command({ ping: 1, $db: 'admin' });
    const slow = open();
    slow.socket.write(opMsg({ ping: 1, $db: 'admin' }).subarray(0, 20));
    await slow.closed; // longer than any stall is allowed
    expect(await client.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
    client.socket.destroy();
  });
});

test('connections beyond the limit are closed at once, and places become free again', async () => {
  const small = await startGateway({ maxClients: 5 });
  try {
    const clients = Array.from({ length: 5 }, () => new RawClient(small.socketPath));
    await Promise.all(clients.map((client) => client.command({ ping: 1, $db: 'admin' })));
    await new RawClient(small.socketPath).closed;
    clients[0]?.socket.destroy();
    const tryAgain = (): Promise<boolean> => new RawClient(small.socketPath).command({ ping: 1, $db: 'admin' }).then(() => true, () => false);
    await expect.poll(tryAgain, { timeout: 20_000 }).toBe(true);
    for (const client of clients) client.socket.destroy();
  } finally {
    await small.stop();
  }
});
