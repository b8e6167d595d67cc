// Translates PostgreSQL's errors to MongoDB's. Pure: what to do about an error is decided by the callers.
import { DOCUMENTDB_CODES } from './error-codes.ts';
import { CommandError } from './errors.ts';
import type { PgError } from './pg/protocol.ts';

export const TRANSIENT_TRANSACTION_ERROR = 'TransientTransactionError';

/** SQLSTATEs with one meaning wherever they come from. */
const CODES: Readonly<Record<string, number>> = {
  '22021': 2, // character not in repertoire
  '22023': 2, // invalid parameter value
  '22P02': 2, // invalid text representation
  '22P05': 2, // untranslatable character
  '23505': 11000, // unique violation
  '23P01': 11000, // exclusion violation: how DocumentDB enforces unique indexes
  '25006': 10107, // read-only transaction
  '25P02': 251, // in failed transaction
  '40001': 112, // serialization failure
  '40P01': 112, // deadlock detected
  '42501': 13, // insufficient privilege
  '42P01': 26, // undefined table: the collection was dropped meanwhile
  '53100': 14031, // disk full
  '53200': 146, // out of memory
  '0A000': 115, // feature not supported
  '57014': 50, // query canceled; the canceller knows better why
  '57P01': 91, // admin shutdown
  '57P02': 91, // crash shutdown
  '57P03': 91, // cannot connect now
};

/** Errors after which a transaction may be tried again from its beginning. */
const TRANSIENT_CODES: ReadonlySet<number> = new Set([6, 24, 91, 112, 246, 251]);

/** MongoDB's code for a SQLSTATE; 1 (InternalError) for what is not known. */
export function mongoCode(sqlState: string, message: string, inTransaction: boolean): number {
  if (sqlState.startsWith('M0')) return DOCUMENTDB_CODES[Number.parseInt(sqlState.slice(2), 36)] ?? 8;
  if (sqlState === '55P03') return inTransaction ? 112 : 24; // lock not available
  if (sqlState === '54000') return message.includes('index row') ? 17280 : 1; // program limit exceeded
  return CODES[sqlState] ?? 1;
}

/**
 * DocumentDB reports single failures of a batch with the SQLSTATE packed into a number, six bits a character, as
 * PostgreSQL does internally. Returns the five characters, or null when the number is a plain MongoDB code.
 */
export function unpackSqlState(packed: number): string | null {
  if (packed < 1 << 24) return null;
  let state = '';
  for (let i = 0, rest = packed; i < 5; i++, rest >>= 6) state += String.fromCharCode((rest & 0x3f) + 0x30);
  return /^[0-9A-Z]{5}$/.test(state) ? state : null;
}

/** The command error for an error of PostgreSQL. `inTransaction` adds the label on which drivers restart it. */
export function toCommandError(error: PgError, inTransaction: boolean): CommandError {
  const code = mongoCode(error.sqlState, error.message, inTransaction);
  const labels = inTransaction ? transactionLabels(code) : [];
  return new CommandError(code, error.message, { labels, cause: error });
}

export function transactionLabels(code: number): string[] {
  return TRANSIENT_CODES.has(code) ? [TRANSIENT_TRANSACTION_ERROR] : [];
}
