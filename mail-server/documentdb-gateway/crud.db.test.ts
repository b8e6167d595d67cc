// Reads and writes through a real driver and the real DocumentDB: results and errors as MongoDB gives them.
import { Binary, Decimal128, Long, type MongoBulkWriteError, MongoServerError, ObjectId, type Collection, type Db, type MongoClient, type UpdateFilter } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

interface Doc {
  _id: string | number | ObjectId;
  [field: string]: unknown;
}

/** Typed loosely: the documents here have no schema. */
const increment = { $inc: { n: 1 } } as unknown as UpdateFilter<Doc>;

let gateway: TestGateway;
let client: MongoClient;
let db: Db;
let things: Collection<Doc>;
let serial = 0;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.client();
  db = client.db(`crud_${process.pid}`);
});

afterAll(async () => {
  await db.dropDatabase();
  await gateway.stop();
});

beforeEach(() => {
  things = db.collection<Doc>(`things${(serial += 1)}`);
});

async function failureOf(run: Promise<unknown>): Promise<MongoServerError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof MongoServerError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('writing', () => {
  test('every BSON type comes back as it went', async () => {
    const document = {
      _id: new ObjectId(),
      text: 'grüße 🦆',
      big: Long.fromString('9007199254740993'),
      decimal: Decimal128.fromString('1.10'),
      bytes: new Binary(Buffer.from([0, 1, 255])),
      when: new Date(0),
      nothing: null,
      list: [1, [2, { three: 3 }]],
      pattern: /a.b/i,
      half: 0.5,
    };
    await things.insertOne(document);
    expect(await things.findOne({ _id: document._id }, { promoteLongs: false })).toEqual(document);
  });

  test('insertMany, ordered and not, tells what was inserted before and around a duplicate', async () => {
    await things.insertOne({ _id: 2 });
    const ordered = (await failureOf(things.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]))) as MongoBulkWriteError;
    expect(ordered.code).toBe(11000);
    expect(ordered.insertedCount).toBe(1);
    const unordered = (await failureOf(things.insertMany([{ _id: 1 }, { _id: 4 }, { _id: 2 }, { _id: 5 }], { ordered: false }))) as MongoBulkWriteError;
    expect(unordered.insertedCount).toBe(2);
    expect([unordered.writeErrors].flat().map((error) => [error.index, error.code])).toEqual([[0, 11000], [2, 11000]]);
    expect(await things.countDocuments()).toBe(4);
  });

  test('updates: counts, upserts, array filters, pipelines', async () => {
    await things.insertMany([{ _id: 1, n: 1, list: [{ a: 1 }, { a: 5 }] }, { _id: 2, n: 1 }]);
    expect(await things.updateMany({ n: 1 }, increment)).toMatchObject({ matchedCount: 2, modifiedCount: 2 });
    expect(await things.updateOne({ _id: 1 }, { $set: { n: 2 } })).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
    expect(await things.updateOne({ _id: 9 }, { $setOnInsert: { x: 1 } }, { upsert: true })).toMatchObject({ upsertedCount: 1, upsertedId: 9 });
    await things.updateOne({ _id: 1 }, { $set: { 'list.$[big].a': 50 } }, { arrayFilters: [{ 'big.a': { $gt: 2 } }] });
    await things.updateOne({ _id: 2 }, [{ $set: { double: { $multiply: ['$n', 2] } } }]);
    expect(await things.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 2, list: [{ a: 1 }, { a: 50 }] },
      { _id: 2, n: 2, double: 4 },
      { _id: 9, x: 1 },
    ]);
    expect(await things.replaceOne({ _id: 9 }, { y: 1 })).toMatchObject({ modifiedCount: 1 });
    expect(await things.deleteMany({ n: 2 })).toMatchObject({ deletedCount: 2 });
  });

  test('findAndModify: before, after, upsert, remove, and nothing found', async () => {
    await things.insertOne({ _id: 1, n: 1 });
    expect(await things.findOneAndUpdate({ _id: 1 }, increment)).toEqual({ _id: 1, n: 1 });
    expect(await things.findOneAndUpdate({ _id: 1 }, increment, { returnDocument: 'after', projection: { n: 1, _id: 0 } })).toEqual({ n: 3 });
    expect(await things.findOneAndUpdate({ _id: 2 }, increment)).toBeNull();
    const raw = await things.findOneAndUpdate({ _id: 3 }, increment, { upsert: true, returnDocument: 'after', includeResultMetadata: true });
    expect(raw).toMatchObject({ value: { _id: 3, n: 1 }, lastErrorObject: { updatedExisting: false, upserted: 3 } });
    expect(await things.findOneAndDelete({ _id: 1 })).toEqual({ _id: 1, n: 3 });
  });

  test('mixed bulk writes', async () => {
    const result = await things.bulkWrite([
      { insertOne: { document: { _id: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { a: 1 } } } },
      { updateOne: { filter: { _id: 2 }, update: { $set: { a: 1 } }, upsert: true } },
      { deleteOne: { filter: { _id: 1 } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 1, upsertedCount: 1, deletedCount: 1 });
  });

  test('unacknowledged writes are carried out and answered by nothing', async () => {
    await things.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    await expect.poll(() => things.countDocuments(), { timeout: 10_000 }).toBe(1);
  });

  test('a batch of 12 MB travels as one message', async () => {
    const documents = Array.from({ length: 1_200 }, (_, i) => ({ _id: i, text: 'x'.repeat(10_000) }));
    expect((await things.insertMany(documents)).insertedCount).toBe(1_200);
    expect((await things.find({}, { batchSize: 500 }).toArray()).length).toBe(1_200);
  });
});

