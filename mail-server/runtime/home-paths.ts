// The layout of EIDER_HOME. Names only.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { socketFolder } from './services/socket-folder.ts';

export interface HomePaths {
  home: string;
  /** Held for as long as a supervisor runs here. */
  lock: string;
  logs: string;
  secrets: string;
  /** Unix sockets of Node roles; outside the home when that path is too long. */
  run: string;
  supervisorSocket: string;
  gatewaySocket: string;
  /** What a killed supervisor may have left running. */
  processRecord: string;
  /** What the roles' environment adds to ours, for the command line tool (0600: it holds passwords). */
  environment: string;
  internalPorts: string;
  firstRun: string;
  postgres: string;
  valkey: string;
  rspamd: string;
  clamd: string;
}

/** Makes the folders (0700) and tells where everything is. */
export function homePaths(home: string): HomePaths {
  for (const name of ['', 'logs', 'secrets']) mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
  const run = socketFolder(join(home, 'run'));
  return {
    home,
    lock: lockPath(home),
    logs: join(home, 'logs'),
    secrets: join(home, 'secrets'),
    run,
    supervisorSocket: join(run, 'supervisor.sock'),
    gatewaySocket: join(run, 'gateway.sock'),
    processRecord: join(home, 'processes.json'),
    environment: environmentPath(home),
    internalPorts: join(home, 'ports.json'),
    firstRun: join(home, 'first-run.json'),
    postgres: join(home, 'postgres'),
    valkey: join(home, 'valkey'),
    rspamd: join(home, 'rspamd'),
    clamd: join(home, 'clamd'),
  };
}

/** The command line tool looks at the same file. */
export function environmentPath(home: string): string {
  return join(home, 'environment.json');
}

/** bootstrap.mjs looks at the same file. */
export function lockPath(home: string): string {
  return join(home, 'supervisor.lock');
}
