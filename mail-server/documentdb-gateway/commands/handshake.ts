// What a driver asks before its first real command: hello and isMaster, buildInfo, ping and the like.
import { Double, type BsonDocument } from '../bson/types.ts';
import { MAX_DOCUMENT_BYTES, MAX_MESSAGE_BYTES } from '../wire/message.ts';
import { CommandError } from '../errors.ts';
import { asBoolean, documentOption, optionOf, type CommandContext, type Handler } from './context.ts';

/** The MongoDB release whose commands DocumentDB 1.0 implements, and that release's wire version. */
export const SERVER_VERSION = '7.0.0';
const WIRE_VERSION = 21;
/** documentdb.maxWriteBatchSize */
const MAX_WRITE_BATCH = 25_000;

/**
 * Answers as a standalone server with sessions: no replica set members to be discovered behind a socket path, and
 * no promise of retryable writes, which need a durable record of every write (docs/decisions/).
 */
function hello(context: CommandContext, primaryField: 'isWritablePrimary' | 'ismaster'): BsonDocument {
  const metadata = documentOption(context, 'client');
  if (metadata !== null) {
    if (context.client.metadata !== null) throw new CommandError(186, 'The client metadata document may only be sent in the first hello');
    context.client.metadata = Buffer.from(metadata);
  }
  return {
    helloOk: asBoolean(optionOf(context, 'helloOk')) ? true : undefined,
    [primaryField]: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_WRITE_BATCH,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: context.client.id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: new Double(1),
  };
}

export const helloCommand: Handler = (context) => hello(context, 'isWritablePrimary');
export const isMaster: Handler = (context) => hello(context, 'ismaster');

export const buildInfo: Handler = () => ({
  version: SERVER_VERSION,
  gitVersion: 'documentdb',
  modules: [],
  allocator: 'system',
  javascriptEngine: 'none',
  sysInfo: 'deprecated',
  versionArray: [7, 0, 0, 0],
  bits: 64,
  debug: false,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  storageEngines: ['documentdb'],
  ok: new Double(1),
});

export const ping: Handler = () => ({ ok: new Double(1) });

export const whatsMyUri: Handler = (context) => ({ you: context.client.address, ok: new Double(1) });

/** There is nobody to authenticate: whoever can open the socket is its owner. */
export const connectionStatus: Handler = (context) => ({
  authInfo: {
    authenticatedUsers: [],
    authenticatedUserRoles: [],
    authenticatedUserPrivileges: asBoolean(optionOf(context, 'showPrivileges')) ? [] : undefined,
  },
  ok: new Double(1),
});

export const saslStart: Handler = () => {
  throw new CommandError(18, 'Authentication failed: this server takes no passwords; leave the user name out of the connection string');
};
