// Collections, indexes, and what shells, dump tools and drivers ask of a server before and beside their real work.
import { MongoServerError, type Db, type Document, type MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { opMsg, RawClient } from './testing/raw-client.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
let client: MongoClient;
let db: Db;
let admin: Db;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.client();
  db = client.db(`admin_${process.pid}`);
  admin = client.db('admin');
  await db.collection('people').insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
});

afterAll(async () => {
  await db.dropDatabase();
  await gateway.stop();
});

const codeOf = async (run: Promise<unknown>): Promise<number | string | undefined> =>
  run.then(
    () => undefined,
    (error: unknown) => (error instanceof MongoServerError ? error.code : String(error)),
  );

describe('what a shell sends when it connects', () => {
  test.each<[string, Document, Document]>([
    ['hello', { hello: 1 }, { isWritablePrimary: true, maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000, minWireVersion: 0 }],
    ['isMaster', { isMaster: 1 }, { ismaster: true }],
    ['buildInfo', { buildInfo: 1 }, { version: '7.0.0', versionArray: [7, 0, 0, 0], bits: 64 }],
    ['getCmdLineOpts', { getCmdLineOpts: 1 }, { parsed: {} }],
    ['connectionStatus', { connectionStatus: 1, showPrivileges: true }, { authInfo: { authenticatedUsers: [] } }],
    ['getParameter', { getParameter: 1, featureCompatibilityVersion: 1 }, { featureCompatibilityVersion: { version: '7.0' } }],
    ['getLog', { getLog: 'startupWarnings' }, { totalLinesWritten: 0, log: [] }],
    ['hostInfo', { hostInfo: 1 }, { system: { cpuAddrSize: 64 } }],
    ['serverStatus', { serverStatus: 1 }, { storageEngine: { name: 'documentdb' } }],
    ['whatsmyuri', { whatsmyuri: 1 }, { you: 'anonymous unix socket' }],
    ['getDefaultRWConcern', { getDefaultRWConcern: 1 }, { defaultReadConcern: { level: 'local' } }],
    ['usersInfo', { usersInfo: 1 }, { users: [] }],
    ['currentOp', { currentOp: 1 }, { ok: 1 }],
    ['endSessions', { endSessions: [] }, { ok: 1 }],
  ])('%s', async (_name, command, expected) => {
    expect(await admin.command(command)).toMatchObject(expected);
  });

  test.each<[string, Document, number]>([
    ['replSetGetStatus', { replSetGetStatus: 1 }, 76],
    ['isdbgrid', { isdbgrid: 1 }, 59],
    ['atlasVersion', { atlasVersion: 1 }, 59],
    ['getParameter of nothing', { getParameter: 1, frobnicate: 1 }, 72],
    ['listDatabases elsewhere', { listDatabases: 1, $db: 'x' }, 13],
  ])('%s fails as on a standalone server', async (_name, command, code) => {
    const { $db, ...rest } = command;
    expect(await codeOf(client.db(($db as string | undefined) ?? 'admin').command(rest))).toBe(code);
  });

  test('listCommands knows what is served', async () => {
    const { commands } = await admin.command({ listCommands: 1 });
    expect(Object.keys(commands as object)).toEqual(expect.arrayContaining(['find', 'insert', 'killCursors', 'commitTransaction', 'listCommands']));
  });

  test('killOp stops another client’s query', async () => {
    await db.collection('slow').insertMany(Array.from({ length: 4_000 }, (_, i) => ({ n: i })));
    const stage = { $lookup: { from: 'slow', pipeline: [{ $match: { $expr: { $gt: ['$n', -1] } } }], as: 'all' } };
    const running = codeOf(db.collection('slow').aggregate([stage, { $unwind: '$all' }, { $group: { _id: '$all.n', c: { $sum: 1 } } }], { comment: 'slow one' }).toArray());
    let opid: number | undefined;
    await expect
      .poll(async () => {
        const { inprog } = await admin.command({ currentOp: 1 });
        opid = (inprog as Array<{ opid: number; ns: string; waitingForConnection: boolean }>).find(({ ns, waitingForConnection }) => ns.endsWith('.slow') && !waitingForConnection)?.opid;
        return opid;
      }, { timeout: 10_000 })
      .toBeDefined();
    await admin.command({ killOp: 1, op: opid });
    expect(await running).toBe(11601);
  });
});

test('a query whose client has gone is stopped', async () => {
  await db.collection('left').insertMany(Array.from({ length: 4_000 }, (_, i) => ({ n: i })));
  const stage = { $lookup: { from: 'left', pipeline: [{ $match: { $expr: { $gt: ['$n', -1] } } }], as: 'all' } };
  const raw = new RawClient(gateway.socketPath);
  raw.socket.write(opMsg({ aggregate: 'left', pipeline: [stage, { $unwind: '$all' }, { $group: { _id: '$all.n' } }], cursor: {}, $db: db.databaseName }));
  const running = async (): Promise<number> => {
    const { inprog } = await admin.command({ currentOp: 1 });
    return (inprog as Array<{ ns: string; waitingForConnection: boolean }>).filter(({ ns, waitingForConnection }) => ns.endsWith('.left') && !waitingForConnection).length;
  };
  await expect.poll(running, { timeout: 10_000 }).toBe(1);
  raw.socket.destroy();
  // Left alone it takes far longer.
  await expect.poll(running, { timeout: 8_000 }).toBe(0);
});

