// The PostgreSQL of a chaos run: its own, durable, killed with all its processes at a stroke and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyMigrations } from '../../mail-server/runtime/migrations/apply-migrations.ts';
import { ensurePrefix } from '../../mail-server/runtime/prefix/ensure-prefix.ts';
import { acceptsConnections, ensureDatabase, ensureDocumentdb } from '../../mail-server/runtime/services/databases.ts';
import { postgresUrl, preparePostgres } from '../../mail-server/runtime/services/postgres.ts';
import { unprivileged } from '../../mail-server/runtime/services/unprivileged.ts';
import { TEMPLATE_DATABASE } from '../../mail-server/runtime/testing/start-test-postgres.ts';

export interface ChaosPostgres {
  url(database: string): string;
  socket: string;
  /** Kills the postmaster and every process of it, as a power switch would, without the loss of what the kernel holds. */
  kill(): Promise<void>;
  /** Starts it, again and again until it takes connections: what a supervisor does. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @param env on top of the environment, e.g. for a clock that can be set */
export async function startChaosPostgres(folder: string, env: Record<string, string>): Promise<ChaosPostgres> {
  const programs = await ensurePrefix();
  const runAs = unprivileged([folder, programs.root]);
  const settings = { sharedBuffersMb: 64, maxConnections: 120, durable: true };
  const server = await preparePostgres(programs, join(folder, 'postgres'), runAs, settings);
  const url = (database: string): string => postgresUrl(server, database);
  let child: ChildProcess | null = null;

  const postmaster = (): number | null => {
    try {
      return Number(readFileSync(join(server.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    } catch {
      return null;
    }
  };
  const begin = (): ChildProcess => {
    const bound = runAs.wrap('setpriv', ['--pdeathsig', 'KILL', '--', server.command, ...server.args, '-c', 'max_wal_size=256MB']);
    return spawn(bound.command, bound.args, { stdio: 'ignore', env: { ...process.env, ...env } });
  };
  const postgres: ChaosPostgres = {
    url,
    socket: join(server.socketFolder, '.s.PGSQL.5432'),
    async kill() {
      const pid = postmaster();
      const ended = child && child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      const family = pid === null ? [] : [pid, ...childrenOf(pid)];
      for (const member of family) killQuietly(member);
      await ended;
      // A new postmaster refuses the folder while a process of the old one lives.
      while (family.some(lives)) await sleep(5);
    },
    async start() {
      for (;;) {
        if (child === null || child.exitCode !== null || child.signalCode !== null) child = begin();
        if (await acceptsConnections(url('postgres'))) return;
        await sleep(100);
      }
    },
    async stop() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
  await postgres.start();
  await ensureDocumentdb({ admin: url('postgres'), documentdb: url('documentdb') });
  await ensureDatabase(url('postgres'), TEMPLATE_DATABASE);
  await applyMigrations(url(TEMPLATE_DATABASE), fileURLToPath(new URL('../../prisma/migrations', import.meta.url)));
  return postgres;
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((candidate) => {
      try {
        return Number(readFileSync(`/proc/${candidate}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
