// A driver whose socket never leaves the process.
import { createRequire } from 'node:module';
import { MongoClient } from 'mongodb';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Gateway } from './gateway.ts';
import { connectInProcess } from './in-process.ts';
import { parsePgAddress } from './pg/address.ts';
import { testDatabaseUrl } from './testing/start-gateway.ts';

const PATH = '/nowhere/in-process.sock';
const net = createRequire(import.meta.url)('node:net') as { createConnection: unknown };
const original = net.createConnection;
const gateway = new Gateway(
  { socketPath: null, tcpPort: null, database: parsePgAddress(testDatabaseUrl()), poolSize: 4, maxClients: 200 },
  pino({ level: 'silent' }),
);
let client: MongoClient;

beforeAll(async () => {
  connectInProcess(PATH, gateway);
  client = await MongoClient.connect(`mongodb://${encodeURIComponent(PATH)}/`);
});

afterAll(async () => {
  await client.close();
  net.createConnection = original;
  await gateway.stop();
});

test('reads, writes, pages, errors and transactions', async () => {
  const db = client.db(`in_process_${process.pid}`);
  const things = db.collection<{ _id: number; text?: string }>('things');
  try {
    await things.insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i, text: 'x'.repeat(5_000) })));
    expect(await things.find({}, { batchSize: 40 }).toArray()).toHaveLength(300);
    await expect(things.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11000 });
    await client.withSession((session) => session.withTransaction(() => things.insertOne({ _id: 1000 }, { session })));
    expect(await Promise.all(Array.from({ length: 60 }, () => things.countDocuments()))).toEqual(Array.from({ length: 60 }, () => 301));
  } finally {
    await db.dropDatabase();
  }
});

test('a closed client leaves nothing behind, and other sockets are untouched', async () => {
  const other = await MongoClient.connect(`mongodb://${encodeURIComponent(PATH)}/`);
  await other.db('admin').command({ ping: 1 });
  const before = await client.db('admin').command({ serverStatus: 1 });
  await other.close();
  await expect.poll(async () => (await client.db('admin').command({ serverStatus: 1 }))['connections'].current, { timeout: 10_000 }).toBeLessThan(before['connections'].current);
  await expect(MongoClient.connect('mongodb://%2Fnowhere%2Felse.sock/', { serverSelectionTimeoutMS: 200 })).rejects.toThrow(/ENOENT/);
});
