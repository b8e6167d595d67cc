// The embedded Valkey: its folder, settings and command line. Loopback with a password, since not all of its clients
// can use a Unix socket.
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { PrefixPrograms } from '../prefix/programs.ts';
import type { Unprivileged } from './unprivileged.ts';

export interface EmbeddedValkey {
  url: string;
  command: string;
  args: string[];
}

/** Writes the settings (0600: the password stands there, not on the command line) into `folder`. */
export async function prepareValkey(
  programs: PrefixPrograms,
  folder: string,
  runAs: Unprivileged,
  options: { port: number; password: string },
): Promise<EmbeddedValkey> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'valkey.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `requirepass ${options.password}`,
    `dir ${JSON.stringify(folder)}`,
    // Sessions, rate limits and WildDuck's task queues: a second lost to a power cut is fine, a lost file isn't.
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    // Task queues must not be evicted.
    'maxmemory-policy noeviction',
    'daemonize no',
    'loglevel notice',
    'logfile ""',
    'enable-debug-command no',
    'enable-module-command no',
  ];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  runAs.own(folder);
  return {
    url: `redis://:${options.password}@127.0.0.1:${options.port}/0`,
    command: programs.valkeyServer,
    args: [path],
  };
}

/** Whether the server at `url` answers PING with PONG, logged in. */
export function answersPing(url: string): Promise<boolean> {
  const { hostname, port, password } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) });
    let answer = '';
    const finish = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(2000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(`${password ? `AUTH ${decodeURIComponent(password)}\r\n` : ''}PING\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('+PONG')) finish(true);
      else if (/^-/m.test(answer)) finish(false);
    });
  });
}
