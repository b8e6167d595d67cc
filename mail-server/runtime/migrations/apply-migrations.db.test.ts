import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../testing/test-database.ts';
import { applyMigrations, pendingMigrations } from './apply-migrations.ts';

let db: TestDatabase;
let folder: string;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eider-migrations-'));
  await db.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), sql);
}

const tables = async () => {
  const result = await db.pool.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  return result.rows.map((row) => row.name);
};

it('applies in order of name, and records each as Prisma does', async () => {
  write('20260102000000_second', 'ALTER TABLE one ADD COLUMN b int;');
  write('20260101000000_first', 'CREATE TABLE one (a int);');
  expect(await pendingMigrations(db.url, folder)).toEqual(['20260101000000_first', '20260102000000_second']);
  expect(await applyMigrations(db.url, folder)).toEqual(['20260101000000_first', '20260102000000_second']);
  expect(await applyMigrations(db.url, folder)).toEqual([]);
  expect(await pendingMigrations(db.url, folder)).toEqual([]);
  const { rows } = await db.pool.query('SELECT * FROM _prisma_migrations ORDER BY migration_name');
  expect(rows[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    // sha256sum of the file
    checksum: '18255fe5529da69815c8e5d23bf0f048bebb6d287a50aebfc9eea39a6fca4819',
    finished_at: expect.any(Date),
    migration_name: '20260101000000_first',
    logs: null,
    rolled_back_at: null,
    started_at: expect.any(Date),
    applied_steps_count: 1,
  });
  expect(rows).toHaveLength(2);
});

it('rolls a failing one back whole, keeps those before it, and can be run again once it is mended', async () => {
  write('1_good', 'CREATE TABLE good (a int);');
  write('2_bad', 'CREATE TABLE half (a int); CREATE TABLE half (a int);');
  await expect(applyMigrations(db.url, folder)).rejects.toThrow('migration 2_bad failed: relation "half" already exists');
  expect(await tables()).toEqual(['_prisma_migrations', 'good']);
  write('2_bad', 'CREATE TABLE half (a int);');
  expect(await applyMigrations(db.url, folder)).toEqual(['2_bad']);
});

it('lets one runner work at a time', async () => {
  write('1_slow', 'SELECT pg_sleep(0.3); CREATE TABLE slow (a int);');
  const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(db.url, folder)));
  expect(applied.flat()).toEqual(['1_slow']);
});
