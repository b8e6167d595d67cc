// A database of its own for one test file: a clone of the migrated template on the run's shared PostgreSQL.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createPool, type Pool } from '../../../server/infra/db/pool.ts';
import { withClient } from '../services/databases.ts';
import { TEMPLATE_DATABASE } from './start-test-postgres.ts';

/** Set by global-setup.ts: the URL of the shared server's database `postgres`. */
export const SERVER_VARIABLE = 'EIDER_TEST_POSTGRES';

export interface TestDatabase {
  url: string;
  pool: Pool;
  /** Closes the pool and drops the database, also when others are still connected. */
  drop(): Promise<void>;
}

/** Clones the template; some 50 ms. Use once per file, in `beforeAll`, and `drop` in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const admin = process.env[SERVER_VARIABLE];
  if (!admin) throw new Error(`${SERVER_VARIABLE} is missing: run through vitest, whose global setup starts PostgreSQL`);
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const quoted = pg.escapeIdentifier(name);
  // Clones of one template exclude each other for as long as the copy takes: PostgreSQL would refuse the second.
  await withClient(admin, async (client) => {
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(`CREATE DATABASE ${quoted} TEMPLATE ${TEMPLATE_DATABASE} STRATEGY file_copy`);
  });
  const url = databaseUrl(admin, name);
  const pool = createPool(url, { applicationName: name, max: 20 });
  return {
    url,
    pool,
    drop: async () => {
      await pool.end();
      await withClient(admin, (client) => client.query(`DROP DATABASE ${quoted} WITH (FORCE)`));
    },
  };
}

function databaseUrl(admin: string, name: string): string {
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}
