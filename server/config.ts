// The environment, parsed once per process. Owns names, defaults and checks of every EIDER_* and *_URL
// variable; knows nothing of what the values are used for.
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { parseDomain } from './mail/address.ts';

/** The public ports: environment variable suffix, default, and what listens there. */
export const PORTS = {
  web: { variable: 'EIDER_PORT_WEB', default: 3000, what: 'web app and API' },
  mx: { variable: 'EIDER_PORT_MX', default: 2525, what: 'inbound SMTP (MX)' },
  submission: { variable: 'EIDER_PORT_SUBMISSION', default: 2587, what: 'submission, STARTTLS' },
  submissions: { variable: 'EIDER_PORT_SUBMISSIONS', default: 2465, what: 'submission, TLS' },
  imap: { variable: 'EIDER_PORT_IMAP', default: 2143, what: 'IMAP, STARTTLS' },
  imaps: { variable: 'EIDER_PORT_IMAPS', default: 2993, what: 'IMAP, TLS' },
  pop3s: { variable: 'EIDER_PORT_POP3S', default: 2995, what: 'POP3, TLS' },
} as const;

export type PortName = keyof typeof PORTS;

/** The backing services that can be yours instead of Eider's own, and their variables. */
export const SERVICE_URLS = {
  database: 'DATABASE_URL',
  mongo: 'MONGO_URL',
  redis: 'REDIS_URL',
  s3: 'S3_URL',
  rspamd: 'RSPAMD_URL',
  clamd: 'CLAMD_URL',
  dnsServers: 'DNS_SERVERS',
} as const;

const port = <T extends number | undefined>(fallback: T) =>
  z
    .string()
    .optional()
    .transform((text, context): number | T => {
      if (text === undefined || text === '') return fallback;
      const value = Number(text);
      if (Number.isInteger(value) && value >= 1 && value <= 65535) return value;
      context.addIssue({ code: 'custom', message: `a port from 1 to 65535 expected, found "${text}"` });
      return z.NEVER;
    });
const optionalPort = port(undefined);

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()));

const portShape = Object.fromEntries(
  Object.values(PORTS).map((entry) => [entry.variable, port(entry.default)]),
) as Record<(typeof PORTS)[PortName]['variable'], ReturnType<typeof port<number>>>;

const environment = z.object({
  EIDER_HOME: optionalText,
  EIDER_BIND: optionalText,
  EIDER_HOSTNAME: optionalText,
  EIDER_ROUTES: optionalText,
  EIDER_DNS_VALIDATING: z.enum(['', '0', '1'], { error: '0 or 1 expected' }).optional(),
  EIDER_REPORT_FROM: optionalText,
  EIDER_SIMULATOR_DOMAIN: optionalText,
  EIDER_DELAY_REPORT_AFTER: optionalText,
  EIDER_IMPORT_NETWORKS: optionalText,
  EIDER_PUBLIC_URL: optionalText,
  EIDER_SECRET_KEY_FILE: optionalText,
  EIDER_FEEDBACK_KEYS_FILE: optionalText,
  EIDER_TLS_CERT: optionalText,
  EIDER_TLS_KEY: optionalText,
  EIDER_SUPERVISOR_SOCKET: optionalText,
  EIDER_METRICS_FOLDER: optionalText,
  EIDER_PORT_METRICS: optionalPort,
  EIDER_TRUSTED_PROXY_HOPS: z.coerce.number().int('a whole number expected').min(0).max(10).default(0),
  WILDDUCK_API_URL: optionalText,
  WILDDUCK_API_TOKEN_FILE: optionalText,
  WILDDUCK_LMTP: optionalText,
  DATABASE_URL: optionalText,
  MONGO_URL: optionalText,
  REDIS_URL: optionalText,
  S3_URL: optionalText,
  RSPAMD_URL: optionalText,
  RSPAMD_CONTROLLER_URL: optionalText,
  CLAMD_URL: optionalText,
  DNS_SERVERS: optionalText,
  ...portShape,
});

