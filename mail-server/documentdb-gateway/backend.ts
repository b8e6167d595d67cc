// Runs statements on PostgreSQL for commands: takes a connection, enforces the command's time limit, translates
// errors, and bridges restarts of PostgreSQL so that a statement takes effect exactly once or fails with an error.
import { CommandError } from './errors.ts';
import type { Operation } from './operation.ts';
import { PgConnectionLost, type PgConnection } from './pg/connection.ts';
import { PoolTimeout, type PgPool } from './pg/pool.ts';
import { PgError, type Parameter, type Row, type Statement } from './pg/protocol.ts';
import { TRANSACTION_FATE } from './pg/transaction-mark.ts';
import { toCommandError } from './sql-state.ts';

/**
 * What to do when the connection dies under a statement: `repeat` it (it changes nothing), `resolve` its fate from
 * the transaction's mark in its last column and repeat it only if it was not committed, or `fail`.
 */
export type OnLoss = 'repeat' | 'resolve' | 'fail';

/** Longest wait for a connection, be it that all are busy or that PostgreSQL is restarting. */
const PATIENCE_MS = 30_000;
const CONFLICT_ATTEMPTS = 20;

export class Backend {
  readonly pool: PgPool;

  constructor(pool: PgPool) {
    this.pool = pool;
  }

  /** Runs a statement on a connection of the pool. Throws CommandError. */
  async run(operation: Operation, statement: Statement, parameters: Parameter[], onLoss: OnLoss): Promise<Row[]> {
    const giveUpAt = Date.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt++) {
      const connection = await this.acquire(operation, giveUpAt - Date.now());
      try {
        return await this.#runOn(operation, connection, statement, parameters, onLoss === 'resolve');
      } catch (error) {
        if (error instanceof PgError) {
          if (isConflict(error) && attempt < CONFLICT_ATTEMPTS && operation.stopReason === null) continue;
          throw this.#translate(operation, error, false);
        }
        if (!(error instanceof PgConnectionLost)) throw error;
        if (onLoss === 'fail' || Date.now() >= giveUpAt) throw outage(error);
        if (onLoss === 'resolve' && (await this.committed(operation, markOf(error.rows)))) return error.rows;
      } finally {
        this.release(operation, connection);
      }
    }
  }

  /** Runs a statement on a connection that the caller owns, such as a transaction's. Throws CommandError. */
  async runPinned(operation: Operation, connection: PgConnection, statement: Statement, parameters: Parameter[], inTransaction: boolean): Promise<Row[]> {
    try {
      return await this.#runOn(operation, connection, statement, parameters, false);
    } catch (error) {
      if (error instanceof PgError) throw this.#translate(operation, error, inTransaction);
      if (error instanceof PgConnectionLost) throw outage(error, inTransaction);
      throw error;
    }
  }

  /** A connection for `operation`. Throws CommandError when none can be had within `waitMs` and the command's time limit. */
  async acquire(operation: Operation, waitMs: number): Promise<PgConnection> {
    operation.check();
    try {
      const connection = await this.pool.acquire(operation.remainingMs(Math.max(waitMs, 0)));
      if (operation.stopReason === null) return connection;
      this.pool.release(connection);
      throw operation.stopError();
    } catch (error) {
      if (!(error instanceof PoolTimeout)) throw error;
      operation.check();
      throw new CommandError(91, error.message, { cause: error });
    }
  }

  /** Gives a connection back, unless a cancellation may still hit it. */
  release(operation: Operation, connection: PgConnection): void {
    if (operation.tainted) connection.close();
    else this.pool.release(connection);
  }

  /** Whether a transaction committed before its connection died. One without a mark never wrote anything, hence did not. */
  async committed(operation: Operation, mark: string | null): Promise<boolean> {
    if (mark === null) return false;
    for (;;) {
      const rows = await this.run(operation, TRANSACTION_FATE, [mark], 'repeat');
      const status = rows[0]?.[0]?.toString();
      if (status === 'committed') return true;
      if (status !== 'in progress') return false;
      await new Promise((resolve) => setTimeout(resolve, 20)); // the old server process is still finishing
    }
  }

  async #runOn(operation: Operation, connection: PgConnection, statement: Statement, parameters: Parameter[], flush: boolean): Promise<Row[]> {
    operation.attach(connection);
    try {
      return await connection.run(statement, parameters, flush);
    } finally {
      operation.detach();
    }
  }

  #translate(operation: Operation, error: PgError, inTransaction: boolean): CommandError {
    if (error.sqlState === '57014' && operation.stopReason !== null) return operation.stopError();
    return toCommandError(error, inTransaction);
  }
}

/** Conflicts that MongoDB would hide outside transactions: nothing was written, so the statement is simply run again. */
function isConflict(error: PgError): boolean {
  return error.sqlState === '40001' || error.sqlState === '40P01';
}

function markOf(rows: Row[]): string | null {
  const row = rows[0];
  return row?.[row.length - 1]?.toString() ?? null;
}

function outage(error: PgConnectionLost, inTransaction = false): CommandError {
  const labels = inTransaction ? ['TransientTransactionError'] : [];
  return new CommandError(91, error.message, { labels, cause: error });
}
