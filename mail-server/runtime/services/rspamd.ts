// The embedded rspamd: its folder, settings and command line. One scanning worker on loopback, a controller on a
// Unix socket for learning, nothing else; what would only wait for dead DNS is off.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import type { PrefixPrograms } from '../prefix/programs.ts';
import { socketFolder } from './socket-folder.ts';
import type { Unprivileged } from './unprivileged.ts';

export interface EmbeddedRspamd {
  url: string;
  /** Its controller, which learns: `unix:///path`. */
  controllerUrl: string;
  command: string;
  args: string[];
}

export interface RspamdOptions {
  port: number;
  redisUrl: string;
  /** Whether DNS answers; without it, the modules that ask it are off. */
  dns: boolean;
  /** `ip` or `ip:port`; empty: the system's. */
  dnsServers: readonly string[];
}

/** Ask DNS for nearly every message. */
const DNS_MODULES = ['arc', 'asn', 'bimi', 'dkim', 'dmarc', 'mx_check', 'rbl', 'spf', 'surbl', 'url_redirector', 'whitelist'];

/**
 * Off always: delaying and limiting are inbound's to do; digests of people's mail go to no service that nobody here
 * has chosen; learning by itself needs more mail than a small installation has.
 */
const UNUSED_MODULES = ['greylist', 'ratelimit', 'dkim_signing', 'milter_headers', 'fuzzy_check', 'phishing', 'rspamd_update', 'gpt', 'neural'];

/** Whether a resolver answers at all within a second; what it says doesn't matter. */
export async function dnsAnswers(servers: readonly string[]): Promise<boolean> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  try {
    await resolver.resolveNs('org');
    return true;
  } catch {
    return false;
  }
}

/** Writes rspamd's local settings into `folder`. */
export async function prepareRspamd(
  programs: PrefixPrograms,
  folder: string,
  runAs: Unprivileged,
  options: RspamdOptions,
): Promise<EmbeddedRspamd> {
  const local = join(folder, 'local');
  const sockets = socketFolder(join(folder, 'run'));
  await rm(local, { recursive: true, force: true });
  for (const path of [join(folder, 'db'), join(folder, 'tmp'), join(local, 'local.d'), join(local, 'override.d')]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  const hyperscan = hyperscanFolder(programs, folder, runAs);
  await mkdir(hyperscan, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(settings(programs, folder, sockets, hyperscan, options))) {
    await writeFile(join(local, 'local.d', name), `${text}\n`, { mode: 0o600 });
  }
  runAs.own(folder);
  const variables = {
    CONFDIR: programs.rspamdConf,
    LOCAL_CONFDIR: local,
    DBDIR: join(folder, 'db'),
    RUNDIR: sockets,
    LOGDIR: folder,
    SHAREDIR: programs.rspamdShare,
    PLUGINSDIR: join(programs.rspamdShare, 'plugins'),
    RULESDIR: join(programs.rspamdShare, 'rules'),
    LUALIBDIR: join(programs.rspamdShare, 'lualib'),
    WWWDIR: join(programs.rspamdShare, 'www'),
  };
  const args = [
    '--no-fork',
    ...['--config', join(programs.rspamdConf, 'rspamd.conf')],
    ...Object.entries(variables).map(([name, value]) => `--var=${name}=${value}`),
  ];
  return { url: `http://127.0.0.1:${options.port}`, controllerUrl: `unix://${controllerSocket(sockets)}`, command: programs.rspamd, args };
}

/**
 * Where compiled patterns are kept: beside the programs, for every installation that runs them, since compiling takes a
 * core for a minute. Another uid may write only into the service's own folder.
 */
function hyperscanFolder(programs: PrefixPrograms, folder: string, runAs: Unprivileged): string {
  return runAs.kind === 'other-uid' ? join(folder, 'db') : `${programs.root}.hyperscan`;
}

const controllerSocket = (sockets: string): string => join(sockets, 'controller.sock');

function settings(programs: PrefixPrograms, folder: string, sockets: string, hyperscan: string, options: RspamdOptions): Record<string, string> {
  const text = JSON.stringify;
  const redis = new URL(options.redisUrl);
  const off = [...UNUSED_MODULES, ...(options.dns ? [] : DNS_MODULES)];
  const nameservers = options.dnsServers.length > 0 ? `dns { nameserver = [${options.dnsServers.map((server) => text(server)).join(', ')}]; }` : '';
  return {
    ...Object.fromEntries(off.map((module) => [`${module}.conf`, 'enabled = false;'])),
    'worker-normal.inc': `bind_socket = "127.0.0.1:${options.port}";\ncount = 1;\nallow_file_and_shm_inputs = false;`,
    'worker-controller.inc': `bind_socket = ${text(`${controllerSocket(sockets)} mode=0600`)};`,
    'worker-proxy.inc': 'enabled = false;',
    // At `notice` it would tell of every message, with its recipients.
    'logging.inc': 'type = "console";\nlevel = "warning";\ncolor = false;\nlog_re_cache = false;',
    'options.inc': [
      `url_tld = ${text(programs.publicSuffixList)};`,
      `tempdir = ${text(join(folder, 'tmp'))};`,
      `hs_cache_dir = ${text(`${hyperscan}/`)};`,
      // Maps come from our own files only.
      'map_watch_interval = 1h;',
      nameservers,
    ].join('\n'),
    'lang_detection.inc': `languages = ${text(join(programs.rspamdShare, 'languages'))};`,
    'redis.conf': [
      `servers = "${redis.hostname}:${redis.port || '6379'}";`,
      redis.password ? `password = ${text(decodeURIComponent(redis.password))};` : '',
      'db = "5";',
    ].join('\n'),
  };
}

/** Whether the scanning worker answers. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
