// Cursors over several pages: streaming and stored ones, killed, foreign, limited, tidied up.
import { Long, type Collection, type Db, type Document, type MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
let client: MongoClient;
let db: Db;
let numbers: Collection<{ _id: number; n: number }>;

beforeAll(async () => {
  gateway = await startGateway({ poolSize: 4 });
  client = await gateway.client();
  db = client.db(`cursors_${process.pid}`);
  numbers = db.collection('numbers');
  await numbers.insertMany(Array.from({ length: 500 }, (_, i) => ({ _id: i, n: i % 7 })));
});

afterAll(async () => {
  await db.dropDatabase();
  await gateway.stop();
});

const open = (command: Document): Promise<Document> => db.command({ ...command, batchSize: 10 });
const more = (id: Long, collection = 'numbers'): Promise<Document> => db.command({ getMore: id, collection, batchSize: 10 });

describe('pages', () => {
  test.each<[string, () => Promise<unknown[]>]>([
    ['plain find', () => numbers.find({}, { batchSize: 7 }).toArray()],
    ['sorted without an index', () => numbers.find({}, { batchSize: 7 }).sort({ n: 1, _id: -1 }).toArray()],
    ['aggregate', () => numbers.aggregate([{ $project: { n: 1 } }], { batchSize: 7 }).toArray()],
  ])('%s reads all 500, each once', async (_name, read) => {
    const documents = (await read()) as Array<{ _id: number }>;
    expect(new Set(documents.map(({ _id }) => _id)).size).toBe(500);
    expect(documents).toHaveLength(500);
  });

  test('more stored cursors than connections, read in turns', async () => {
    const cursors = Array.from({ length: 12 }, () => numbers.find({}, { batchSize: 50 }).sort({ n: 1, _id: 1 }));
    const counts = cursors.map(() => 0);
    for (let alive = true; alive; ) {
      alive = false;
      for (const [i, cursor] of cursors.entries()) {
        if ((await cursor.next()) === null) continue;
        counts[i] = (counts[i] as number) + 1;
        alive = true;
      }
    }
    expect(counts).toEqual(cursors.map(() => 500));
  });

  test('a limit ends a cursor at once', async () => {
    const reply = await open({ find: 'numbers', limit: 5, singleBatch: true });
    expect(reply['cursor'].id.toString()).toBe('0');
    expect(reply['cursor'].firstBatch).toHaveLength(5);
  });
});

describe('ends', () => {
  test('a killed cursor is gone', async () => {
    const { cursor } = await open({ find: 'numbers', sort: { n: 1 } });
    const id = Long.fromValue(cursor.id);
    expect(await db.command({ killCursors: 'numbers', cursors: [id, Long.fromNumber(12345)] })).toMatchObject({
      cursorsKilled: [cursor.id],
      cursorsNotFound: [12345],
    });
    await expect(more(id)).rejects.toMatchObject({ code: 43, codeName: 'CursorNotFound' });
  });

  test('a cursor answers only for its own collection', async () => {
    const { cursor } = await open({ find: 'numbers' });
    await expect(more(Long.fromValue(cursor.id), 'others')).rejects.toMatchObject({ code: 13 });
  });

  test('ending its session closes a cursor', async () => {
    const session = client.startSession();
    const reply = await db.command({ find: 'numbers', batchSize: 10 }, { session });
    await session.endSession();
    await client.db('admin').command({ endSessions: [session.id] });
    await expect(more(Long.fromValue(reply['cursor'].id))).rejects.toMatchObject({ code: 43 });
  });

  test('dropping its collection closes a cursor', async () => {
    await db.collection('short').insertMany(Array.from({ length: 20 }, (_, i) => ({ i })));
    const { cursor } = await open({ find: 'short' });
    await db.collection('short').drop();
    await expect(more(Long.fromValue(cursor.id), 'short')).rejects.toMatchObject({ code: 43 });
  });
});
