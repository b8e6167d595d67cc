// `$text` without a text index: the mail store's messages are read, everything else is refused as by MongoDB.
import { MongoServerError, type Collection, type Db } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

interface Message {
  _id: number;
  user: number;
  text: string;
  textFooter?: string;
  headers: { key: string; value: string }[];
}

let gateway: TestGateway;
let db: Db;
let messages: Collection<Message>;

beforeAll(async () => {
  gateway = await startGateway();
  db = (await gateway.client()).db(`text_${process.pid}`);
  messages = db.collection<Message>('messages');
  const subject = (value: string) => [{ key: 'subject', value }];
  await messages.insertMany([
    { _id: 1, user: 1, text: 'The heron stands', headers: subject('birds') },
    { _id: 2, user: 1, text: 'Nothing', textFooter: 'far below, a HERON', headers: subject('letters (two)') },
    { _id: 3, user: 2, text: 'Nothing', headers: subject('re: herons and reeds') },
  ]);
});

afterAll(async () => {
  await db.dropDatabase();
  await gateway.stop();
});

const found = async (search: string, more: object = {}) =>
  (await messages.find({ ...more, $text: { $search: search } }).sort({ _id: 1 }).project({ _id: 1 }).toArray()).map(({ _id }) => Number(_id));

test.each<[search: string, more: object, ids: number[]]>([
  ['heron', {}, [1, 2, 3]],
  ['heron', { user: 1 }, [1, 2]],
  ['stands reeds', {}, [1, 3]],
  ['tands reed', {}, []],
  ['stands (two)', {}, [1, 2]],
  ['"heron" "reeds"', {}, [3]],
  ['heron -reeds', {}, [1, 2]],
  ['heron -"herons and"', {}, [1, 2]],
  ['(two)', {}, [2]],
  ['h.ron', {}, []],
  ['-heron', {}, []],
  ['', {}, []],
])('%s with %o', async (search, more, ids) => {
  expect(await found(search, more)).toEqual(ids);
});

test('within branches, in a count and in a pipeline', async () => {
  expect(await found('heron', { $and: [{ user: 1 }, { _id: { $gt: 1 } }] })).toEqual([2]);
  expect(await messages.countDocuments({ $or: [{ $and: [{ user: 2 }, { $text: { $search: 'reeds' } }] }, { _id: 1 }] })).toBe(2);
  expect(await messages.aggregate([{ $match: { $text: { $search: 'heron' }, user: 1 } }, { $count: 'n' }]).toArray()).toEqual([{ n: 2 }]);
});

test('a result of several pages', async () => {
  const many = db.collection<Message>('messages');
  await many.insertMany(Array.from({ length: 250 }, (_, n) => ({ _id: 1000 + n, user: 9, text: 'stork', headers: [] })));
  expect((await many.find({ user: 9, $text: { $search: 'stork' } }).batchSize(100).toArray()).length).toBe(250);
});

test('another collection has to have an index', async () => {
  await db.collection('letters').insertOne({ text: 'heron' });
  const refused = db.collection('letters').find({ $text: { $search: 'heron' } }).toArray();
  await expect(refused).rejects.toBeInstanceOf(MongoServerError);
  await expect(refused).rejects.toMatchObject({ code: 27 });
});

test('an index that is there answers, by whole words', async () => {
  await messages.createIndex({ text: 'text' }, { name: 'fulltext' });
  expect(await found('heron')).toEqual([1]);
  expect(await found('hero')).toEqual([]);
});
