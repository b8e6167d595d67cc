// Rewrites the writeErrors of a batch: DocumentDB numbers them by SQLSTATE, drivers want MongoDB's codes and, for
// duplicate keys, MongoDB's message, keyPattern and keyValue.
import { arrayElements, decodeDocument, findField, rawFields } from '../bson/read.ts';
import { BSON, type BsonDocument, type BsonValue } from '../bson/types.ts';
import { encodeDocument } from '../bson/write.ts';
import { mongoCode, transactionLabels, unpackSqlState } from '../sql-state.ts';
import { CommandError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { duplicateKeyDetails } from './duplicate-key.ts';

/** Codes after which the whole command fails instead of one of its writes: the caller should run all of it again. */
const WHOLE_COMMAND: ReadonlySet<number> = new Set([112, 24, 13]);

/** The reply with its writeErrors translated. Throws CommandError where the whole command should count as failed. */
export async function translateWriteErrors(context: CommandContext, collection: string, reply: Buffer): Promise<Buffer> {
  const errors = findField(reply, 'writeErrors');
  if (errors === null || errors.type !== BSON.array) return reply;
  const translated: BsonValue[] = [];
  for (const element of arrayElements(errors.bytes)) {
    translated.push(await translateOne(context, collection, decodeDocument(element.bytes)));
  }
  const result = rawFields(reply);
  result['writeErrors'] = translated;
  return encodeDocument(result);
}

async function translateOne(context: CommandContext, collection: string, error: BsonDocument): Promise<BsonDocument> {
  const packed = Number(error['code'] ?? 0);
  const message = String(error['errmsg'] ?? '');
  const sqlState = unpackSqlState(packed);
  const code = sqlState === null ? packed : mongoCode(sqlState, message, context.transaction !== null);
  if (WHOLE_COMMAND.has(code)) {
    throw new CommandError(code, message, { labels: context.transaction === null ? [] : transactionLabels(code) });
  }
  const rest = { ...error };
  if (code !== 11000) return { ...rest, code, errmsg: message };
  const index = Number(error['index'] ?? 0);
  const details = await duplicateKeyDetails(context, collection, { message, constraint: '', writeIndex: index });
  return { ...rest, code, ...details };
}