describe('collections', () => {
  test('create, list, rename, drop', async () => {
    await db.createCollection('made');
    expect(await codeOf(db.createCollection('made'))).toBe(48);
    expect((await db.listCollections({ name: 'made' }).toArray())[0]).toMatchObject({ name: 'made', type: 'collection', info: { readOnly: false } });
    expect(await db.listCollections({ name: 'made' }, { nameOnly: true }).toArray()).toEqual([{ name: 'made', type: 'collection' }]);
    await db.collection('made').rename('renamed');
    expect(await codeOf(db.collection('made').rename('renamed'))).toBe(26);
    expect(await db.collection('renamed').drop()).toBe(true);
    expect(await db.listCollections({ name: { $in: ['made', 'renamed'] } }).toArray()).toEqual([]);
    expect(await db.command({ drop: 'renamed' })).toMatchObject({ ok: 1 });
  });

  test('views and validators', async () => {
    await db.createCollection('bigger', { viewOn: 'people', pipeline: [{ $match: { n: { $gt: 1 } } }] });
    expect(await db.collection('bigger').countDocuments()).toBe(2);
    await db.createCollection('strict', { validator: { $jsonSchema: { required: ['a'] } } });
    expect(await codeOf(db.collection('strict').insertOne({ b: 1 }))).toBe(121);
    await db.command({ collMod: 'strict', validationLevel: 'off' });
    await db.collection('strict').insertOne({ b: 1 });
  });

  test('databases come and go', async () => {
    const other = client.db(`admin_other_${process.pid}`);
    await other.collection('x').insertOne({});
    const names = async (): Promise<string[]> => (await admin.admin().listDatabases({ nameOnly: true })).databases.map(({ name }) => name);
    expect(await names()).toContain(other.databaseName);
    const { databases, totalSize } = await admin.admin().listDatabases();
    const { sizeOnDisk = 0, empty } = databases.find(({ name }) => name === other.databaseName) ?? {};
    expect({ empty, sized: sizeOnDisk > 0 && (totalSize ?? 0) >= sizeOnDisk }).toEqual({ empty: false, sized: true });
    expect(await other.dropDatabase()).toBe(true);
    expect(await names()).not.toContain(other.databaseName);
  });

  test('statistics, validation, sizes, explanations', async () => {
    expect(await db.command({ collStats: 'people' })).toMatchObject({ ns: `${db.databaseName}.people`, count: 3, nindexes: 1 });
    const stats = await db.command({ dbStats: 1 }, { promoteLongs: false });
    expect(stats).toMatchObject({ db: db.databaseName, collections: expect.any(Number), objects: expect.any(Number), avgObjSize: expect.any(Number), ok: 1 });
    expect(await db.command({ dataSize: `${db.databaseName}.people` })).toMatchObject({ numObjects: 3 });
    expect(await db.command({ validate: 'people' })).toMatchObject({ valid: true });
    expect(await db.command({ compact: 'people' })).toMatchObject({ ok: 1 });
    const explained = await db.collection('people').find({ n: 2 }).explain('executionStats');
    expect(explained).toMatchObject({ queryPlanner: { winningPlan: { stage: expect.stringMatching(/^(IXSCAN|COLLSCAN|FETCH)$/) } }, executionStats: { nReturned: 1 } });
  });
});

describe('indexes', () => {
  test('of every kind that WildDuck makes', async () => {
    const collection = db.collection('indexed');
    await collection.insertOne({ a: 1, expires: new Date() });
    const reply = await db.command({
      createIndexes: 'indexed',
      indexes: [
        { key: { a: 1, b: -1 }, name: 'compound' },
        { key: { u: 1 }, name: 'unique', unique: true, sparse: true },
        { key: { expires: 1 }, name: 'ttl', expireAfterSeconds: 3600 },
        { key: { c: 1 }, name: 'partial', partialFilterExpression: { c: { $exists: true } } },
        { key: { h: 'hashed' }, name: 'hashed' },
        { key: { user: 1, 'headers.value': 'text', text: 'text' }, name: 'fulltext' },
      ],
    });
    expect(reply).toMatchObject({ numIndexesBefore: 1, numIndexesAfter: 7, ok: 1 });
    const found = await collection.indexes();
    expect(found.map(({ name }) => name)).toEqual(['_id_', 'compound', 'unique', 'ttl', 'partial', 'hashed', 'fulltext']);
    expect(found.find(({ name }) => name === 'ttl')).toEqual({ v: 2, key: { expires: 1 }, name: 'ttl', expireAfterSeconds: 3600 });
  });

  test('again is no change, differently is a conflict, dropping works by name and by key', async () => {
    const collection = db.collection('again');
    await collection.createIndex({ a: 1 }, { name: 'a' });
    expect(await db.command({ createIndexes: 'again', indexes: [{ key: { a: 1 }, name: 'a' }] })).toMatchObject({ numIndexesBefore: 2, numIndexesAfter: 2 });
    expect([85, 86]).toContain(await codeOf(collection.createIndex({ a: 1 }, { name: 'a', unique: true })));
    await collection.createIndex({ b: 1 });
    await collection.dropIndex('a');
    await db.command({ dropIndexes: 'again', index: { b: 1 } });
    expect(await codeOf(collection.dropIndex('nowhere'))).toBe(27);
    expect((await collection.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });

  test('indexes of a collection that is not there', async () => {
    expect(await codeOf(db.collection('absent').indexes())).toBe(26);
  });

  test('a unique index over duplicates is refused', async () => {
    await db.collection('twice').insertMany([{ a: 1 }, { a: 1 }]);
    expect(await codeOf(db.collection('twice').createIndex({ a: 1 }, { unique: true }))).toBe(11000);
  });
});

test('hundreds of clients over eight connections all get their turn', async () => {
  const many = await gateway.client({ maxPoolSize: 300, minPoolSize: 0 });
  const people = many.db(db.databaseName).collection('people');
  const counts = await Promise.all(Array.from({ length: 900 }, () => people.countDocuments({ n: { $gt: 1 } })));
  expect(new Set(counts)).toEqual(new Set([2]));
});
