// Makes MongoDB's E11000 out of a unique violation: message, keyPattern and keyValue.
// DocumentDB names only the index; the key is found in its catalogue, the values in the write that failed.
import { arrayElements, decodeDocument, decodeValue, documentLength, findField, findPath } from '../bson/read.ts';
import { BSON, type RawValue, type BsonDocument, type BsonValue } from '../bson/types.ts';
import { CommandError } from '../errors.ts';
import { PgError, type Statement } from '../pg/protocol.ts';
import type { CommandContext } from './context.ts';
import { showValue } from './show-value.ts';

const INDEX: Statement = {
  name: 'index_by_name_or_id',
  sql: `SELECT (i.index_spec).index_name, (i.index_spec).index_key
        FROM documentdb_api_catalog.collection_indexes i JOIN documentdb_api_catalog.collections c USING (collection_id)
        WHERE c.database_name = $1 AND c.collection_name = $2
          AND ((i.index_spec).index_name = $3 OR i.index_id = nullif($4, '')::int)`,
};

interface Violation {
  /** DocumentDB's message, which names the index, or '' */
  readonly message: string;
  /** PostgreSQL's constraint, which carries the index id, or '' */
  readonly constraint: string;
  /** Which write of the batch failed. */
  readonly writeIndex: number;
}

/** errmsg, keyPattern and keyValue for a violation. Fields that cannot be known are left out. */
export async function duplicateKeyDetails(context: CommandContext, collection: string, violation: Violation): Promise<BsonDocument> {
  const namespace = `${context.database}.${collection}`;
  const name = /[Ii]ndex '([^']+)'/.exec(violation.message)?.[1] ?? (violation.constraint.startsWith('collection_pk_') ? '_id_' : '');
  const id = /^documents_rum_index_(\d+)$/.exec(violation.constraint)?.[1] ?? '';
  // Always outside the command's transaction, which the violation may have ended.
  const rows = await context.services.backend.run(context.operation, INDEX, [context.database, collection, name, id], 'repeat');
  const [indexName, key] = rows[0] ?? [];
  if (!indexName || !key) return { errmsg: `E11000 duplicate key error collection: ${namespace}` };
  const keyPattern = decodeDocument(key);
  const keyValue = keyValueOf(Object.keys(keyPattern), candidateDocuments(context, violation.writeIndex));
  const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${showValue(value)}`);
  return {
    errmsg: `E11000 duplicate key error collection: ${namespace} index: ${indexName.toString()} dup key: { ${shown.join(', ')} }`,
    keyPattern: key,
    keyValue,
  };
}

/** The same for a command that fails as a whole, such as findAndModify. */
export async function describeDuplicate(context: CommandContext, collection: string, error: CommandError): Promise<CommandError> {
  const constraint = error.cause instanceof PgError ? error.cause.constraint : '';
  const { errmsg, ...fields } = await duplicateKeyDetails(context, collection, { message: error.message, constraint, writeIndex: 0 });
  return new CommandError(11000, String(errmsg), { labels: error.labels, fields, cause: error.cause });
}

/** Documents in which the offending values may stand, likeliest first. */
function candidateDocuments(context: CommandContext, writeIndex: number): Buffer[] {
  if (context.name === 'insert') return present([batchItem(context, 'documents', writeIndex)]);
  const single = context.name !== 'update';
  const write = single ? context.body : batchItem(context, 'updates', writeIndex);
  if (write === null) return [];
  const change = fieldDocument(write, single ? 'update' : 'u');
  const query = fieldDocument(write, single ? 'query' : 'q');
  const operators = change === null ? [] : ['$set', '$setOnInsert', '$inc', '$max', '$min'].map((name) => fieldDocument(change, name));
  return present([...operators, change, query]);
}

function present(documents: Array<Buffer | null>): Buffer[] {
  return documents.filter((document) => document !== null);
}

function fieldDocument(document: Buffer, name: string): Buffer | null {
  const field = findField(document, name);
  return field !== null && field.type === BSON.document ? field.bytes : null;
}

function batchItem(context: CommandContext, name: string, index: number): Buffer | null {
  const sequence = context.sequences.get(name);
  if (sequence === undefined) {
    const array = findField(context.body, name);
    return array === null || array.type !== BSON.array ? null : (arrayElements(array.bytes)[index]?.bytes ?? null);
  }
  let offset = 0;
  for (let i = 0; i < index && offset < sequence.length; i++) offset += documentLength(sequence, offset);
  return offset < sequence.length ? sequence.subarray(offset, offset + documentLength(sequence, offset)) : null;
}

function keyValueOf(paths: string[], candidates: Buffer[]): BsonDocument {
  const values: BsonDocument = {};
  for (const path of paths) {
    let found: RawValue | null = null;
    for (const document of candidates) {
      // Operators write paths as literal dotted names, documents nest them.
      found = findField(document, path) ?? findPath(document, path);
      if (found !== null && !isOperatorDocument(found)) break;
      found = null;
    }
    values[path] = found ?? null;
  }
  return values;
}

function isOperatorDocument(value: RawValue): boolean {
  if (value.type !== BSON.document) return false;
  return Object.keys(decodeValue(value) as Record<string, BsonValue>).some((name) => name.startsWith('$'));
}
