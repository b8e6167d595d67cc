// Reads and their cursors: find, aggregate, count, distinct, the listing commands, getMore, killCursors.
import { arrayElements, decodeValue, findField, rawFields } from '../bson/read.ts';
import { BSON, BsonError, Double, type RawValue } from '../bson/types.ts';
import { encodeDocument } from '../bson/write.ts';
import type { Cursor } from '../cursors.ts';
import { CommandError } from '../errors.ts';
import type { PgConnection } from '../pg/connection.ts';
import type { Row, Statement } from '../pg/protocol.ts';
import type { OnLoss } from '../backend.ts';
import { asBoolean, collectionName, execute, fetchDocument, optionOf, type CommandContext, type Handler } from './context.ts';
import { readingText, wantsReading } from './text-by-reading.ts';

const firstPage = (kind: string): Statement => ({
  name: `${kind}_first_page`,
  sql: `SELECT cursorpage, continuation, persistconnection, cursorid FROM documentdb_api.${kind}_cursor_first_page($1, $2)`,
});

const FIND = firstPage('find');
const AGGREGATE = firstPage('aggregate');
const LIST_COLLECTIONS = firstPage('list_collections');
const LIST_INDEXES = firstPage('list_indexes');
const COUNT: Statement = { name: 'count', sql: 'SELECT document FROM documentdb_api.count_query($1, $2)' };
const DISTINCT: Statement = { name: 'distinct', sql: 'SELECT document FROM documentdb_api.distinct_query($1, $2)' };
const GET_MORE: Statement = { name: 'get_more', sql: 'SELECT cursorpage, continuation FROM documentdb_api.cursor_get_more($1, $2, $3)' };

export const find: Handler = (context) => openCursor(context, FIND, collectionName(context), 'repeat');

export const aggregate: Handler = (context) => {
  const target = optionOf(context, 'aggregate');
  const collection = typeof target === 'string' ? target : '$cmd.aggregate';
  return openCursor(context, AGGREGATE, collection, writesResult(context) ? 'fail' : 'repeat');
};

export const listCollections: Handler = (context) => openCursor(context, LIST_COLLECTIONS, '$cmd.listCollections', 'repeat');

/**
 * DocumentDB adds options of its own under `storageEngine`. A dump that carried them could not be restored into
 * MongoDB, so they are left out: creating the index again without them gives the same one.
 */
export const listIndexes: Handler = async (context) => {
  const page = await openCursor(context, LIST_INDEXES, collectionName(context), 'repeat');
  const reply = rawFields(page);
  const cursor = rawFields((reply['cursor'] as RawValue).bytes);
  const indexes = arrayElements((cursor['firstBatch'] as RawValue).bytes).map(({ bytes }) => ({ ...rawFields(bytes), storageEngine: undefined }));
  return encodeDocument({ ...reply, cursor: { ...cursor, firstBatch: indexes } });
};

export const count: Handler = (context) =>
  withText(context, collectionName(context), (body) => fetchDocument(context, COUNT, [context.database, body], 'repeat'));
export const distinct: Handler = (context) =>
  withText(context, collectionName(context), (body) => fetchDocument(context, DISTINCT, [context.database, body], 'repeat'));

/** Runs a query, and once more by reading when it asks for a text index that its collection does without. */
async function withText<T>(context: CommandContext, collection: string, run: (body: Buffer) => Promise<T>): Promise<T> {
  try {
    return await run(context.body);
  } catch (error) {
    // Within a transaction PostgreSQL takes nothing more after an error.
    if (context.transaction !== null || !wantsReading(error, collection)) throw error;
    return run(readingText(context.name, collection, context.body));
  }
}

/** A pipeline that ends in $out or $merge changes data, so that it must not be repeated blindly. */
function writesResult(context: CommandContext): boolean {
  const pipeline = findField(context.body, 'pipeline');
  if (pipeline === null || pipeline.type !== BSON.array) return false;
  const last = arrayElements(pipeline.bytes).at(-1);
  if (last === undefined || last.type !== BSON.document) return false;
  return findField(last.bytes, '$out') !== null || findField(last.bytes, '$merge') !== null;
}

