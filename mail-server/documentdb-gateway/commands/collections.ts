// Databases and collections: create, drop, rename, list, collMod, statistics, validate, compact.
import { decodeDocument, findField, decodeValue } from '../bson/read.ts';
import { BSON, Double, RawValue, type BsonDocument } from '../bson/types.ts';
import { encodeDocument } from '../bson/write.ts';
import { CommandError } from '../errors.ts';
import type { Statement } from '../pg/protocol.ts';
import { asBoolean, asNumber, collectionName, execute, fetchDocument, optionOf, type CommandContext, type Handler } from './context.ts';

const statement = (name: string, sql: string): Statement => ({ name, sql });

const CREATE = statement('create', 'SELECT documentdb_api.create_collection_view($1, $2)');
const DROP = statement('drop', 'SELECT documentdb_api.drop_collection($1, $2)::text');
const DROP_DATABASE = statement('drop_database', 'SELECT documentdb_api.drop_database($1)');
const LIST_DATABASES = statement('list_databases', 'SELECT documentdb_api.list_databases($1)');
const DATABASE_SIZES = statement(
  'database_sizes',
  `SELECT database_name, sum(pg_total_relation_size(to_regclass(format('documentdb_data.documents_%s', collection_id))))::text
   FROM documentdb_api_catalog.collections WHERE view_definition IS NULL GROUP BY database_name`,
);
const RENAME = statement('rename', 'SELECT documentdb_api.rename_collection($1, $2, $3, $4::text::boolean)');
const COLL_MOD = statement('coll_mod', 'SELECT documentdb_api.coll_mod($1, $2, $3)');
const COLL_STATS = statement('coll_stats', 'SELECT documentdb_api.coll_stats($1, $2, $3::text::float8)');
const DB_STATS = statement('db_stats', 'SELECT documentdb_api.db_stats($1, $2::text::float8, $3::text::boolean)');
const VALIDATE = statement('validate', 'SELECT document FROM documentdb_api.validate($1, $2)');
const COMPACT = statement('compact', 'SELECT documentdb_api.compact($1)');
const COLLECTION_EXISTS = statement(
  'collection_exists',
  `SELECT (SELECT count(*) FROM documentdb_api_catalog.collection_indexes i WHERE i.collection_id = c.collection_id)::text
   FROM documentdb_api_catalog.collections c WHERE database_name = $1 AND collection_name = $2`,
);

const OK: BsonDocument = { ok: new Double(1) };

export const create: Handler = async (context) => {
  const collection = collectionName(context);
  if (asBoolean(optionOf(context, 'capped'))) throw new CommandError(115, 'capped collections are not supported by DocumentDB');
  const exists = await execute(context, COLLECTION_EXISTS, [context.database, collection], 'repeat');
  if (exists.length > 0 && findField(context.body, 'viewOn') === null) {
    throw new CommandError(48, `Collection ${context.database}.${collection} already exists.`);
  }
  await fetchDocument(context, CREATE, [context.database, context.body], 'fail');
  return OK;
};

/** Dropping what does not exist succeeds, as in MongoDB 7. */
export const drop: Handler = async (context) => {
  const collection = collectionName(context);
  const found = await execute(context, COLLECTION_EXISTS, [context.database, collection], 'repeat');
  if (found.length === 0) return OK;
  await execute(context, DROP, [context.database, collection], 'repeat');
  context.services.cursors.killWhere((cursor) => cursor.database === context.database && cursor.collection === collection);
  return { nIndexesWas: Number(found[0]?.[0]?.toString() ?? 0), ns: `${context.database}.${collection}`, ok: new Double(1) };
};

export const dropDatabase: Handler = async (context) => {
  await execute(context, DROP_DATABASE, [context.database], 'repeat');
  context.services.cursors.killWhere((cursor) => cursor.database === context.database);
  return { dropped: context.database, ok: new Double(1) };
};