export interface Config {
  /** Where all state lives. */
  home: string;
  /** The address that public ports are bound to. */
  bind: string;
  /** The name in greetings, EHLO and certificates. */
  hostname: string;
  /** How a browser reaches the web app, without a slash at the end. */
  publicUrl: string;
  ports: Record<PortName, number>;
  /** `pattern=host:port,…`, parsed where routing lives. */
  routes: string | undefined;
  /** Whether the DNS servers validate DNSSEC over a way that can be trusted; undefined: where they are on this machine. */
  dnsValidating: boolean | undefined;
  /** The address that reports to other domains come from; undefined: postmaster of the hosted domain that `hostname` is in. */
  reportFrom: string | undefined;
  /** The domain whose local parts script what happens to mail, A-labels; null: none. */
  simulatorDomain: string | null;
  /** A message that has waited for so long is reported to its sender as delayed; null: never. */
  delayReportAfterMs: number | null;
  /** Networks beside the public internet that mail may be brought from: `10.0.0.0/8`, or an address. */
  importNetworks: string[];
  databaseUrl: string | undefined;
  mongoUrl: string | undefined;
  redisUrl: string | undefined;
  s3Url: string | undefined;
  rspamdUrl: string | undefined;
  /** rspamd's controller, which learns: `http://:password@host:port` or `unix:///path`; undefined: nothing is learnt. */
  rspamdControllerUrl: string | undefined;
  clamdUrl: string | undefined;
  /** Resolver addresses, `ip` or `ip:port`; empty: the system's. */
  dnsServers: string[];
  wildduckApiUrl: string | undefined;
  wildduckApiTokenFile: string | undefined;
  /** `host:port` of WildDuck's LMTP. */
  wildduckLmtp: string | undefined;
  secretKeyFile: string | undefined;
  /** Keys of the tokens in return paths. */
  feedbackKeysFile: string | undefined;
  tlsCertFile: string | undefined;
  tlsKeyFile: string | undefined;
  supervisorSocket: string | undefined;
  /** Where processes have the Unix sockets that tell their metrics. */
  metricsFolder: string | undefined;
  /** Where the supervisor serves all metrics, on loopback; undefined: it picks one. */
  metricsPort: number | undefined;
  /** Reverse proxies in front of the web app whose X-Forwarded-For entries count (0: none). */
  trustedProxyHops: number;
}

/** A variable of the environment is malformed; the message names each variable and its rule. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Parses the environment. Missing values take the documented defaults.
 * @throws ConfigError that names every malformed variable
 */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(lines.join('; '));
  }
  const values = parsed.data;
  const ports = Object.fromEntries(
    Object.entries(PORTS).map(([name, entry]) => [name, values[entry.variable]]),
  ) as Record<PortName, number>;
  assertDistinct(ports);
  return {
    // Next's build would otherwise take this for a hint to carry the whole checkout, state and secrets included.
    home: resolve(/* turbopackIgnore: true */ values.EIDER_HOME ?? '.eider'),
    bind: values.EIDER_BIND ?? '127.0.0.1',
    hostname: values.EIDER_HOSTNAME ?? 'mail.eider.test',
    publicUrl: (values.EIDER_PUBLIC_URL ?? `http://127.0.0.1:${ports.web}`).replace(/\/+$/, ''),
    ports,
    routes: values.EIDER_ROUTES,
    dnsValidating: values.EIDER_DNS_VALIDATING ? values.EIDER_DNS_VALIDATING === '1' : undefined,
    reportFrom: values.EIDER_REPORT_FROM,
    simulatorDomain: simulatorDomain(values.EIDER_SIMULATOR_DOMAIN, values.EIDER_HOSTNAME ?? 'mail.eider.test'),
    delayReportAfterMs: delayReportAfter(values.EIDER_DELAY_REPORT_AFTER),
    importNetworks: importNetworks(values.EIDER_IMPORT_NETWORKS),
    databaseUrl: values.DATABASE_URL,
    mongoUrl: values.MONGO_URL,
    redisUrl: values.REDIS_URL,
    s3Url: values.S3_URL,
    rspamdUrl: values.RSPAMD_URL,
    rspamdControllerUrl: values.RSPAMD_CONTROLLER_URL,
    clamdUrl: values.CLAMD_URL,
    dnsServers: (values.DNS_SERVERS ?? '').split(/[\s,]+/).filter(Boolean),
    wildduckApiUrl: values.WILDDUCK_API_URL,
    wildduckApiTokenFile: values.WILDDUCK_API_TOKEN_FILE,
    wildduckLmtp: values.WILDDUCK_LMTP,
    secretKeyFile: values.EIDER_SECRET_KEY_FILE,
    feedbackKeysFile: values.EIDER_FEEDBACK_KEYS_FILE,
    tlsCertFile: values.EIDER_TLS_CERT,
    tlsKeyFile: values.EIDER_TLS_KEY,
    supervisorSocket: values.EIDER_SUPERVISOR_SOCKET,
    metricsFolder: values.EIDER_METRICS_FOLDER,
    metricsPort: values.EIDER_PORT_METRICS,
    trustedProxyHops: values.EIDER_TRUSTED_PROXY_HOPS,
  };
}