async function openCursor(context: CommandContext, statement: Statement, collection: string, onLoss: OnLoss): Promise<Buffer> {
  const rows = await withText(context, collection, (body) => execute(context, statement, [context.database, body], onLoss));
  const [page, continuation, persist, id] = rows[0] ?? [];
  if (!page) throw new CommandError(1, `DocumentDB returned nothing for ${context.name}`);
  if (!continuation || !id) return page;
  const bound = persist?.[0] === 1;
  if (bound && context.transaction === null) {
    // Result files are switched on for every session of ours (see settings.ts), so DocumentDB binds a cursor to its
    // session only inside transactions. The page is complete in itself; going on would need that very session.
    throw new CommandError(235, 'DocumentDB bound a cursor to its connection outside a transaction');
  }
  context.services.cursors.add({
    id: id.readBigInt64BE(0),
    database: context.database,
    collection,
    sessionKey: context.sessionKey,
    connection: context.transaction?.connection ?? null,
    inTransaction: context.transaction !== null,
    keepAlive: asBoolean(optionOf(context, 'noCursorTimeout')),
    continuation: Buffer.from(continuation),
    lastUsed: Date.now(),
    busy: false,
  });
  return page;
}

/** The next page of a cursor. A cursor that fails is gone, as in MongoDB. */
export const getMore: Handler = async (context) => {
  const id = optionOf(context, 'getMore');
  if (typeof id !== 'bigint' && typeof id !== 'number') throw new CommandError(14, "BSON field 'getMore.getMore' is the wrong type, expected type 'long'");
  const { cursors } = context.services;
  const cursor = cursors.get(BigInt(id));
  if (cursor === undefined) throw new CommandError(43, `cursor id ${id} not found`);
  const collection = optionOf(context, 'collection');
  if (cursor.database !== context.database || (typeof collection === 'string' && !sameCollection(cursor, collection))) {
    throw new CommandError(13, `Requested getMore on namespace '${context.database}.${String(collection)}', but cursor belongs to a different namespace ${cursor.database}.${cursor.collection}`);
  }
  if (cursor.busy) throw new CommandError(143, `cursor id ${id} is already in use`);
  cursor.busy = true;
  try {
    const [page, continuation] = (await nextPage(context, cursor))[0] ?? [];
    if (!page) throw new CommandError(1, 'DocumentDB returned nothing for getMore');
    if (continuation) {
      cursor.continuation = Buffer.from(continuation);
      if (cursors.get(cursor.id) === cursor) cursors.touch(cursor, Date.now());
    } else {
      cursors.drained(cursor);
    }
    return page;
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 50) cursors.kill(cursor.id);
    throw error;
  } finally {
    cursor.busy = false;
  }
};

/** listCollections names its cursor `$cmd.listCollections`, which DocumentDB spells differently. */
function sameCollection(cursor: Cursor, collection: string): boolean {
  return cursor.collection.toLowerCase() === collection.toLowerCase();
}

function nextPage(context: CommandContext, cursor: Cursor): Promise<Row[]> {
  const parameters = [context.database, context.body, cursor.continuation];
  if (cursor.connection === null) return execute(context, GET_MORE, parameters, 'repeat');
  if (context.transaction?.connection !== cursor.connection) throw new CommandError(43, `cursor id ${cursor.id} not found: its transaction has ended`);
  return context.services.backend.runPinned(context.operation, cursor.connection as PgConnection, GET_MORE, parameters, true);
}

export const killCursors: Handler = (context) => {
  const list = findField(context.body, 'cursors');
  if (list === null || list.type !== BSON.array) throw new CommandError(14, "BSON field 'killCursors.cursors' is missing or not an array");
  const killed: bigint[] = [];
  const notFound: bigint[] = [];
  for (const element of arrayElements(list.bytes)) {
    const id = decodeValue(element);
    if (typeof id !== 'bigint' && typeof id !== 'number') throw new BsonError('a cursor id must be a number');
    const found = context.services.cursors.kill(BigInt(id));
    (found ? killed : notFound).push(BigInt(id));
  }
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [], ok: new Double(1) };
};
