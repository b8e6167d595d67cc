// Applies migrations and keeps Prisma's own record of them, so that `prisma migrate deploy` remains usable by those
// who have Prisma's schema engine. One runner at a time.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { withClient } from '../services/databases.ts';
import { SetupError } from '../setup-error.ts';
import { readMigrations, type Migration } from './read-migrations.ts';

/** The advisory lock that Prisma's migration engine takes: the two exclude each other. */
const PRISMA_LOCK = 72707369;

const RECORD_TABLE = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface RecordRow {
  migration_name: string;
  checksum: string;
  finished: boolean;
}

/**
 * Applies those migrations of `folder` that the database has not had, in order of name, each in one transaction with
 * its record: a killed runner leaves a migration either whole or not begun.
 * @returns the names applied now
 * @throws SetupError when an applied migration's file has changed since, when one is recorded as failed, or when one
 *   fails now (it is rolled back; those before it stay)
 */
export async function applyMigrations(databaseUrl: string, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return withClient(databaseUrl, async (client) => {
    await client.query('SET client_min_messages = warning');
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query(RECORD_TABLE);
    const due = pickDue(migrations, await readRecord(client));
    for (const migration of due) await applyOne(client, migration);
    return due.map((migration) => migration.name);
  });
}

/**
 * The names of those migrations of `folder` that the database has not had; changes nothing.
 * @throws SetupError when record and files contradict each other
 */
export async function pendingMigrations(databaseUrl: string, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return withClient(databaseUrl, async (client) => {
    const there = await client.query<{ there: boolean }>("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there");
    const record = there.rows[0]?.there ? await readRecord(client) : [];
    return pickDue(migrations, record).map((migration) => migration.name);
  });
}

async function readRecord(client: pg.Client): Promise<RecordRow[]> {
  const result = await client.query<RecordRow>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  return result.rows;
}

/** @throws SetupError when record and files contradict each other */
export function pickDue(migrations: readonly Migration[], record: readonly RecordRow[]): Migration[] {
  const applied = new Map(record.map((row) => [row.migration_name, row]));
  return migrations.filter((migration) => {
    const row = applied.get(migration.name);
    if (!row) return true;
    if (!row.finished) throw new SetupError(`migration ${migration.name} is recorded as failed: resolve it with prisma migrate resolve`);
    if (row.checksum !== migration.checksum) {
      throw new SetupError(`migration ${migration.name} was changed after this database had it: restore the file and add a new migration`);
    }
    return false;
  });
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw new SetupError(`migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
}