function simulatorDomain(setting: string | undefined, hostname: string): string | null {
  if (setting === 'off') return null;
  const domain = parseDomain(setting ?? `simulator.${hostname}`);
  if (domain === null && setting !== undefined) throw new ConfigError(`EIDER_SIMULATOR_DOMAIN: "${setting}" is neither a domain name nor off`);
  return domain;
}

const HOUR_MS = 3_600_000;
/** Messages are given up after five days; being told of a delay later than that is of no use. */
const MAX_DELAY_REPORT_MS = 120 * HOUR_MS;

function delayReportAfter(setting: string | undefined): number | null {
  if (setting === undefined) return 4 * HOUR_MS;
  if (setting === 'off') return null;
  const match = /^(\d{1,4})(min|h)$/.exec(setting);
  const ms = match ? Number(match[1]) * (match[2] === 'h' ? HOUR_MS : 60_000) : 0;
  if (ms > 0 && ms < MAX_DELAY_REPORT_MS) return ms;
  throw new ConfigError(`EIDER_DELAY_REPORT_AFTER: a time such as 4h or 90min below 120h, or off, expected, found "${setting}"`);
}

function importNetworks(setting: string | undefined): string[] {
  const networks = (setting ?? '').split(/[\s,]+/).filter(Boolean);
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : 0;
    if (bits === 0 || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))) {
      throw new ConfigError(`EIDER_IMPORT_NETWORKS: networks such as 10.0.0.0/8, separated by commas, expected, found "${network}"`);
    }
  }
  return networks;
}

function assertDistinct(ports: Record<PortName, number>): void {
  const seen = new Map<number, PortName>();
  for (const [name, number] of Object.entries(ports) as [PortName, number][]) {
    const other = seen.get(number);
    if (other) throw new ConfigError(`${PORTS[name].variable} and ${PORTS[other].variable} are both ${number}`);
    seen.set(number, name);
  }
}

/**
 * The value of a setting that a process cannot run without.
 * @throws ConfigError naming the variable when it is missing
 */
export function required<T>(value: T | undefined, variable: string): T {
  if (value === undefined) throw new ConfigError(`${variable}: missing; the supervisor sets it, or set it yourself`);
  return value;
}

/**
 * The trimmed content of a secret's file.
 * @throws ConfigError naming variable and file when it cannot be read
 */
export function readSecretFile(path: string | undefined, variable: string): string {
  const file = required(path, variable);
  if (!existsSync(file)) throw new ConfigError(`${variable}: no file at ${file}`);
  return readFileSync(file, 'utf8').trim();
}
