// One throw-away PostgreSQL for a whole test run, with a template database that has all migrations. Tests get clones
// of it by test-database.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyMigrations } from '../migrations/apply-migrations.ts';
import { ensurePrefix } from '../prefix/ensure-prefix.ts';
import { acceptsConnections, ensureDatabase, ensureDocumentdb } from '../services/databases.ts';
import { postgresUrl, preparePostgres } from '../services/postgres.ts';
import { unprivileged } from '../services/unprivileged.ts';
import { SetupError } from '../setup-error.ts';

export const TEMPLATE_DATABASE = 'eider_template';

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

export interface TestPostgres {
  /** URL of a database by name; `postgres` always exists, `documentdb` has the DocumentDB extension. */
  url(database: string): string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL in `folder` (a new temporary one by default; removed at the end). It doesn't survive us, even
 * when we are killed, and gives no durability against power loss.
 */
export async function startTestPostgres(folder?: string): Promise<TestPostgres> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'eider-test-')));
  const programs = await ensurePrefix();
  const runAs = unprivileged([home, programs.root]);
  const settings = { sharedBuffersMb: 128, maxConnections: 300, durable: false };
  const server = await preparePostgres(programs, join(home, 'postgres'), runAs, settings);
  const bound = runAs.wrap('setpriv', ['--pdeathsig', 'INT', '--', server.command, ...server.args]);
  const child = spawn(bound.command, bound.args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString('utf8')).slice(-2000)));
  const url = (database: string) => postgresUrl(server, database);
  const stop = async () => {
    await ended(child);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await untilReady(child, url('postgres'), () => lastWords);
    await ensureDocumentdb({ admin: url('postgres'), documentdb: url('documentdb') });
    await ensureDatabase(url('postgres'), TEMPLATE_DATABASE);
    await applyMigrations(url(TEMPLATE_DATABASE), MIGRATIONS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function untilReady(child: ChildProcess, url: string, lastWords: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await acceptsConnections(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new SetupError(`test PostgreSQL didn't start: ${lastWords()}`);
    await sleep(50);
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGINT');
  });
}
