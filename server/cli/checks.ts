// What `eider doctor` looks at: one function a matter, each with advice for when it isn't well. Reads only.
import { X509Certificate } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { MIGRATIONS } from '../../mail-server/runtime/checkout.ts';
import { homePaths } from '../../mail-server/runtime/home-paths.ts';
import { pendingMigrations } from '../../mail-server/runtime/migrations/apply-migrations.ts';
import { dnsAnswers } from '../../mail-server/runtime/services/rspamd.ts';
import { answersPing } from '../../mail-server/runtime/services/valkey.ts';
import type { Config } from '../config.ts';
import { wildduckClientFromConfig } from '../infra/wildduck/client.ts';
import { readSupervisorStatus } from './supervisor-status.ts';

export interface Finding {
  level: 'ok' | 'warning' | 'fault';
  text: string;
  /** What to do about it. */
  advice?: string;
}

export interface Check {
  name: string;
  run: (config: Config) => Promise<Finding[]>;
}

const ok = (text: string): Finding[] => [{ level: 'ok', text }];
const warning = (text: string, advice: string): Finding[] => [{ level: 'warning', text, advice }];
const fault = (text: string, advice: string): Finding[] => [{ level: 'fault', text, advice }];

const GIB = 1024 ** 3;
const DAY_MS = 86_400_000;

export const CHECKS: readonly Check[] = [
  { name: 'node', run: async () => checkNode() },
  { name: 'disk', run: checkDisk },
  { name: 'permissions', run: async (config) => checkPermissions(config.home) },
  { name: 'processes', run: checkProcesses },
  { name: 'database', run: checkDatabase },
  { name: 'redis', run: checkRedis },
  { name: 'mail store', run: checkMailStore },
  { name: 'spam filter', run: checkSpamFilter },
  { name: 'virus scanner', run: checkVirusScanner },
  { name: 'certificate', run: async (config) => checkCertificate(config) },
  { name: 'dns', run: checkDns },
  { name: 'web', run: checkWeb },
];

function checkNode(): Finding[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return ok(`Node ${process.versions.node}`);
  return fault(`Node ${process.versions.node} is too old`, 'start through npm, which brings its own Node, or install 22.19 or newer');
}

async function checkDisk(config: Config): Promise<Finding[]> {
  const { bavail, bsize, blocks } = await statfs(config.home);
  const free = bavail * bsize;
  const text = `${(free / GIB).toFixed(1)} GiB free where ${config.home} is`;
  if (free < GIB) return fault(text, 'make room: mail cannot be accepted on a full disk');
  return bavail / blocks < 0.1 ? warning(text, 'less than a tenth is left: make room soon') : ok(text);
}