/** DocumentDB knows the names only; the sizes, on disk and with indexes, are PostgreSQL's. */
export const listDatabases: Handler = async (context) => {
  requireAdmin(context);
  const reply = decodeDocument(await fetchDocument(context, LIST_DATABASES, [context.body], 'repeat'));
  if (asBoolean(optionOf(context, 'nameOnly'))) return reply;
  const rows = await execute(context, DATABASE_SIZES, [], 'repeat');
  const sizes = new Map(rows.map(([name, bytes]) => [name?.toString() ?? '', Number(bytes?.toString() ?? 0)]));
  const databases = (reply['databases'] as BsonDocument[]).map((database) => {
    const sizeOnDisk = sizes.get(String(database['name'])) ?? 0;
    return { ...database, sizeOnDisk: new Double(sizeOnDisk), empty: sizeOnDisk === 0 };
  });
  const totalSize = databases.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk.value, 0);
  return { ...reply, databases, totalSize: new Double(totalSize), ok: new Double(1) };
};

export const renameCollection: Handler = async (context) => {
  requireAdmin(context);
  const [database, collection] = splitNamespace(optionOf(context, 'renameCollection'), 'renameCollection.renameCollection');
  const [targetDatabase, target] = splitNamespace(optionOf(context, 'to'), 'renameCollection.to');
  if (database !== targetDatabase) throw new CommandError(115, 'renaming a collection into another database is not supported by DocumentDB');
  const dropTarget = asBoolean(optionOf(context, 'dropTarget'));
  await execute(context, RENAME, [database, collection, target, String(dropTarget)], 'fail');
  return OK;
};

function splitNamespace(value: unknown, field: string): [string, string] {
  if (typeof value !== 'string') throw new CommandError(14, `BSON field '${field}' is the wrong type, expected type 'string'`);
  const dot = value.indexOf('.');
  if (dot <= 0 || dot === value.length - 1) throw new CommandError(73, `Invalid namespace specified '${value}'`);
  return [value.slice(0, dot), value.slice(dot + 1)];
}

export const collMod: Handler = (context) => fetchDocument(context, COLL_MOD, [context.database, collectionName(context), context.body], 'fail');

export const collStats: Handler = (context) => {
  const scale = String(asNumber(optionOf(context, 'scale')) ?? 1);
  return fetchDocument(context, COLL_STATS, [context.database, collectionName(context), scale], 'repeat');
};

export const dbStats: Handler = async (context) => {
  const scale = String(asNumber(optionOf(context, 'scale')) ?? 1);
  const freeStorage = String(asBoolean(optionOf(context, 'freeStorage')));
  const stats = decodeDocument(await fetchDocument(context, DB_STATS, [context.database, scale, freeStorage], 'repeat'));
  // MongoDB gives plain numbers here; a shell shows 64-bit integers as Long('3').
  const plain = Object.fromEntries(Object.entries(stats).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));
  const objects = asNumber(plain['objects']) ?? 0;
  const avgObjSize = objects === 0 ? 0 : (asNumber(plain['dataSize']) ?? 0) / objects;
  return { ...plain, avgObjSize: new Double(avgObjSize), ok: new Double(1) };
};

export const validate: Handler = (context) => {
  collectionName(context);
  return fetchDocument(context, VALIDATE, [context.database, context.body], 'repeat');
};

export const compact: Handler = async (context) => {
  collectionName(context);
  await fetchDocument(context, COMPACT, [encodeDocument({ ...rawCopy(context.body), $db: context.database })], 'repeat');
  return { bytesFreed: 0, ok: new Double(1) };
};

/** Size of a collection's documents, which the data browser tools ask for. */
export const dataSize: Handler = async (context) => {
  const [database, collection] = splitNamespace(optionOf(context, 'dataSize') ?? optionOf(context, 'datasize'), 'dataSize.dataSize');
  const stats = await fetchDocument(context, COLL_STATS, [database, collection, '1'], 'repeat');
  const field = (name: string): number => asNumber(decodeValue(findField(stats, name) ?? new RawValue(BSON.null, Buffer.alloc(0)))) ?? 0;
  return { size: field('size'), numObjects: field('count'), millis: 0, estimate: false, ok: new Double(1) };
};

function rawCopy(document: Buffer): BsonDocument {
  return decodeDocument(document);
}

function requireAdmin(context: CommandContext): void {
  if (context.database !== 'admin') throw new CommandError(13, `${context.name} may only be run against the admin database.`);
}
