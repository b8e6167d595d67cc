// insert, update, delete, findAndModify: one SQL call each, documents passed through as raw bytes.
import { CommandError } from '../errors.ts';
import type { Row, Statement } from '../pg/protocol.ts';
import { TRANSACTION_MARK } from '../pg/transaction-mark.ts';
import { collectionName, execute, type CommandContext, type Handler } from './context.ts';
import { describeDuplicate } from './duplicate-key.ts';
import { translateWriteErrors } from './write-errors.ts';

/**
 * The transaction's mark rides in the last column: it is sent before the commit (see PgConnection.run's flush), and lets
 * Backend find out what became of a write whose connection died.
 */
const writeSql = (call: string): string => `SELECT p_result, p_success, ${TRANSACTION_MARK} FROM ${call}`;

const BATCHES: Readonly<Record<'insert' | 'update' | 'delete', { sequence: string; statement: Statement }>> = {
  insert: { sequence: 'documents', statement: { name: 'insert', sql: writeSql('documentdb_api.insert($1, $2, $3)') } },
  update: { sequence: 'updates', statement: { name: 'update', sql: writeSql('documentdb_api.update($1, $2, $3)') } },
  delete: { sequence: 'deletes', statement: { name: 'delete', sql: writeSql('documentdb_api.delete($1, $2, $3)') } },
};

const FIND_AND_MODIFY: Statement = { name: 'find_and_modify', sql: writeSql('documentdb_api.find_and_modify($1, $2)') };

function batch(kind: keyof typeof BATCHES): Handler {
  const { sequence, statement } = BATCHES[kind];
  return async (context) => {
    collectionName(context);
    for (const name of context.sequences.keys()) {
      if (name !== sequence) throw new CommandError(40415, `BSON field '${kind}.${name}' is an unknown field.`);
    }
    const rows = await execute(context, statement, [context.database, context.body, context.sequences.get(sequence) ?? null], 'resolve');
    return writeReply(context, rows);
  };
}

export const insert = batch('insert');
export const update = batch('update');
export const remove = batch('delete');

/** findAndModify, also under its old name findandmodify. */
export const findAndModify: Handler = async (context) => {
  const collection = collectionName(context);
  try {
    return writeReply(context, await execute(context, FIND_AND_MODIFY, [context.database, context.body], 'resolve'));
  } catch (error) {
    if (error instanceof CommandError && error.code === 11000) throw await describeDuplicate(context, collection, error);
    throw error;
  }
};

async function writeReply(context: CommandContext, rows: Row[]): Promise<Buffer> {
  const [result, success] = rows[0] ?? [];
  if (result === null || result === undefined) throw new CommandError(1, `DocumentDB returned nothing for ${context.name}`);
  if (success?.[0] === 1) return result;
  return translateWriteErrors(context, collectionName(context), result);
}
