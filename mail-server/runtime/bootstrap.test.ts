// Runs bootstrap.mjs as a process of its own, up to where it refuses.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PORTS, type PortName } from '../../server/config.ts';
import { PUBLIC_PORTS } from './bootstrap.mjs';
import { CHECKOUT } from './checkout.ts';
import { lockFile, noteHolder, type FileLock } from './file-lock.ts';
import { lockPath } from './home-paths.ts';
import { PORT_ROLES } from './roles.ts';

let folder: string;
let home: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eider-bootstrap-'));
  home = join(folder, 'home');
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

function bootstrap(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(CHECKOUT, 'mail-server/runtime/bootstrap.mjs'), ...args], {
      env: { ...process.env, EIDER_HOME: home, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

function listen(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    servers.push(server);
    server.listen({ port: 0, host: '127.0.0.1' }, () => resolve((server.address() as AddressInfo).port));
  });
}

it('knows the ports that the configuration knows', () => {
  const known = Object.entries(PORTS).map(([name, entry]) => [entry.variable, { port: entry.default, role: PORT_ROLES[name as PortName] }]);
  expect(PUBLIC_PORTS).toEqual(Object.fromEntries(known));
});

describe('refuses with one line, code 1 and nothing made', () => {
  it('a taken port, naming it and its variable', async () => {
    const port = await listen();
    const result = await bootstrap(['start'], { EIDER_PORT_WEB: String(port) });
    expect(result).toEqual({ code: 1, stderr: `eider: port ${port} is taken on 127.0.0.1: free it, or set EIDER_PORT_WEB\n` });
    expect(existsSync(home)).toBe(false);
  });

  it('a port that is none', async () => {
    const result = await bootstrap(['start'], { EIDER_PORT_WEB: '80a' });
    expect(result).toEqual({ code: 1, stderr: 'eider: EIDER_PORT_WEB: a port from 1 to 65535 expected, found "80a"\n' });
  });

  it('a tool that is missing', async () => {
    const result = await bootstrap(['start'], { PATH: folder });
    expect(result).toEqual({ code: 1, stderr: 'eider: flock is missing: apt-get install util-linux\n' });
    expect(existsSync(home)).toBe(false);
  });

  it('an address that is not of this machine', async () => {
    const result = await bootstrap(['start'], { EIDER_BIND: '192.0.2.1', EIDER_PORT_WEB: String(await listen()) });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^eider: cannot listen on 192\.0\.2\.1, port \d+ \(EADDRNOTAVAIL\): see EIDER_BIND and EIDER_PORT_WEB\n$/);
  });

  it('a second start on the same home', async () => {
    const lock = (await lockFile(lockPath(home), { wait: false })) as FileLock;
    noteHolder(lockPath(home), 'pid 42, http://127.0.0.1:3000');
    const result = await bootstrap(['start']);
    await lock.release();
    expect(result).toEqual({ code: 1, stderr: `eider: Eider is already running in ${home} (pid 42, http://127.0.0.1:3000)\n` });
  });

  it('an unknown subcommand', async () => {
    expect(await bootstrap(['fly'])).toEqual({ code: 1, stderr: 'eider: start, dev, cli or test expected, found "fly"\n' });
  });
});
