// Sessions and multi-document transactions through a real driver.
import { MongoServerError, type ClientSession, type Collection, type Db, type MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

interface Account {
  _id: string;
  balance: number;
}

let gateway: TestGateway;
let client: MongoClient;
let db: Db;
let accounts: Collection<Account>;

beforeAll(async () => {
  gateway = await startGateway({ poolSize: 6 });
  client = await gateway.client();
  db = client.db(`transactions_${process.pid}`);
});

afterAll(async () => {
  await db.dropDatabase();
  await gateway.stop();
});

beforeEach(async () => {
  accounts = db.collection('accounts');
  await accounts.deleteMany({});
  await accounts.insertMany([{ _id: 'a', balance: 10 }, { _id: 'b', balance: 10 }]);
});

async function inTransaction(run: (session: ClientSession) => Promise<void>): Promise<void> {
  await client.withSession(async (session) => {
    session.startTransaction();
    try {
      await run(session);
    } finally {
      if (session.inTransaction()) await session.abortTransaction();
    }
  });
}

const balance = async (id: string, session?: ClientSession): Promise<number | undefined> =>
  (await accounts.findOne({ _id: id }, session === undefined ? {} : { session }))?.balance;

describe('isolation', () => {
  test('changes are seen inside, and outside only after the commit', async () => {
    await inTransaction(async (session) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: -5 } }, { session });
      await accounts.updateOne({ _id: 'b' }, { $inc: { balance: 5 } }, { session });
      expect(await balance('a', session)).toBe(5);
      expect(await balance('a')).toBe(10);
      await session.commitTransaction();
    });
    expect([await balance('a'), await balance('b')]).toEqual([5, 15]);
  });

  test('an abort leaves nothing', async () => {
    await inTransaction(async (session) => {
      await accounts.deleteMany({}, { session });
      expect(await accounts.countDocuments({}, { session })).toBe(0);
      await session.abortTransaction();
    });
    expect(await accounts.countDocuments()).toBe(2);
  });

  test('reads keep to the snapshot', async () => {
    await inTransaction(async (session) => {
      expect(await balance('a', session)).toBe(10);
      await accounts.updateOne({ _id: 'a' }, { $set: { balance: 99 } });
      expect(await balance('a', session)).toBe(10);
    });
  });

  test('cursors inside a transaction run over pages', async () => {
    await accounts.insertMany(Array.from({ length: 100 }, (_, i) => ({ _id: `x${i}`, balance: i })));
    await inTransaction(async (session) => {
      expect(await accounts.find({}, { session, batchSize: 9 }).sort({ balance: 1 }).toArray()).toHaveLength(102);
      expect(await accounts.find({}, { session, batchSize: 9 }).toArray()).toHaveLength(102);
    });
  });
});

describe('conflicts', () => {
  test('two transactions on one document: the second fails, labelled to be tried again', async () => {
    await inTransaction(async (first) => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: first });
      await inTransaction(async (second) => {
        const failure = await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: second }).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(MongoServerError);
        expect((failure as MongoServerError).code).toBe(112);
        expect((failure as MongoServerError).hasErrorLabel('TransientTransactionError')).toBe(true);
      });
      await first.commitTransaction();
    });
  });

  test('withTransaction gets every increment through', async () => {
    const increment = (): Promise<unknown> =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          const now = (await balance('a', session)) as number;
          await accounts.updateOne({ _id: 'a' }, { $set: { balance: now + 1 } }, { session });
        }),
      );
    await Promise.all(Array.from({ length: 6 }, increment));
    expect(await balance('a')).toBe(16);
  });

  test('an error inside ends the transaction', async () => {
    await inTransaction(async (session) => {
      await accounts.insertOne({ _id: 'c', balance: 1 }, { session });
      await expect(accounts.insertOne({ _id: 'a', balance: 1 }, { session })).rejects.toMatchObject({ code: 11000 });
      await expect(accounts.findOne({}, { session })).rejects.toMatchObject({ code: 251 });
    });
    expect(await accounts.countDocuments()).toBe(2);
  });
});

describe('limits', () => {
  test('commands that MongoDB refuses in transactions are refused', async () => {
    await inTransaction(async (session) => {
      await expect(db.command({ dropDatabase: 1 }, { session })).rejects.toMatchObject({ code: 263 });
    });
  });

  test('more transactions than the pool can spare get a labelled error, and others go on working', async () => {
    const sessions = Array.from({ length: 4 }, () => client.startSession());
    try {
      for (const session of sessions.slice(0, 3)) {
        session.startTransaction();
        await accounts.findOne({ _id: 'a' }, { session });
      }
      const last = sessions[3] as ClientSession;
      last.startTransaction();
      const failure = await accounts.findOne({ _id: 'a' }, { session: last }).catch((error: unknown) => error);
      expect((failure as MongoServerError).hasErrorLabel('TransientTransactionError')).toBe(true);
      expect(await balance('a')).toBe(10);
    } finally {
      await Promise.all(sessions.map((session) => session.endSession()));
    }
  });

  test('a plain retryable write is refused as on a standalone server', async () => {
    await client.withSession(async (session) => {
      const command = { insert: 'accounts', documents: [{ _id: 'z', balance: 0 }], txnNumber: 1n };
      await expect(db.command(command, { session })).rejects.toMatchObject({ code: 20 });
    });
  });
});
