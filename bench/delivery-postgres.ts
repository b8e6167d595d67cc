// The embedded PostgreSQL with its real settings (fsync on), for the delivery benchmark alone: started in a given
// folder, migrated, and asked for the CPU time of all its processes.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from '../mail-server/runtime/migrations/apply-migrations.ts';
import { ensurePrefix } from '../mail-server/runtime/prefix/ensure-prefix.ts';
import { acceptsConnections, ensureDatabase } from '../mail-server/runtime/services/databases.ts';
import { postgresUrl, preparePostgres } from '../mail-server/runtime/services/postgres.ts';
import { unprivileged } from '../mail-server/runtime/services/unprivileged.ts';

export interface BenchPostgres {
  url: string;
  /** Of all its processes since their start; those that have ended count as their parent's. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export async function startBenchPostgres(home: string): Promise<BenchPostgres> {
  const programs = await ensurePrefix();
  const runAs = unprivileged([home, programs.root]);
  const server = await preparePostgres(programs, join(home, 'postgres'), runAs);
  const bound = runAs.wrap('setpriv', ['--pdeathsig', 'INT', '--', server.command, ...server.args]);
  const child = spawn(bound.command, bound.args, { stdio: 'ignore', detached: true });
  const admin = postgresUrl(server, 'postgres');
  while (!(await acceptsConnections(admin))) {
    if (child.exitCode !== null) throw new Error('PostgreSQL did not start');
    await sleep(50);
  }
  await ensureDatabase(admin, 'eider');
  const url = postgresUrl(server, 'eider');
  await applyMigrations(url, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
  const postmaster = Number(readFileSync(join(server.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  // Inside a user namespace process ids are the same; only a pid namespace would change them.
  return { url, cpuSeconds: () => familyCpuSeconds(postmaster), stop: () => ended(child) };
}

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

function familyCpuSeconds(pid: number): number {
  let ticks = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]!.split(' ');
      if (Number(entry) === pid) ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      else if (Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return ticks / TICKS;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGINT');
  });
}