describe('duplicate keys', () => {
  beforeEach(async () => {
    await things.createIndex({ 'name.first': 1, age: 1 }, { unique: true });
    await things.insertMany([{ _id: 1, name: { first: 'a' }, age: 1 }, { _id: 2, name: { first: 'b' }, age: 1 }]);
  });

  const keyPattern = { 'name.first': 1, age: 1 };
  const keyValue = { 'name.first': 'a', age: 1 };

  test.each<[string, (collection: Collection<Doc>) => Promise<unknown>]>([
    ['insert', (collection) => collection.insertOne({ _id: 3, name: { first: 'a' }, age: 1 })],
    ['update', (collection) => collection.updateOne({ _id: 2, age: 1 }, { $set: { 'name.first': 'a' } })],
    ['replacement', (collection) => collection.replaceOne({ _id: 2 }, { name: { first: 'a' }, age: 1 })],
    ['upsert', (collection) => collection.updateOne({ _id: 9 }, { $set: { name: { first: 'a' }, age: 1 } }, { upsert: true })],
    ['findAndModify', (collection) => collection.findOneAndUpdate({ _id: 2, age: 1 }, { $set: { 'name.first': 'a' } })],
  ])('%s', async (_name, write) => {
    const failure = await failureOf(write(things));
    expect(failure.code).toBe(11000);
    expect(failure.message).toBe(`E11000 duplicate key error collection: ${things.namespace} index: name.first_1_age_1 dup key: { name.first: "a", age: 1 }`);
    expect(failure['keyPattern']).toEqual(keyPattern);
    expect(failure['keyValue']).toEqual(keyValue);
  });

  test('the primary key', async () => {
    const failure = await failureOf(things.insertOne({ _id: 1 }));
    expect(failure).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
  });
});

describe('reading', () => {
  test('filters, sorts, skips, limits, projects, counts, groups', async () => {
    await things.insertMany(Array.from({ length: 50 }, (_, i) => ({ _id: i, n: i % 5, tags: [i % 2 ? 'odd' : 'even'] })));
    expect(await things.find({ n: { $in: [1, 2] }, tags: 'odd' }, { projection: { _id: 1 } }).sort({ _id: -1 }).skip(1).limit(3).toArray()).toEqual([
      { _id: 41 }, { _id: 37 }, { _id: 31 },
    ]);
    expect(await things.countDocuments({ n: 3 })).toBe(10);
    expect(await things.estimatedDocumentCount()).toBeGreaterThanOrEqual(0);
    expect((await things.distinct('n')).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(await things.aggregate([{ $match: { n: { $lt: 2 } } }, { $group: { _id: '$n', sum: { $sum: '$_id' } } }, { $sort: { _id: 1 } }]).toArray()).toEqual([
      { _id: 0, sum: 225 }, { _id: 1, sum: 235 },
    ]);
  });

  test.each([
    ['unknown operator', { a: { $frobnicate: 1 } }, 2],
    ['operator at the top', { $frobnicate: 1 }, 2],
  ])('bad query: %s', async (_name, filter, code) => {
    await things.insertOne({ _id: 1 });
    expect((await failureOf(things.find(filter as never).toArray())).code).toBe(code);
  });

  test('maxTimeMS stops a long query with code 50', async () => {
    await things.insertMany(Array.from({ length: 3_000 }, (_, i) => ({ _id: i, n: i })));
    const slow = things.aggregate(
      [{ $lookup: { from: things.collectionName, pipeline: [{ $match: { $expr: { $gt: ['$n', -1] } } }], as: 'all' } }, { $unwind: '$all' }, { $group: { _id: '$all.n', c: { $sum: 1 } } }],
      { maxTimeMS: 100 },
    );
    expect(await failureOf(slow.toArray())).toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' });
    expect(await things.countDocuments({ n: 1 })).toBe(1);
  });
});
