// The whole product as end-to-end tests and benchmarks see it: started the way a user starts it, on free ports and
// in a folder of its own, watched and stopped again.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PORTS, type PortName } from '../../server/config.ts';
import { freePorts } from './free-ports.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
/** A first start builds the web app on a machine that may be busy. */
const START_MS = 10 * 60_000;
const STOP_MS = 60_000;

export interface Login {
  address: string;
  password: string;
}

/** All that a client needs; plain data, handed to other processes as JSON. */
export interface ProductAddress {
  checkout: string;
  home: string;
  url: string;
  host: string;
  ports: Record<PortName, number>;
  /** The certificate that IMAPS, POP3S and submission show. */
  certificate: string;
  admin: Login;
  alice: Login;
  bob: Login;
}

export interface RoleStatus {
  role: string;
  state: string;
  pid: number | null;
  restarts: number;
}

export interface StartOptions {
  home: string;
  ports?: Partial<Record<PortName, number>>;
  env?: Record<string, string>;
  /** Of `npm start`, e.g. `--demo`. */
  args?: string[];
  /** Every line that the product prints. */
  onLine?: (line: string) => void;
  /** The checkout to start; this one by default. */
  checkout?: string;
}

export interface RunningProduct {
  address: ProductAddress;
  /** As Ctrl-C does; the exit code. */
  stop(): Promise<number>;
}

/**
 * Starts the product and waits until it says that it is ready and its health is good.
 * @throws Error with what it printed when it ends before that, or takes longer than ten minutes
 */
export async function startProduct(options: StartOptions): Promise<RunningProduct> {
  const names = Object.keys(PORTS) as PortName[];
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, index) => [name, options.ports?.[name] ?? free[index]])) as Record<PortName, number>;
  const portVariables = Object.fromEntries(names.map((name) => [PORTS[name].variable, String(ports[name])]));
  const checkout = options.checkout ?? CHECKOUT;
  const child = spawn('node', [join(checkout, 'mail-server/runtime/bootstrap.mjs'), 'start', ...(options.args ?? [])], {
    cwd: checkout,
    env: { ...process.env, EIDER_HOME: options.home, ...portVariables, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = await untilReady(child, options.onLine ?? (() => undefined));
  const url = `http://127.0.0.1:${ports.web}`;
  await untilHealthy(url, child, printed);
  const address = productAddress({ checkout, home: options.home, ports });
  return { address, stop: () => stop(child) };
}

/** The address of a product that runs already, from its home folder and ports. */
export function productAddress({ checkout = CHECKOUT, home, ports }: { checkout?: string; home: string; ports: Record<PortName, number> }): ProductAddress {
  const first = JSON.parse(readFileSync(join(home, 'first-run.json'), 'utf8')) as { admin: Login; accounts: Login[] };
  const login = (address: string): Login => {
    const found = [first.admin, ...first.accounts].find((account) => account.address === address);
    if (!found) throw new Error(`first-run.json has no ${address}`);
    return { address: found.address, password: found.password };
  };
  return {
    checkout,
    home,
    url: `http://127.0.0.1:${ports.web}`,
    host: '127.0.0.1',
    ports,
    certificate: join(home, 'secrets/tls-mail.eider.test/cert.pem'),
    admin: login('admin@eider.test'),
    alice: login('alice@eider.test'),
    bob: login('bob@eider.test'),
  };
}

/** What the supervisor says of its roles. */
export function supervisorStatus(home: string): Promise<{ pid: number; roles: RoleStatus[] }> {
  return new Promise((resolve, reject) => {
    const socketPath = join(home, 'run/supervisor.sock');
    const asked = request({ socketPath, path: '/status' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as { pid: number; roles: RoleStatus[] });
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}

async function untilReady(child: ChildProcess, onLine: (line: string) => void): Promise<() => string> {
  let printed = '';
  let pending = '';
  const timer = setTimeout(() => child.kill('SIGTERM'), START_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        printed = (printed + chunk.toString('utf8')).slice(-20_000);
        const lines = (pending + chunk.toString('utf8')).split('\n');
        pending = lines.pop() ?? '';
        for (const line of lines) {
          onLine(line);
          if (line.includes('Eider is ready')) resolve();
        }
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the product ended with ${code} before it was ready:\n${printed}`)));
    });
  } finally {
    clearTimeout(timer);
  }
  return () => printed;
}

async function untilHealthy(url: string, child: ChildProcess, printed: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  let last = '';
  while (child.exitCode === null && Date.now() < deadline) {
    const answer = await fetch(`${url}/api/health`).catch((error: Error) => error);
    if (answer instanceof Response) {
      last = await answer.text();
      if (answer.ok) return;
    } else {
      last = answer.message;
    }
    await sleep(250);
  }
  child.kill('SIGTERM');
  throw new Error(`the product is not healthy: ${last}\n${printed()}`);
}

function stop(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the product did not stop within ${STOP_MS / 1000} s`));
    }, STOP_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
    child.kill('SIGINT');
  });
}
