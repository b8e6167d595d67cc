// What a command handler is given, and how it runs statements: on the pool, or on its transaction's connection.
import type { Backend, OnLoss } from '../backend.ts';
import { findField, decodeValue } from '../bson/read.ts';
import { BSON, type BsonDocument, type BsonValue } from '../bson/types.ts';
import type { CursorStore } from '../cursors.ts';
import { CommandError } from '../errors.ts';
import type { Operation, OperationRegistry } from '../operation.ts';
import type { PgConnection } from '../pg/connection.ts';
import type { Parameter, Row, Statement } from '../pg/protocol.ts';
import type { Transaction, TransactionNumber, TransactionStore } from '../transactions.ts';

/** The parts of the gateway that outlive a command. */
export interface Services {
  readonly backend: Backend;
  readonly cursors: CursorStore;
  readonly transactions: TransactionStore;
  readonly operations: OperationRegistry;
  readonly statistics: Statistics;
}

/** Counters since the start of the process, for serverStatus. */
export interface Statistics {
  readonly startedAt: number;
  readonly commands: Record<string, number>;
  connections: number;
  totalConnections: number;
  availableConnections: number;
}

/** The client that sent the command. */
export interface Client {
  readonly id: number;
  readonly address: string;
  /** `client` document of its first hello (driver, application), raw. */
  metadata: Buffer | null;
}

export interface CommandContext {
  readonly services: Services;
  readonly client: Client;
  readonly operation: Operation;
  readonly name: string;
  readonly database: string;
  /** The command document, raw. */
  readonly body: Buffer;
  /** OP_MSG document sequences by name, each the documents back to back. */
  readonly sequences: Map<string, Buffer>;
  readonly sessionKey: string | null;
  readonly transactionNumber: TransactionNumber | null;
  transaction: Transaction | null;
}

/** A handler returns the whole reply: raw BSON of DocumentDB's, or a document to encode. It throws CommandError. */
export type Handler = (context: CommandContext) => Promise<Buffer | BsonDocument> | Buffer | BsonDocument;

/** Runs a statement for a command, inside its transaction if it has one. */
export function execute(context: CommandContext, statement: Statement, parameters: Parameter[], onLoss: OnLoss): Promise<Row[]> {
  const { operation, services, transaction } = context;
  if (transaction === null) return services.backend.run(operation, statement, parameters, onLoss);
  return services.backend.runPinned(operation, transaction.connection as PgConnection, statement, parameters, true);
}

/** Runs a statement that yields one document in its first column. */
export async function fetchDocument(context: CommandContext, statement: Statement, parameters: Parameter[], onLoss: OnLoss): Promise<Buffer> {
  const rows = await execute(context, statement, parameters, onLoss);
  const document = rows[0]?.[0];
  if (document === null || document === undefined) throw new CommandError(1, `DocumentDB returned nothing for ${context.name}`);
  return document;
}

/** The collection that a command names in its first field. Throws InvalidNamespace when it is no name. */
export function collectionName(context: CommandContext): string {
  const value = optionOf(context, context.name);
  if (typeof value !== 'string') throw new CommandError(73, `collection name has invalid type in ${context.name}`);
  if (value === '' || value.includes('\0')) throw new CommandError(73, `Invalid namespace specified '${context.database}.${value}'`);
  return value;
}

/** A top-level field of the command, decoded; undefined when absent. */
export function optionOf(context: CommandContext, name: string): BsonValue {
  const field = findField(context.body, name);
  return field === null ? undefined : decodeValue(field);
}

/** A top-level field that must be a document when present. */
export function documentOption(context: CommandContext, name: string): Buffer | null {
  const field = findField(context.body, name);
  if (field === null || field.type === BSON.null) return null;
  if (field.type !== BSON.document) throw new CommandError(14, `BSON field '${context.name}.${name}' is the wrong type, expected type 'object'`);
  return field.bytes;
}

/** A number whatever its BSON type, or undefined when the value is none. */
export function asNumber(value: BsonValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}

/** MongoDB's idea of truth for options that may come as booleans or numbers. */
export function asBoolean(value: BsonValue): boolean {
  return value === true || (typeof value === 'number' && value !== 0) || (typeof value === 'bigint' && value !== 0n);
}
