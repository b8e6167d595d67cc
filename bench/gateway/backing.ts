// Backing services for the measurements and WildDuck's suites: a PostgreSQL with DocumentDB, the gateway as a process
// of its own, and a Valkey. All of it is thrown away afterwards.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensurePrefix } from '../../mail-server/runtime/prefix/ensure-prefix.ts';
import { acceptsConnections, ensureDocumentdb } from '../../mail-server/runtime/services/databases.ts';
import { DEFAULT_SETTINGS, postgresUrl, preparePostgres } from '../../mail-server/runtime/services/postgres.ts';
import { answersPing } from '../../mail-server/runtime/services/valkey.ts';
import { unprivileged } from '../../mail-server/runtime/services/unprivileged.ts';

export interface Backing {
  readonly postgres: ChildProcess;
  readonly gateway: ChildProcess;
  readonly postgresUrl: (database: string) => string;
  readonly mongoUrl: (database: string) => string;
  readonly redisUrl: string;
  /** The gateway's own environment: what a client needs to run the gateway inside itself. */
  readonly gatewayEnv: Readonly<Record<string, string>>;
  readonly valkey: ChildProcess;
  stop(): Promise<void>;
}

const GATEWAY = fileURLToPath(new URL('../../mail-server/documentdb-gateway/main.ts', import.meta.url));

/** Starts everything with the product's own settings, durability included. `redisPort` must be free. */
export async function startBacking(redisPort: number): Promise<Backing> {
  const home = mkdtempSync(join(tmpdir(), 'eider-bench-'));
  const programs = await ensurePrefix();
  const runAs = unprivileged([home, programs.root]);
  const server = await preparePostgres(programs, join(home, 'postgres'), runAs, DEFAULT_SETTINGS);
  const bound = runAs.wrap('setpriv', ['--pdeathsig', 'INT', '--', server.command, ...server.args]);
  const postgres = spawn(bound.command, bound.args, { stdio: 'ignore', env: { ...process.env, ...server.env } });
  const url = (database: string): string => postgresUrl(server, database);
  while (!(await acceptsConnections(url('postgres')))) await sleep(50);
  await ensureDocumentdb({ admin: url('postgres'), documentdb: url('documentdb') });
  mkdirSync(join(home, 'gateway'), { mode: 0o700 });
  const socket = join(home, 'gateway', 'mongodb.sock');
  const gatewayEnv = { EIDER_GATEWAY_SOCKET: socket, DOCUMENTDB_URL: url('documentdb'), EIDER_LOG_LEVEL: 'warn' };
  const gateway = spawn(process.execPath, [GATEWAY], {
    env: { ...process.env, ...gatewayEnv },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    gateway.once('message', () => resolve());
    gateway.once('exit', (code) => reject(new Error(`the gateway ended with code ${code}`)));
  });
  const valkey = spawn(programs.valkeyServer, ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', home], { stdio: 'ignore' });
  while (!(await answersPing(`redis://127.0.0.1:${redisPort}`))) await sleep(50);
  return {
    postgres,
    gateway,
    postgresUrl: url,
    mongoUrl: (database) => `mongodb://${encodeURIComponent(socket)}/${database}`,
    redisUrl: `redis://127.0.0.1:${redisPort}`,
    gatewayEnv,
    valkey,
    stop: async () => {
      await ended(gateway, 'SIGTERM');
      await ended(valkey, 'SIGTERM');
      await ended(postgres, 'SIGINT');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
