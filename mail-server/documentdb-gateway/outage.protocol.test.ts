// PostgreSQL going away underneath: nothing hangs, nothing acknowledged is lost, nothing is done twice.
// Uses a server of its own, which is crashed and restarted.
import { execFileSync } from 'node:child_process';
import { type MongoServerError, type Collection, type MongoClient } from 'mongodb';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../runtime/testing/start-test-postgres.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

interface Counter {
  _id: number;
  n: number;
}

let server: TestPostgres;
let gateway: TestGateway;
let client: MongoClient;
let counters: Collection<Counter>;

beforeAll(async () => {
  server = await startTestPostgres();
  // The test server trades durability for speed; what is tested here is that acknowledged means kept.
  await withAdmin((admin) => admin.query('ALTER SYSTEM SET synchronous_commit = on'));
  await withAdmin((admin) => admin.query('SELECT pg_reload_conf()'));
  gateway = await startGateway({ databaseUrl: server.url('documentdb'), poolSize: 8 });
  client = await gateway.client();
  counters = client.db('outage').collection('counters');
  await counters.insertMany(Array.from({ length: 20 }, (_, i) => ({ _id: i, n: 0 })));
});

afterAll(async () => {
  await gateway.stop();
  await server.stop();
});

async function withAdmin<T>(run: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server.url('documentdb') });
  admin.on('error', () => undefined); // it dies with the server, as meant
  await admin.connect();
  try {
    return await run(admin);
  } finally {
    await admin.end();
  }
}

/** Kills one server process outright: PostgreSQL then throws all sessions out and recovers from its log. */
async function crash(): Promise<void> {
  const pid = await withAdmin(async (admin) => (await admin.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE application_name = 'eider-documentdb-gateway' LIMIT 1")).rows[0]?.pid);
  execFileSync('kill', ['-9', String(pid)]);
}

async function terminateSessions(): Promise<void> {
  await withAdmin((admin) => admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'eider-documentdb-gateway'"));
}

/** Increments and reads without pause until told to stop; returns how many increments were acknowledged, by counter. */
function hammer(): { stop(): Promise<{ acknowledged: number[]; errors: unknown[] }> } {
  let running = true;
  const acknowledged = Array.from({ length: 20 }, () => 0);
  const errors: unknown[] = [];
  const worker = async (id: number): Promise<void> => {
    while (running) {
      try {
        await counters.updateOne({ _id: id }, { $inc: { n: 1 } });
        acknowledged[id] = (acknowledged[id] as number) + 1;
        await counters.findOne({ _id: id });
      } catch (error) {
        errors.push(error);
      }
    }
  };
  const workers = acknowledged.map((_, id) => worker(id));
  return {
    stop: async () => {
      running = false;
      await Promise.all(workers);
      return { acknowledged, errors };
    },
  };
}

const values = async (): Promise<number[]> => (await counters.find().sort({ _id: 1 }).toArray()).map(({ n }) => n);

test.each([
  ['sessions terminated', terminateSessions],
  ['server crashed', crash],
])('%s under load: every increment counts exactly once', async (_name, strike) => {
  const before = await values();
  const load = hammer();
  for (let round = 0; round < 3; round++) {
    const target = (await values()).reduce((sum, n) => sum + n, 0) + 100;
    await expect.poll(async () => (await values()).reduce((sum, n) => sum + n, 0), { timeout: 20_000 }).toBeGreaterThan(target);
    await strike();
  }
  const { acknowledged, errors } = await load.stop();
  expect(errors).toEqual([]);
  expect((await values()).map((n, i) => n - (before[i] as number))).toEqual(acknowledged);
});

test('a transaction that was open is reported as to be tried again', async () => {
  await client.withSession(async (session) => {
    session.startTransaction();
    await counters.updateOne({ _id: 0 }, { $inc: { n: 1000 } }, { session });
    await terminateSessions();
    const failure = await counters.updateOne({ _id: 1 }, { $inc: { n: 1000 } }, { session }).catch((error: unknown) => error);
    expect((failure as MongoServerError).hasErrorLabel('TransientTransactionError')).toBe(true);
  });
  expect(await counters.countDocuments({ n: { $gte: 1000 } })).toBe(0);
});

test('withTransaction gets through a crash', async () => {
  let attempts = 0;
  await client.withSession((session) =>
    session.withTransaction(async () => {
      attempts += 1;
      await counters.updateOne({ _id: 5 }, { $set: { n: 77 } }, { session });
      if (attempts === 1) await crash();
      await counters.updateOne({ _id: 6 }, { $set: { n: 77 } }, { session });
    }),
  );
  expect(attempts).toBeGreaterThan(1);
  expect(await counters.countDocuments({ n: 77 })).toBe(2);
});
