// WildDuck's own delivery code, loaded into this process. Owns loading it with our settings and the few types
// that we rely on; storing with it is mailbox-store.ts's.
//
// Why the library and not LMTP: WildDuck 1.51 has no way to tell its LMTP that a message is spam (no spam
// header setting any more), while the filter handler takes the scanner's verdict, honours each user's spam
// level, allow lists and filters, and reports what became of every recipient. It is the seam that upstream's
// own MX integration (haraka-plugin-wildduck) uses. It also keeps mail coming in while the IMAP process restarts.
import { createRequire } from 'node:module';
import { answerInProcess } from '../documentdb-gateway/in-process.ts';
import { wildduckConfigFolder } from '../wildduck/package-paths.ts';

/** A user as the filter handler wants it; more fields than these are passed through untouched. */
export interface UserData {
  _id: { toString(): string };
  quota?: number;
  storageUsed?: number;
  disabled?: boolean;
  suspended?: boolean;
}

export interface StoreOutcome {
  response?: unknown;
  error?: (Error & { code?: string }) | null;
  filterResults?: { duplicate?: boolean; mailbox?: string; path?: string; uid?: number; id?: string; spam?: boolean }[];
}

/** Parsed once, used again for the next recipient of the same message. */
export interface Prepared {
  mimeTree?: unknown;
  maildata?: unknown;
}

export interface Library {
  db: { connect(callback: (error?: Error | null) => void): void; redis: { disconnect(): void }; database: { s?: unknown } };
  userHandler: { asyncGet(address: string, fields: Record<string, boolean>): Promise<UserData | false | null> };
  filterHandler: {
    storeMessage(user: UserData, options: Record<string, unknown>): Promise<{ response?: StoreOutcome; prepared?: Prepared | false }>;
  };
}

/** What the filter handler reads of a user. */
export const USER_FIELDS: Record<string, boolean> = Object.fromEntries(
  ['name', 'address', 'forwards', 'targets', 'autoreply', 'encryptMessages', 'encryptForwarded', 'pubKey', 'smimeCerts',
    'smimeCipher', 'smimeKeyTransport', 'spamLevel', 'tagsview', 'mtaRelay'].map((field) => [field, true]),
);

/**
 * Loads the package's code with the settings in `settingsPath` and connects its databases.
 * Call once per process: WildDuck's settings are a module of their own.
 */
export async function loadLibrary(settingsPath: string, onWarning: (part: string, text: string) => void): Promise<Library> {
  answerInProcess(process.env);
  process.env['NODE_CONFIG_DIR'] = wildduckConfigFolder;
  process.env['NODE_CONFIG_PATH'] = settingsPath;
  const require = createRequire(import.meta.resolve('@zone-eu/wildduck/package.json'));
  quietNpmlog(require, onWarning);
  const config = require('@zone-eu/wild-config') as { sender: Record<string, unknown>; attachments: unknown };
  const db = require('./lib/db') as Library['db'] & Record<'database' | 'users' | 'redis' | 'gridfs', unknown>;
  await new Promise<void>((resolve, reject) => db.connect((error) => (error ? reject(error) : resolve())));
  const MessageHandler = require('./lib/message-handler') as new (options: unknown) => unknown;
  const UserHandler = require('./lib/user-handler') as new (options: unknown) => Library['userHandler'];
  const FilterHandler = require('./lib/filter-handler') as new (options: unknown) => Library['filterHandler'];
  const { database, users, redis, gridfs } = db;
  const messageHandler = new MessageHandler({ database, users, redis, gridfs, attachments: config.attachments });
  return {
    db,
    userHandler: new UserHandler({ database, users, redis }),
    filterHandler: new FilterHandler({ db, sender: config.sender, messageHandler }),
  };
}

/** npmlog writes text to stderr; its warnings become records of ours instead. */
function quietNpmlog(require: NodeJS.Require, onWarning: (part: string, text: string) => void): void {
  const npmlog = require('npmlog') as NodeJS.EventEmitter & { level: string };
  npmlog.level = 'silent';
  const relay = (entry: { prefix: string; message: string }) => onWarning(entry.prefix, entry.message);
  npmlog.on('log.error', relay);
  npmlog.on('log.warn', relay);
}
