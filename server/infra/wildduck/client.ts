// The one object through which Eider asks WildDuck's REST API. What each call does is told beside its function.
import { readSecretFile, required, type Config } from '../../config.ts';
import * as appPasswords from './app-passwords.ts';
import * as files from './files.ts';
import * as mailboxes from './mailboxes.ts';
import * as filters from './filters.ts';
import * as messages from './messages.ts';
import * as secondFactor from './second-factor.ts';
import { Transport, type TransportOptions } from './transport.ts';
import * as users from './users.ts';

type Tail<F> = F extends (transport: Transport, ...rest: infer R) => unknown ? R : never;
type Bound<M> = { [K in keyof M]: M[K] extends (...args: never[]) => infer R ? (...args: Tail<M[K]>) => R : never };

const OPERATIONS = {
  authenticate: users.authenticate,
  createUser: users.createUser,
  getUser: users.getUser,
  resolveUsername: users.resolveUsername,
  listUsers: users.listUsers,
  updateUser: users.updateUser,
  deleteUser: users.deleteUser,
  resolveAddress: users.resolveAddress,
  listAddresses: users.listAddresses,
  createAddress: users.createAddress,
  createAppPassword: appPasswords.createAppPassword,
  listAppPasswords: appPasswords.listAppPasswords,
  deleteAppPassword: appPasswords.deleteAppPassword,
  createFilter: filters.createFilter,
  deleteFilter: filters.deleteFilter,
  getAutoreply: filters.getAutoreply,
  setAutoreply: filters.setAutoreply,
  setForwarding: filters.setForwarding,
  markSecondFactor: secondFactor.markSecondFactor,
  listMailboxes: mailboxes.listMailboxes,
  createMailbox: mailboxes.createMailbox,
  updateMailbox: mailboxes.updateMailbox,
  deleteMailbox: mailboxes.deleteMailbox,
  getMessage: messages.getMessage,
  getSource: messages.getSource,
  getAttachment: messages.getAttachment,
  uploadRaw: messages.uploadRaw,
  uploadDraft: messages.uploadDraft,
  updateMessages: messages.updateMessages,
  deleteMessage: messages.deleteMessage,
  deleteAllMessages: messages.deleteAllMessages,
  uploadFile: files.uploadFile,
  deleteFile: files.deleteFile,
} as const;

/**
 * WildDuck's REST API, typed. Every method may throw `WildduckError` (errors.ts); outcomes that a caller
 * expects (wrong password, taken name, message gone) are returned.
 */
export type WildduckClient = Bound<typeof OPERATIONS>;

/** A client on one API address. Connections are kept alive and shared by all clients of the process. */
export function createWildduckClient(options: TransportOptions): WildduckClient {
  const transport = new Transport(options);
  const bound = Object.entries(OPERATIONS).map(([name, operation]) => [
    name,
    (operation as (...args: unknown[]) => unknown).bind(undefined, transport),
  ]);
  return Object.fromEntries(bound) as WildduckClient;
}

/** A client as the environment has it (WILDDUCK_API_URL, WILDDUCK_API_TOKEN_FILE). */
export function wildduckClientFromConfig(config: Config): WildduckClient {
  return createWildduckClient({
    baseUrl: required(config.wildduckApiUrl, 'WILDDUCK_API_URL'),
    accessToken: readSecretFile(config.wildduckApiTokenFile, 'WILDDUCK_API_TOKEN_FILE'),
  });
}
