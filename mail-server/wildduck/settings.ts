// WildDuck's settings as Eider wants them, made from our configuration. Owns what is turned on, off and
// limited; everything not named here keeps the default of the package (its own config/ folder, loaded first).
import { createHmac } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { required, type Config } from '../../server/config.ts';
import { redisOptions } from './redis.ts';

/** The largest message that any of our doors takes, in bytes (the SIZE of MX and submission). */
export const MAX_MESSAGE_BYTES = 50 * 1024 * 1024;

/** IMAP APPEND takes a little more: our headers are on top of what came in by SMTP. */
const MAX_APPEND_MB = 52;

/**
 * The part of the mail store's database that carries outgoing mail made by WildDuck itself (forwards,
 * autoreplies). Nothing of ours sends from there: the delivery side takes the entries over.
 */
export const OUTBOUND = { collection: 'zone-queue', bucket: 'mail', zone: 'default' } as const;

export interface WildduckSecrets {
  /** The master token of the REST API (role `root`). */
  apiToken: string;
}

export interface Endpoint {
  host: string;
  port: number;
}

/** Splits `host:port`, with or without a scheme. @throws Error naming the variable */
export function parseEndpoint(text: string, variable: string): Endpoint {
  const url = URL.parse(text.includes('://') ? text : `tcp://${text}`);
  const port = Number(url?.port);
  if (!url || !url.hostname || !port) throw new Error(`${variable}: host:port expected, found "${text}"`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/** The settings that every process built on WildDuck's code needs: databases, attachments, limits, queue. */
export function storeSettings(config: Config, secrets: WildduckSecrets): Record<string, unknown> {
  const derive = (purpose: string) => createHmac('sha256', secrets.apiToken).update(purpose).digest('hex');
  return {
    emailDomain: config.hostname,
    dbs: {
      mongo: required(config.mongoUrl, 'MONGO_URL'),
      redis: redisOptions(required(config.redisUrl, 'REDIS_URL')),
      // Empty: the queue of outgoing mail lies in the same database as the rest, not in one of ZoneMTA's.
      sender: '',
    },
    log: { level: 'notice', skipFetchLog: true, gelf: { enabled: false } },
    sender: { zone: OUTBOUND.zone, gfs: OUTBOUND.bucket, collection: OUTBOUND.collection, loopSecret: derive('loop') },
    attachments: { type: 'gridstore', bucket: 'attachments', decodeBase64: true },
    elasticsearch: { enabled: false, indexer: { enabled: false } },
    api: { accessControl: { enabled: true, secret: derive('access-control') } },
    totp: { secret: derive('totp') },
    certs: { secret: derive('certs') },
  };
}

/**
 * The settings of a process that stores mail with WildDuck's code while a client waits for the reply. When the
 * database is away it must say so within seconds (the driver waits half a minute), and ten connections do.
 */
export function deliverySettings(config: Config, secrets: WildduckSecrets): Record<string, unknown> {
  const settings = storeSettings(config, secrets);
  const mongo = required(config.mongoUrl, 'MONGO_URL');
  const options = new URLSearchParams({ serverSelectionTimeoutMS: '5000', maxPoolSize: '10', appName: 'eider-inbound' });
  return { ...settings, dbs: { ...(settings['dbs'] as object), mongo: `${mongo}${mongo.includes('?') ? '&' : '?'}${options.toString()}` } };
}

/** All settings of the WildDuck process itself. */
export function wildduckSettings(config: Config, secrets: WildduckSecrets): Record<string, unknown> {
  const api = parseEndpoint(required(config.wildduckApiUrl, 'WILDDUCK_API_URL'), 'WILDDUCK_API_URL');
  const lmtp = parseEndpoint(required(config.wildduckLmtp, 'WILDDUCK_LMTP'), 'WILDDUCK_LMTP');
  const store = storeSettings(config, secrets);
  const accessControl = (store['api'] as { accessControl: unknown }).accessControl;
  const site = new URL(config.publicUrl);
  return {
    ...store,
    ident: 'wildduck',
    processes: 1,
    tls: { key: required(config.tlsKeyFile, 'EIDER_TLS_KEY'), cert: required(config.tlsCertFile, 'EIDER_TLS_CERT') },
    api: {
      enabled: true,
      ...api,
      secure: false,
      accessToken: secrets.apiToken,
      accessControl,
      cors: { origins: [] },
      mobileconfig: {
        identifier: `eider.${config.hostname}`,
        displayName: 'Eider mail',
        organization: 'Eider',
        displayDescription: 'Sets up {email} on this device',
        accountDescription: 'Eider ({email})',
      },
    },
    imap: imapSettings(config),
    pop3: {
      enabled: true,
      host: config.bind,
      port: config.ports.pop3s,
      secure: true,
      disableVersionString: true,
      name: 'Eider',
      setup: { hostname: config.hostname, secure: true, port: config.ports.pop3s },
    },
    lmtp: { enabled: true, ...lmtp, disableSTARTTLS: true, name: config.hostname, banner: 'Eider' },
    smtp: { setup: { hostname: config.hostname, secure: true, port: config.ports.submissions } },
    webauthn: { rpId: site.hostname, rpName: 'Eider' },
    acme: { agent: { enabled: false }, autogenerate: { enabled: false } },
    mcp: { enabled: false },
    metrics: { enabled: false },
    webhooks: { enabled: false },
    tasks: { enabled: true },
    pwned: { enabled: false },
  };
}

/** IMAPS is the package's main interface, IMAP with STARTTLS the extra one (no login before STARTTLS). */
function imapSettings(config: Config): Record<string, unknown> {
  return {
    enabled: true,
    host: config.bind,
    port: config.ports.imaps,
    secure: true,
    maxMB: MAX_APPEND_MB,
    // Thunderbird opens 5, phones 2 to 4, our own web app a few: 40 per account leaves room for all at once.
    maxConnections: 40,
    enableCompression: true,
    retention: 30,
    name: 'Eider',
    vendor: 'Eider',
    setup: { hostname: config.hostname, secure: true, port: config.ports.imaps },
    interface: [{ enabled: true, host: config.bind, port: config.ports.imap, secure: false, ignoreSTARTTLS: false }],
  };
}

/**
 * Writes settings where only we can read them (they hold the API token) and returns the file's path.
 * Written beside and renamed, so that a reader never meets half a file.
 */
export function writeSettings(home: string, name: string, settings: Record<string, unknown>): string {
  const folder = join(home, 'wildduck');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.json`);
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
  return path;
}
