// Marks of transactions on a PostgreSQL that is really crashed, until an id is given out a second time.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../runtime/testing/start-test-postgres.ts';
import { TRANSACTION_FATE, TRANSACTION_MARK } from './transaction-mark.ts';

let server: TestPostgres;

beforeAll(async () => {
  server = await startTestPostgres();
  const admin = await connect();
  // Nothing but a commit writes the log out: a crash takes what came after the last one.
  await admin.query(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
  await admin.query('ALTER SYSTEM SET synchronous_commit = on');
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
  const client = await connect();
  await client.query('CREATE TABLE entry (note text)');
  await client.end();
});

afterAll(() => server.stop());

async function connect(): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client({ connectionString: server.url('postgres') });
    client.on('error', () => undefined); // It dies with the server, as meant.
    try {
      await client.connect();
      return client;
    } catch {
      await sleep(50); // It is recovering.
    }
  }
}

const write = async (client: pg.Client, note: string): Promise<string> => {
  await client.query('INSERT INTO entry VALUES ($1)', [note]);
  const { rows } = await client.query<{ mark: string }>(`SELECT ${TRANSACTION_MARK} AS mark`);
  return rows[0]!.mark;
};

const fateOf = async (client: pg.Client, mark: string): Promise<string> => {
  const { rows } = await client.query<string[]>({ text: TRANSACTION_FATE.sql, values: [mark], rowMode: 'array' });
  return rows[0]![0]!;
};

async function crash(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const ended = new Promise((resolve) => client.once('end', resolve));
  execFileSync('kill', ['-9', String(rows[0]!.pid)]);
  await ended;
}

test('nothing written has no mark', async () => {
  const client = await connect();
  await client.query('BEGIN');
  const { rows } = await client.query<{ mark: string | null }>(`SELECT ${TRANSACTION_MARK} AS mark`);
  expect(rows[0]!.mark).toBeNull();
  await client.end();
});

test.each([
  ['COMMIT', 'committed'],
  ['ROLLBACK', 'aborted'],
])('after %s it is %s, also after a crash', async (end, fate) => {
  const client = await connect();
  await client.query('BEGIN');
  const mark = await write(client, 'one');
  const other = await connect();
  expect(await fateOf(other, mark)).toBe('in progress');
  await client.query(end);
  expect(await fateOf(other, mark)).toBe(fate);
  // A commit afterwards takes the log up to here to disk.
  await write(other, 'later');
  await crash(client);
  const after = await connect();
  expect(await fateOf(after, mark)).toBe(fate);
  await after.end();
});

test('an id that goes to another transaction after a crash is not taken for the first one', async () => {
  const client = await connect();
  await client.query('CHECKPOINT');
  await client.query('BEGIN');
  const mark = await write(client, 'lost');
  await crash(client);
  const after = await connect();
  const id = BigInt(mark.split(' ')[0]!);
  let given = 0n;
  while (given < id) {
    const { rows } = await after.query<{ id: string }>('WITH written AS (INSERT INTO entry VALUES ($1) RETURNING 1) SELECT pg_current_xact_id()::text AS id FROM written', ['another']);
    given = BigInt(rows[0]!.id);
  }
  const { rows } = await after.query<{ status: string }>('SELECT pg_xact_status($1::text::xid8) AS status', [String(id)]);
  expect(rows[0]!.status, 'the id was given out again').toBe('committed');
  expect((await after.query(`SELECT FROM entry WHERE note = 'lost'`)).rowCount).toBe(0);
  expect(await fateOf(after, mark)).toBe('lost');
  await after.end();
});
