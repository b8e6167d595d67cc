// A whole installation in a folder and on ports of its own, started through bootstrap.mjs as `npm start` does.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PORTS } from '../../../server/config.ts';
import { readSupervisorStatus } from '../../../server/cli/supervisor-status.ts';
import { CHECKOUT } from '../checkout.ts';
import type { SupervisorStatus } from '../supervisor/status-server.ts';

const BOOTSTRAP = join(CHECKOUT, 'mail-server/runtime/bootstrap.mjs');

export interface Installation {
  home: string;
  ports: Record<string, number>;
  env: NodeJS.ProcessEnv;
  remove(): void;
}

export interface Running {
  /** The bootstrap process, which a signal is for. */
  process: ChildProcess;
  output(): string;
  /** Resolves with its exit code. */
  ended: Promise<number | null>;
}

/** @param roles as in EIDER_ROLES */
export async function makeInstallation(roles: string): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), 'eider-start-'));
  const free = await freePorts(Object.keys(PORTS).length);
  const ports = Object.fromEntries(Object.values(PORTS).map((entry, index) => [entry.variable, free[index] ?? 0]));
  const numbers = Object.entries(ports).map(([name, port]) => [name, String(port)]);
  const env = { ...process.env, ...Object.fromEntries(numbers), EIDER_HOME: home, EIDER_ROLES: roles } as NodeJS.ProcessEnv;
  return { home, ports, env, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Starts it and waits for the line that says that it is ready. @throws Error with its output when it ends before */
export function startInstallation(installation: Installation, args: string[] = ['start']): Promise<Running> {
  const child = spawn(process.execPath, [BOOTSTRAP, ...args], { env: installation.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const running = { process: child, output: () => output, ended };
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('Eider is ready')) resolve(running);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((code) => reject(new Error(`ended with code ${code}:\n${output}`)));
  });
}

/** Runs the operator's command line on it. */
export function runCli(installation: Installation, args: string[], input = ''): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BOOTSTRAP, 'cli', ...args], { env: installation.env, stdio: 'pipe' });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString('utf8')));
    child.once('close', (code) => resolve({ code, ...text }));
    child.stdin.end(input);
  });
}

/** @throws Error when no supervisor answers */
export async function installationStatus({ home }: Installation): Promise<SupervisorStatus> {
  const status = await readSupervisorStatus(readEnvironment(home)['EIDER_SUPERVISOR_SOCKET'] ?? '');
  if (!status) throw new Error('no supervisor answers');
  return status;
}

export function readEnvironment(home: string): Record<string, string> {
  return JSON.parse(readFileSync(join(home, 'environment.json'), 'utf8')) as Record<string, string>;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  // All at once, so that none is picked twice.
  const ports = await Promise.all(
    servers.map((server) => new Promise<number>((resolve) => {
      server.listen({ port: 0, host: '127.0.0.1' }, () => resolve((server.address() as AddressInfo).port));
    })),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
