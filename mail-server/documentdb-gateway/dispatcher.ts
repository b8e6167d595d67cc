// Takes a parsed request to its handler and always comes back with a reply document. The one place where errors
// become replies, transactions are found, and listCommands, usersInfo and the like are answered from the table.
import type { Logger } from '../../server/infra/log/logger.ts';
import { decodeValue, ElementReader } from './bson/read.ts';
import { validateDocuments } from './bson/validate.ts';
import { BSON, BsonError, Double, RawValue, type BsonDocument } from './bson/types.ts';
import { encodeDocument } from './bson/write.ts';
import { asNumber, type Client, type CommandContext, type Services } from './commands/context.ts';
import { sessionKeyOf } from './commands/sessions.ts';
import { COMMANDS, type CommandEntry } from './commands/table.ts';
import { CommandError, errorReply } from './errors.ts';
import type { Operation } from './operation.ts';
import type { Request } from './wire/message.ts';

/** What the dispatcher needs to know of a command before running it. */
interface Envelope {
  name: string;
  database: string | null;
  maxTimeMs: number | null;
  lsid: Buffer | null;
  transactionNumber: bigint | null;
  autocommit: boolean | null;
  startTransaction: boolean;
  target: string;
}

export class Dispatcher {
  readonly #services: Services;
  readonly #log: Logger;

  constructor(services: Services, log: Logger) {
    this.#services = services;
    this.#log = log;
  }

  /** Runs a request for a client and returns the reply document. `onStart` is given the operation, to stop it. */
  async run(request: Request, client: Client, onStart: (operation: Operation, entry: CommandEntry) => void): Promise<Buffer> {
    let operation: Operation | null = null;
    try {
      validateDocuments(request.body);
      for (const documents of request.sequences.values()) validateDocuments(documents);
      const envelope = readEnvelope(request.body);
      const entry = COMMANDS.get(envelope.name);
      if (entry === undefined) return unknownCommand(envelope.name);
      const database = envelope.database ?? request.queryDatabase;
      if (database === null) throw new CommandError(40571, 'OP_MSG requests require a $db argument');
      if (request.kind === 'query' && !isHandshake(envelope.name)) {
        throw new CommandError(352, `Unsupported OP_QUERY command: ${envelope.name}. The client driver may require an upgrade.`);
      }
      operation = this.#services.operations.begin({
        name: envelope.name,
        namespace: `${database}.${envelope.target}`,
        clientId: client.id,
        maxTimeMs: envelope.maxTimeMs,
      });
      this.#services.statistics.commands[envelope.name] = (this.#services.statistics.commands[envelope.name] ?? 0) + 1;
      onStart(operation, entry);
      return await this.#runCommand(entry, this.#context(envelope, request, client, operation, database), envelope);
    } catch (error) {
      return this.#toReply(error, operation);
    } finally {
      if (operation !== null) this.#services.operations.end(operation);
    }
  }

  #context(envelope: Envelope, request: Request, client: Client, operation: Operation, database: string): CommandContext {
    const sessionKey = envelope.lsid === null ? null : sessionKeyOf(envelope.lsid);
    const number = envelope.transactionNumber;
    if (number !== null && sessionKey === null) throw new CommandError(72, 'Transaction number requires a session ID to be specified');
    if (number !== null && envelope.autocommit === null) {
      throw new CommandError(20, 'Transaction numbers are only allowed on a replica set member or mongos');
    }
    return {
      services: this.#services,
      client,
      operation,
      name: envelope.name,
      database,
      body: request.body,
      sequences: request.sequences,
      sessionKey,
      transactionNumber: number === null ? null : { sessionKey: sessionKey as string, number },
      transaction: null,
    };
  }

  async #runCommand(entry: CommandEntry, context: CommandContext, envelope: Envelope): Promise<Buffer> {
    const ending = envelope.name === 'commitTransaction' || envelope.name === 'abortTransaction';
    if (context.transactionNumber === null || ending) return encoded(await entry.run(context));
    if (entry.transactional !== true) {
      throw new CommandError(263, `Cannot run '${envelope.name}' in a multi-document transaction.`);
    }
    const { transactions } = this.#services;
    const transaction = envelope.startTransaction
      ? await transactions.begin(context.operation, context.transactionNumber)
      : transactions.find(context.operation, context.transactionNumber);
    context.transaction = transaction;
    transaction.busy = true;
    try {
      const reply = encoded(await entry.run(context));
      // A batch that failed in part ends the transaction, as in MongoDB.
      if (hasWriteErrors(reply)) transactions.abort(transaction);
      return reply;
    } catch (error) {
      transactions.abort(transaction, context.operation.tainted);
      throw error;
    } finally {
      transaction.busy = false;
    }
  }

  #toReply(error: unknown, operation: Operation | null): Buffer {
    if (error instanceof CommandError) return errorReply(error);
    if (error instanceof BsonError) return errorReply(new CommandError(22, error.message));
    this.#log.error({ err: error, command: operation?.description.name }, 'command failed unexpectedly');
    return errorReply(new CommandError(1, 'internal error of the gateway; see its log'));
  }
}

