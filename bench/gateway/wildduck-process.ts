// Runs the unmodified WildDuck package for measurements, with the product's indexes and options for Node, and with what
// Eider turns off turned off. Not the product's launcher.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftOutOf } from '../../mail-server/wildduck/index-list.ts';
import { setUpIndexes } from '../../mail-server/wildduck/index-setup.ts';
import { wildduckNodeOptions } from '../../mail-server/wildduck/node-options.ts';

export interface WildduckProcess {
  readonly child: ChildProcess;
  readonly lmtpPort: number;
  readonly apiUrl: string;
  stop(): Promise<void>;
}

export interface WildduckOptions {
  readonly mongoUrl: string;
  readonly redisUrl: string;
  /** First of three ports: API, LMTP, IMAP. */
  readonly basePort: number;
  /** Worker processes; 1 runs everything in one. */
  readonly processes: number;
  /** The gateway's environment: with it, the front runs inside WildDuck, as in the product; without, beside it. */
  readonly gatewayEnv: Readonly<Record<string, string>>;
  /** Whether the messages have WildDuck's text index. */
  readonly fulltext: boolean;
}

export const wildduckFolder = dirname(createRequire(import.meta.url).resolve('@zone-eu/wildduck/package.json'));

/** Makes the indexes, starts WildDuck and waits for its ports. */
export async function startWildduck(options: WildduckOptions): Promise<WildduckProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'eider-bench-wildduck-'));
  const [api, lmtp, imap] = [options.basePort, options.basePort + 1, options.basePort + 2];
  const settings = {
    dbs: { mongo: options.mongoUrl, redis: options.redisUrl, sender: 'wildduck' },
    log: { level: 'error', gelf: { enabled: false } },
    processes: options.processes,
    api: { enabled: true, host: '127.0.0.1', port: api },
    lmtp: { enabled: true, host: '127.0.0.1', port: lmtp, disableSTARTTLS: true },
    imap: { enabled: true, host: '127.0.0.1', port: imap, secure: false, disableSTARTTLS: true },
    pop3: { enabled: false },
    elasticsearch: { enabled: false, indexer: { enabled: false } },
    webhooks: { enabled: false },
    acme: { agent: { enabled: false } },
  };
  const file = join(folder, 'bench.json');
  writeFileSync(file, JSON.stringify(settings));
  const leftOut = leftOutOf({ ownFront: !options.fulltext });
  const onFailure = (text: string): never => {
    throw new Error(text);
  };
  await setUpIndexes({ mongoUrl: options.mongoUrl, redisUrl: options.redisUrl, leftOut, onFailure });
  const node = wildduckNodeOptions(options.gatewayEnv);
  const child = spawn(process.execPath, [...node.args, 'server.js', `--config=${file}`], {
    cwd: wildduckFolder,
    env: { ...process.env, ...node.env },
    stdio: 'ignore',
  });
  for (const port of [api, lmtp, imap]) await portOpens(port, child);
  return {
    child,
    lmtpPort: lmtp,
    apiUrl: `http://127.0.0.1:${api}`,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
      }),
  };
}

async function portOpens(port: number, child: ChildProcess): Promise<void> {
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`WildDuck ended with code ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error('WildDuck did not open its ports in two minutes');
}
