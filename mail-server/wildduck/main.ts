// The `wildduck` role: writes WildDuck's settings, runs the unmodified package as a child, says when it
// answers. Owns the child's life and its log lines; restarts are the supervisor's.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { loadConfig, readSecretFile, required, type Config } from '../../server/config.ts';
import { logger } from '../../server/infra/log/logger.ts';
import { leftOutOf } from './index-list.ts';
import { setUpIndexes } from './index-setup.ts';
import { parseLogLine, type LogRecord } from './log-lines.ts';
import { wildduckNodeOptions } from './node-options.ts';
import { wildduckConfigFolder, wildduckFolder } from './package-paths.ts';
import { apiProbe, awaitFree, awaitReady, greetingProbe } from './readiness.ts';
import { parseEndpoint, wildduckSettings, writeSettings, type Endpoint } from './settings.ts';

const START_TIMEOUT_MS = 180_000;
/** A predecessor may still be on its way out. */
const FREE_TIMEOUT_MS = 8_000;
/** WildDuck keeps nothing in memory that it has promised; it needs no long farewell. */
const STOP_TIMEOUT_MS = 6_000;

const SETPRIV = '/usr/bin/setpriv';

const log = logger('wildduck');

async function main(): Promise<void> {
  const config = loadConfig();
  const token = readSecretFile(config.wildduckApiTokenFile, 'WILDDUCK_API_TOKEN_FILE');
  const path = writeSettings(config.home, 'wildduck', wildduckSettings(config, { apiToken: token }));
  await setUpIndexes({
    mongoUrl: required(config.mongoUrl, 'MONGO_URL'),
    redisUrl: required(config.redisUrl, 'REDIS_URL'),
    onFailure: (text) => log.error({}, text),
    // With a MONGO_URL of the operator's own there is no socket of ours.
    leftOut: leftOutOf({ ownFront: Boolean(process.env['EIDER_GATEWAY_SOCKET']) }),
  });

  const taken = await awaitFree(doors(config), FREE_TIMEOUT_MS);
  if (taken) throw new Error(`port ${taken.port} on ${taken.host} is taken by another program`);
  const child = launch(path);
  const stopped = new AbortController();
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  child.on('exit', (code, signal) => {
    stopped.abort();
    if (stopping) process.exit(0);
    process.stderr.write(`wildduck: ended by itself (${signal ?? `code ${code}`})\n`);
    process.exit(1);
  });

  const late = await awaitReady(probes(config, token), START_TIMEOUT_MS, stopped.signal);
  if (stopping || stopped.signal.aborted) return;
  if (late) {
    process.stderr.write(`wildduck: not ready after ${START_TIMEOUT_MS / 1000} s: ${late}\n`);
    stop();
    return;
  }
  log.info({ child: child.pid }, 'WildDuck answers on IMAP, API and LMTP');
  process.send?.({ type: 'ready' });
}

/**
 * Starts the package with its own defaults and our settings over them, and of our environment only what the MongoDB
 * front needs that runs inside of it (decision 0016).
 */
function launch(settingsPath: string): ChildProcess {
  const { PATH, HOME, TZ, LANG, SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  const node = wildduckNodeOptions(process.env);
  const command = [process.execPath, ...node.args, join(wildduckFolder, 'server.js')];
  // When we are killed, the kernel ends WildDuck too: as an orphan it would keep the ports from the next start.
  const bound = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', '--', ...command] : command;
  const child = spawn(bound[0]!, bound.slice(1), {
    cwd: wildduckFolder,
    env: {
      PATH, HOME, TZ, LANG, SSL_CERT_FILE, SSL_CERT_DIR,
      NODE_ENV: 'production',
      NODE_CONFIG_DIR: wildduckConfigFolder,
      NODE_CONFIG_PATH: settingsPath,
      NODE_OPTIONS: '--no-deprecation',
      ...node.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.on('error', (error) => {
    process.stderr.write(`wildduck: cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  relay(child.stdout!, 'info');
  relay(child.stderr!, 'warn');
  return child;
}

function relay(stream: Readable, fallback: LogRecord['level']): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    const record = parseLogLine(line, fallback);
    if (record) log[record.level]({ part: record.part }, record.text);
  });
}

/** Everything that WildDuck listens on. */
function doors(config: Config): Endpoint[] {
  const host = ['0.0.0.0', '::'].includes(config.bind) ? (config.bind === '::' ? '::1' : '127.0.0.1') : config.bind;
  return [
    ...[config.ports.imap, config.ports.imaps, config.ports.pop3s].map((port) => ({ host, port })),
    lmtpOf(config),
    parseEndpoint(required(config.wildduckApiUrl, 'WILDDUCK_API_URL'), 'WILDDUCK_API_URL'),
  ];
}

/** The doors that must answer before the role is ready. */
function probes(config: Config, token: string) {
  return [
    greetingProbe('imap', doors(config)[0]!, /^\* OK/),
    greetingProbe('lmtp', lmtpOf(config), /^220 /),
    apiProbe(required(config.wildduckApiUrl, 'WILDDUCK_API_URL'), token),
  ];
}

function lmtpOf(config: Config): Endpoint {
  return parseEndpoint(required(config.wildduckLmtp, 'WILDDUCK_LMTP'), 'WILDDUCK_LMTP');
}

main().catch((error: Error) => {
  process.stderr.write(`wildduck: ${error.message}\n`);
  process.exit(1);
});