function encoded(reply: Buffer | BsonDocument): Buffer {
  return Buffer.isBuffer(reply) ? reply : encodeDocument(reply);
}

function isHandshake(name: string): boolean {
  return name === 'hello' || name === 'isMaster' || name === 'ismaster';
}

function hasWriteErrors(reply: Buffer): boolean {
  const reader = new ElementReader(reply);
  while (reader.next()) if (reader.name === 'writeErrors') return true;
  return false;
}

function unknownCommand(name: string): Buffer {
  if (name === 'listCommands') return encodeDocument(listCommands());
  // One server without users: the questions have answers, they are just empty.
  if (name === 'usersInfo') return encodeDocument({ users: [], ok: new Double(1) });
  if (name === 'rolesInfo') return encodeDocument({ roles: [], ok: new Double(1) });
  return errorReply(new CommandError(59, `no such command: '${name}'`));
}

function listCommands(): BsonDocument {
  const commands: BsonDocument = {};
  for (const name of [...COMMANDS.keys(), 'listCommands', 'usersInfo', 'rolesInfo'].sort()) {
    commands[name] = { help: '', requiresAuth: false, secondaryOk: true, adminOnly: false, apiVersions: [], deprecatedApiVersions: [] };
  }
  return { commands, ok: new Double(1) };
}

/** Reads the generic arguments in one walk over the command's top level. Throws CommandError and BsonError. */
function readEnvelope(body: Buffer): Envelope {
  const envelope: Envelope = {
    name: '',
    database: null,
    maxTimeMs: null,
    lsid: null,
    transactionNumber: null,
    autocommit: null,
    startTransaction: false,
    target: '$cmd',
  };
  const reader = new ElementReader(body);
  while (reader.next()) {
    if (envelope.name === '') {
      envelope.name = reader.name;
      if (reader.type === BSON.string) envelope.target = String(decodeValue(new RawValue(reader.type, reader.bytes)));
    } else {
      readGeneric(envelope, reader);
    }
  }
  if (envelope.name === '') throw new CommandError(9, 'the command document is empty');
  return envelope;
}

function readGeneric(envelope: Envelope, reader: ElementReader): void {
  const value = (): ReturnType<typeof decodeValue> => decodeValue(new RawValue(reader.type, reader.bytes));
  switch (reader.name) {
    case '$db':
      if (reader.type !== BSON.string) throw new CommandError(14, "BSON field '$db' is the wrong type, expected type 'string'");
      envelope.database = String(value());
      return;
    case 'maxTimeMS': {
      const limit = asNumber(value());
      if (limit === undefined || limit < 0 || limit > 0x7fffffff) throw new CommandError(2, 'maxTimeMS must be a number from 0 to 2147483647');
      envelope.maxTimeMs = limit === 0 ? null : limit;
      return;
    }
    case 'lsid':
      if (reader.type !== BSON.document) throw new CommandError(14, "BSON field 'lsid' is the wrong type, expected type 'object'");
      envelope.lsid = reader.bytes;
      return;
    case 'txnNumber':
      envelope.transactionNumber = BigInt(asNumber(value()) ?? 0);
      return;
    case 'autocommit':
      envelope.autocommit = value() === true;
      return;
    case 'startTransaction':
      envelope.startTransaction = value() === true;
      return;
    default:
  }
}
