// createIndexes, dropIndexes, reIndex. createIndexes answers when the indexes exist, as drivers rely on.
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeDocument } from '../bson/read.ts';
import { Double, type BsonDocument, type BsonValue } from '../bson/types.ts';
import { encodeDocument } from '../bson/write.ts';
import { CommandError } from '../errors.ts';
import type { Statement } from '../pg/protocol.ts';
import { mongoCode, unpackSqlState } from '../sql-state.ts';
import { collectionName, execute, fetchDocument, type CommandContext, type Handler } from './context.ts';

const COLLECTION_BYTES: Statement = {
  name: 'collection_bytes',
  sql: `SELECT pg_relation_size(format('documentdb_data.documents_%s', collection_id)::regclass)::text
        FROM documentdb_api_catalog.collections WHERE database_name = $1 AND collection_name = $2 AND view_definition IS NULL`,
};
const CREATE_BLOCKING: Statement = {
  name: 'create_indexes_blocking',
  sql: 'SELECT documentdb_api_internal.create_indexes_non_concurrently($1, $2, true)',
};
const CREATE_BACKGROUND: Statement = {
  name: 'create_indexes_background',
  sql: 'SELECT retval, ok, requests FROM documentdb_api.create_indexes_background($1, $2)',
};
const BUILD_STATUS: Statement = {
  name: 'build_index_status',
  sql: 'SELECT retval, ok, complete FROM documentdb_api_internal.check_build_index_status($1)',
};
const DROP: Statement = { name: 'drop_indexes', sql: 'SELECT documentdb_api_internal.drop_indexes_non_concurrently($1, $2)' };

/**
 * Up to this size an index is built under a lock, in milliseconds and in one call; above it in the background,
 * where writes go on but each build waits for pg_cron (about two seconds).
 */
const BLOCKING_LIMIT_BYTES = 16 * 1024 * 1024;
const POLL_MS = 250;

export const createIndexes: Handler = async (context) => {
  const collection = collectionName(context);
  const size = await execute(context, COLLECTION_BYTES, [context.database, collection], 'repeat');
  const bytes = Number(size[0]?.[0]?.toString() ?? 0);
  if (bytes <= BLOCKING_LIMIT_BYTES || context.transaction !== null) {
    return unwrap(await fetchDocument(context, CREATE_BLOCKING, [context.database, context.body], 'repeat'));
  }
  const rows = await execute(context, CREATE_BACKGROUND, [context.database, context.body], 'repeat');
  const [result, ok, requests] = rows[0] ?? [];
  if (!result) throw new CommandError(1, 'DocumentDB returned nothing for createIndexes');
  if (ok?.[0] === 1 && requests) await untilBuilt(context, requests);
  return unwrap(result);
};

async function untilBuilt(context: CommandContext, requests: Buffer): Promise<void> {
  for (;;) {
    const rows = await execute(context, BUILD_STATUS, [requests], 'repeat');
    const [status, ok, complete] = rows[0] ?? [];
    if (ok?.[0] !== 1) {
      if (status) unwrap(status);
      throw new CommandError(67, 'the index build failed');
    }
    if (complete?.[0] === 1) return;
    context.operation.check();
    await sleep(POLL_MS);
  }
}

/** DocumentDB answers as a cluster does, with the result under raw.<shard>; clients expect it at the top. */
function unwrap(reply: Buffer): BsonDocument {
  const document = decodeDocument(reply);
  const shards = document['raw'];
  const first = shards === undefined || shards === null ? document : (Object.values(shards as BsonDocument)[0] as BsonDocument);
  const result: BsonDocument = { ...first };
  if (Number(result['ok'] ?? 1) !== 1) throw failure(result);
  result['ok'] = new Double(1);
  return result;
}

function failure(result: BsonDocument): CommandError {
  const packed = Number(result['code'] ?? 67);
  const message = String(result['errmsg'] ?? 'createIndexes failed');
  const sqlState = unpackSqlState(packed);
  return new CommandError(sqlState === null ? packed : mongoCode(sqlState, message, false), message);
}

/** dropIndexes, also under its old name deleteIndexes. */
export const dropIndexes: Handler = async (context) => {
  collectionName(context);
  const body = context.name === 'dropIndexes' ? context.body : renamed(context.body, 'dropIndexes');
  return unwrap(await fetchDocument(context, DROP, [context.database, body], 'fail'));
};

function renamed(body: Buffer, name: string): Buffer {
  const [first, ...rest] = Object.entries(decodeDocument(body)) as Array<[string, BsonValue]>;
  return encodeDocument({ [name]: first?.[1] ?? null, ...Object.fromEntries(rest) });
}

/** MongoDB allows reIndex on standalone servers only; PostgreSQL's indexes need none, so that it reports what is there. */
export const reIndex: Handler = async (context) => {
  const collection = collectionName(context);
  const list: Statement = {
    name: 'index_list',
    sql: `SELECT documentdb_api_internal.index_spec_as_bson(i.index_spec, true, $1 || '.' || $2)
          FROM documentdb_api_catalog.collection_indexes i JOIN documentdb_api_catalog.collections c USING (collection_id)
          WHERE c.database_name = $1 AND c.collection_name = $2 ORDER BY i.index_id`,
  };
  const rows = await execute(context, list, [context.database, collection], 'repeat');
  if (rows.length === 0) throw new CommandError(26, 'collection does not exist');
  const indexes = rows.map((row) => row[0] as Buffer);
  return { nIndexesWas: indexes.length, nIndexes: indexes.length, indexes, ok: new Double(1) };
};
