// The embedded PostgreSQL with DocumentDB: its folder, its settings, its command line. Databases and extensions are
// made in databases.ts; starting and restarting is the supervisor's.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrefixPrograms } from '../prefix/programs.ts';
import { runProgram } from '../run-program.ts';
import { socketFolder } from './socket-folder.ts';
import type { Unprivileged } from './unprivileged.ts';

export const SUPERUSER = 'eider';

const PRELOADED = 'pg_cron, pg_documentdb_core, pg_documentdb';

export interface PostgresSettings {
  sharedBuffersMb: number;
  maxConnections: number;
  /** false only for databases that are thrown away. */
  durable: boolean;
}

/** For a machine of a few cores and gigabytes; `postgresql.auto.conf` (ALTER SYSTEM) overrides. */
export const DEFAULT_SETTINGS: PostgresSettings = { sharedBuffersMb: 512, maxConnections: 200, durable: true };

/**
 * How the server's C library keeps memory. A command of DocumentDB takes some hundred KiB and frees them at its end; by
 * default that goes back to the kernel each time, and comes again page by page: a tenth of the server's time. Each
 * session now keeps up to 2 MiB.
 */
const MEMORY: Readonly<Record<string, string>> = {
  MALLOC_TRIM_THRESHOLD_: String(2 * 1024 * 1024),
  MALLOC_TOP_PAD_: String(512 * 1024),
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
};

export interface EmbeddedPostgres {
  dataFolder: string;
  /** 0700; the only way in. */
  socketFolder: string;
  command: string;
  args: string[];
  /** On top of the environment that every service gets. */
  env: Readonly<Record<string, string>>;
}

/** The URL of a database of the embedded server. */
export function postgresUrl(server: Pick<EmbeddedPostgres, 'socketFolder'>, database: string): string {
  return `postgresql://${SUPERUSER}@localhost/${database}?host=${encodeURIComponent(server.socketFolder)}`;
}

/**
 * Makes the cluster under `folder` when there is none yet, and writes its settings. Idempotent; a cluster whose
 * making was killed is made anew.
 */
export async function preparePostgres(
  programs: PrefixPrograms,
  folder: string,
  runAs: Unprivileged,
  settings: PostgresSettings = DEFAULT_SETTINGS,
): Promise<EmbeddedPostgres> {
  const dataFolder = join(folder, 'data');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(join(dataFolder, 'PG_VERSION'))) await initialise(programs, folder, dataFolder, runAs);
  const sockets = socketFolder(join(folder, 'run'));
  await writeFile(join(dataFolder, 'eider.conf'), settingsFile(sockets, settings), { mode: 0o600 });
  // Unreadable for others; inside, access is by the folder: whoever enters it is us.
  await writeFile(join(dataFolder, 'pg_hba.conf'), 'local all all trust\nlocal replication all trust\n', { mode: 0o600 });
  runAs.own(folder);
  runAs.own(sockets);
  return { dataFolder, socketFolder: sockets, command: programs.postgres, args: ['-D', dataFolder], env: MEMORY };
}

async function initialise(programs: PrefixPrograms, folder: string, dataFolder: string, runAs: Unprivileged): Promise<void> {
  const building = join(folder, 'data.building');
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o700 });
  runAs.own(folder);
  const options = ['--username', SUPERUSER, '--auth', 'trust', '--encoding', 'UTF8', '--data-checksums'];
  const locale = ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'];
  const initdb = runAs.wrap(programs.initdb, ['-D', building, ...options, ...locale]);
  await runProgram(initdb.command, initdb.args, { cwd: folder });
  // In single-user mode, before any worker runs: pg_cron fails every second until its database exists.
  const single = async (database: string, sql: string, options: string[]) => {
    const bound = runAs.wrap(programs.postgres, ['--single', '-D', building, ...options, database]);
    await runProgram(bound.command, bound.args, { cwd: folder, input: `${sql}\n` });
  };
  await single('postgres', 'CREATE DATABASE documentdb', []);
  await single('documentdb', 'CREATE EXTENSION documentdb CASCADE', [
    ...['-c', `shared_preload_libraries=${PRELOADED}`],
    ...['-c', 'cron.database_name=documentdb'],
  ]);
  await writeFile(join(building, 'postgresql.conf'), "include 'eider.conf'\n", { mode: 0o600 });
  await writeFile(join(building, 'eider.conf'), '', { mode: 0o600 });
  await rename(building, dataFolder);
}

function settingsFile(sockets: string, settings: PostgresSettings): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  // A connection string of its own inside the setting, with libpq's quoting.
  const host = `host='${sockets.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const values: Record<string, string> = {
    listen_addresses: "''",
    unix_socket_directories: quoted(sockets),
    unix_socket_permissions: '0700',
    port: '5432',
    shared_preload_libraries: quoted(PRELOADED),
    'cron.database_name': "'documentdb'",
    // It has no work (pg_cron does the expiry and the index builds), and its sleep, deaf to signals, holds up every
    // DROP DATABASE for ten seconds.
    'documentdb.enableBackgroundWorker': 'off',
    'cron.host': quoted(sockets),
    'cron.log_run': 'off',
    'cron.log_statement': 'off',
    'documentdb.localhost_connection_string': quoted(host),
    max_connections: String(settings.maxConnections),
    max_worker_processes: '16',
    shared_buffers: `${settings.sharedBuffersMb}MB`,
    effective_cache_size: `${settings.sharedBuffersMb * 8}MB`,
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    wal_compression: 'lz4',
    // Mail is nearly all TOAST: half of pglz's time, about its size.
    default_toast_compression: 'lz4',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: "'UTC'",
    log_timezone: "'UTC'",
    log_min_duration_statement: '2s',
    log_checkpoints: 'off',
    // Parameters, and the details of an error, may hold addresses and subjects.
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    idle_in_transaction_session_timeout: '5min',
  };
  if (!settings.durable) Object.assign(values, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  return `# Written at every start. Settings of your own: ALTER SYSTEM.\n${lines.join('\n')}\n`;
}