/** Whoever can read EIDER_HOME reads all mail. */
export function checkPermissions(home: string): Finding[] {
  const open = [home, ...filesIn(join(home, 'secrets')), join(home, 'first-run.json'), join(home, 'environment.json')]
    .filter((path) => existsSync(path))
    // The folder itself may be passed through when another uid runs the services.
    .filter((path) => (statSync(path).mode & (path === home ? 0o066 : 0o077)) !== 0);
  if (open.length === 0) return ok('only its owner can read EIDER_HOME');
  return open.map((path) => ({ level: 'fault', text: `${path} is open to others`, advice: `chmod go= ${path}` }));
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function checkProcesses(config: Config): Promise<Finding[]> {
  const status = await readSupervisorStatus(config.supervisorSocket ?? '');
  if (!status) return fault(`Eider is not running in ${config.home}`, 'npm start');
  const { logs } = homePaths(config.home);
  const findings = status.roles.flatMap((role): Finding[] => {
    const why = role.lastExit ? `; it last ended: ${role.lastExit.reason}` : '';
    const log = `see ${join(logs, `${role.role}.log`)}`;
    if (role.state !== 'ready') return [{ level: role.optional ? 'warning' : 'fault', text: `${role.role} is ${role.state}${why}`, advice: log }];
    return role.restarts > 0 ? warning(`${role.role} was started again ${role.restarts} times${why}`, log) : [];
  });
  return findings.length > 0 ? findings : ok(`all ${status.roles.length} roles are ready`);
}

async function checkDatabase(config: Config): Promise<Finding[]> {
  if (!config.databaseUrl) return fault('DATABASE_URL is not known', 'npm start');
  const pending = await pendingMigrations(config.databaseUrl, MIGRATIONS);
  if (pending.length > 0) return fault(`${pending.length} migrations are missing: ${pending.join(', ')}`, 'npm start applies them');
  return ok('answers, and has all migrations');
}

async function checkRedis(config: Config): Promise<Finding[]> {
  if (config.redisUrl && (await answersPing(config.redisUrl))) return ok('answers');
  return fault('does not answer', 'is it running, and is REDIS_URL right?');
}

async function checkMailStore(config: Config): Promise<Finding[]> {
  await wildduckClientFromConfig(config).getUser('0'.repeat(24));
  return ok('WildDuck answers, and so does its database');
}

async function checkSpamFilter(config: Config): Promise<Finding[]> {
  if (!config.rspamdUrl) return warning('no rspamd: mail is accepted unscanned', 'set RSPAMD_URL, or start with the embedded one');
  const response = await fetch(new URL('/ping', config.rspamdUrl), { signal: AbortSignal.timeout(3000) }).catch(() => null);
  const answer = await response?.text();
  if (answer?.startsWith('pong')) return ok('rspamd answers');
  return warning('rspamd does not answer: mail is accepted unscanned', 'see logs/rspamd.log in EIDER_HOME');
}

async function checkVirusScanner(config: Config): Promise<Finding[]> {
  if (config.clamdUrl) return ok('clamd is used');
  return warning('no clamd: attachments are not scanned for viruses', 'apt-get install clamav-daemon clamav-freshclam, or set CLAMD_URL');
}

function checkCertificate(config: Config): Finding[] {
  if (!config.tlsCertFile) return fault('EIDER_TLS_CERT is not known', 'npm start makes a certificate');
  const certificate = new X509Certificate(readFileSync(config.tlsCertFile));
  const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / DAY_MS);
  const advice = 'set EIDER_TLS_CERT and EIDER_TLS_KEY to a certificate of your own';
  if (days < 0) return fault(`expired ${-days} days ago`, advice);
  if (!certificate.checkHost(config.hostname)) return warning(`it is not for ${config.hostname}`, advice);
  if (days < 14) return warning(`expires in ${days} days`, advice);
  if (certificate.issuer === certificate.subject) return warning(`self-signed: mail clients will ask; valid for ${days} days`, advice);
  return ok(`for ${config.hostname}, valid for ${days} days`);
}

async function checkDns(config: Config): Promise<Finding[]> {
  if (!(await dnsAnswers(config.dnsServers))) {
    return warning('no resolver answers: mail to other domains waits, and spam checks that need DNS are off', 'see /etc/resolv.conf, or set DNS_SERVERS');
  }
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  if (config.dnsServers.length > 0) resolver.setServers(config.dnsServers);
  const known = await Promise.any([resolver.resolve4(config.hostname), resolver.resolve6(config.hostname)]).catch(() => null);
  if (known) return ok(`answers, and knows ${config.hostname}`);
  return warning(`answers, but doesn't know ${config.hostname}`, 'set EIDER_HOSTNAME to the name under which the internet reaches this machine');
}

async function checkWeb(config: Config): Promise<Finding[]> {
  const host = config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind === '::' ? '[::1]' : config.bind;
  const url = `http://${host}:${config.ports.web}/api/health`;
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const health = (await response.json()) as { status?: string; components?: Record<string, { status: string; detail: string }> };
  const unwell = Object.entries(health.components ?? {}).filter(([, component]) => component.status === 'down');
  if (response.status === 200 && unwell.length === 0) return ok(`health says ${health.status}`);
  const names = unwell.map(([name, { detail }]) => `${name} (${detail})`).join(', ');
  return [{ level: response.status === 200 ? 'warning' : 'fault', text: `health says ${health.status}: ${names}`, advice: `see ${url}` }];
}
