// Sessions and the ends of transactions. A session exists by being named; only its transaction and cursors are kept.
import { randomUUID } from 'node:crypto';
import { arrayElements, findField } from '../bson/read.ts';
import { BSON, Double, RawValue, type BsonDocument } from '../bson/types.ts';
import { CommandError } from '../errors.ts';
import type { CommandContext, Handler } from './context.ts';

const OK: BsonDocument = { ok: new Double(1) };

/** Key of a session: its UUID in hexadecimal. Throws when `lsid` is no document with a UUID. */
export function sessionKeyOf(lsid: Buffer): string {
  const id = findField(lsid, 'id');
  if (id === null || id.type !== BSON.binary || id.bytes.length !== 21) throw new CommandError(9, 'lsid.id must be a UUID');
  return id.bytes.toString('hex', 5);
}

function listedSessions(context: CommandContext): string[] {
  const list = findField(context.body, context.name);
  if (list === null || list.type !== BSON.array) throw new CommandError(14, `BSON field '${context.name}' is not an array of sessions`);
  return arrayElements(list.bytes).map((element) => {
    if (element.type !== BSON.document) throw new CommandError(14, 'a session must be a document');
    return sessionKeyOf(element.bytes);
  });
}

export const startSession: Handler = () => {
  const uuid = Buffer.concat([Buffer.from([16, 0, 0, 0, 4]), Buffer.from(randomUUID().replaceAll('-', ''), 'hex')]);
  return { id: { id: new RawValue(BSON.binary, uuid) }, timeoutMinutes: 30, ok: new Double(1) };
};

/** Ends sessions: their transactions are aborted and their cursors closed. */
export const endSessions: Handler = (context) => {
  for (const key of listedSessions(context)) endSession(context, key);
  return OK;
};

export const killAllSessions: Handler = (context) => {
  context.services.transactions.end();
  context.services.cursors.killWhere((cursor) => !cursor.busy);
  return OK;
};

export const refreshSessions: Handler = (context) => {
  listedSessions(context);
  return OK;
};

function endSession(context: CommandContext, key: string): void {
  context.services.transactions.forgetSession(key);
  context.services.cursors.killWhere((cursor) => cursor.sessionKey === key);
}

export const commitTransaction: Handler = async (context) => {
  if (context.transactionNumber === null) throw new CommandError(125, 'commitTransaction must be run within a transaction');
  await context.services.transactions.commit(context.operation, context.transactionNumber);
  closeTransactionCursors(context);
  return OK;
};

export const abortTransaction: Handler = (context) => {
  if (context.transactionNumber === null) throw new CommandError(125, 'abortTransaction must be run within a transaction');
  const { transactions } = context.services;
  transactions.abort(transactions.find(context.operation, context.transactionNumber));
  closeTransactionCursors(context);
  return OK;
};

function closeTransactionCursors(context: CommandContext): void {
  const key = context.sessionKey;
  context.services.cursors.killWhere((cursor) => cursor.inTransaction && cursor.sessionKey === key);
}
