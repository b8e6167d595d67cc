// Multi-statement transactions: each owns one PostgreSQL connection from its first command to its end.
// The driver speaks of one by its session (lsid) and number; this file keeps that mapping and its time limits.
import type { Backend } from './backend.ts';
import { CommandError } from './errors.ts';
import type { Operation } from './operation.ts';
import { PgConnectionLost, type PgConnection } from './pg/connection.ts';
import { PgError } from './pg/protocol.ts';
import { TRANSACTION_MARK } from './pg/transaction-mark.ts';
import { toCommandError, TRANSIENT_TRANSACTION_ERROR } from './sql-state.ts';

/** As MongoDB's transactionLifetimeLimitSeconds. */
const LIFETIME_MS = 60_000;
/** After the socket that a transaction came by has closed, another one of the same driver may carry on. */
const ORPHAN_GRACE_MS = 5_000;
const WAIT_FOR_CONNECTION_MS = 10_000;

/**
 * Repeatable read is PostgreSQL's snapshot isolation, as MongoDB's transactions have it. MongoDB fails a write at
 * once when another transaction holds the document; a short lock time-out comes close without failing on the
 * moments for which ordinary writes hold their locks.
 */
const BEGIN = "START TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '100ms'";

export interface TransactionNumber {
  readonly sessionKey: string;
  readonly number: bigint;
}

export type TransactionState = 'open' | 'committed' | 'aborted';

export class Transaction {
  readonly id: TransactionNumber;
  readonly startedAt = Date.now();
  state: TransactionState = 'open';
  connection: PgConnection | null;
  clientId: number;
  busy = false;
  timer: NodeJS.Timeout | null = null;

  constructor(id: TransactionNumber, connection: PgConnection, clientId: number) {
    this.id = id;
    this.connection = connection;
    this.clientId = clientId;
  }
}

export class TransactionStore {
  readonly #backend: Backend;
  readonly #bySession = new Map<string, Transaction>();
  readonly #limit: number;
  #open = 0;

  /** At most `limit` transactions are open at a time, so that ordinary commands always find a connection. */
  constructor(backend: Backend, limit: number) {
    this.#backend = backend;
    this.#limit = limit;
  }

  get openCount(): number {
    return this.#open;
  }

  /** Opens a transaction for its first command. An older one of the same session is aborted, as MongoDB does. */
  async begin(operation: Operation, id: TransactionNumber): Promise<Transaction> {
    const previous = this.#bySession.get(id.sessionKey);
    if (previous !== undefined) {
      if (previous.id.number > id.number) throw new CommandError(225, `Cannot start transaction ${id.number}: a newer one, ${previous.id.number}, was started`);
      if (previous.id.number === id.number) throw new CommandError(117, `transaction ${id.number} was already started`);
      this.abort(previous);
    }
    if (this.#open >= this.#limit) {
      throw new CommandError(24, 'too many open transactions', { labels: [TRANSIENT_TRANSACTION_ERROR] });
    }
    this.#open += 1;
    try {
      const connection = await this.#backend.acquire(operation, WAIT_FOR_CONNECTION_MS);
      await connection.execute(BEGIN);
      return this.#register(new Transaction(id, connection, operation.description.clientId));
    } catch (error) {
      this.#open -= 1;
      if (error instanceof PgError) throw toCommandError(error, true);
      if (error instanceof PgConnectionLost) throw new CommandError(91, error.message, { labels: [TRANSIENT_TRANSACTION_ERROR], cause: error });
      throw error;
    }
  }

  #register(transaction: Transaction): Transaction {
    this.#bySession.set(transaction.id.sessionKey, transaction);
    transaction.timer = setTimeout(() => this.abort(transaction), LIFETIME_MS);
    return transaction;
  }

  /** The open transaction that a later command belongs to. Throws NoSuchTransaction when it has ended or never was. */
  find(operation: Operation, id: TransactionNumber): Transaction {
    const transaction = this.#bySession.get(id.sessionKey);
    if (transaction === undefined || transaction.id.number !== id.number) {
      throw new CommandError(251, `Given transaction number ${id.number} does not match any in-progress transactions`, { labels: [TRANSIENT_TRANSACTION_ERROR] });
    }
    if (transaction.state === 'committed') throw new CommandError(256, `Transaction ${id.number} has been committed`);
    if (transaction.state === 'aborted') {
      throw new CommandError(251, `Transaction ${id.number} has been aborted`, { labels: [TRANSIENT_TRANSACTION_ERROR] });
    }
    if (transaction.busy) throw new CommandError(117, 'the transaction is running another command');
    transaction.clientId = operation.description.clientId;
    return transaction;
  }

  /**
   * Commits. Repeating a commit that succeeded succeeds again. When PostgreSQL goes away during the commit, its
   * outcome is looked up afterwards, so that the answer is never a guess.
   */
  async commit(operation: Operation, id: TransactionNumber): Promise<void> {
    const known = this.#bySession.get(id.sessionKey);
    if (known !== undefined && known.id.number === id.number && known.state === 'committed') return;
    const transaction = this.find(operation, id);
    const connection = transaction.connection as PgConnection;
    let mark: string | null = null;
    try {
      const rows = await connection.execute(`SELECT ${TRANSACTION_MARK}`);
      mark = rows[0]?.[0]?.toString() ?? null;
      await connection.execute('COMMIT');
      this.#finish(transaction, 'committed');
    } catch (error) {
      this.#finish(transaction, 'aborted');
      if (error instanceof PgError) throw toCommandError(error, true);
      if (!(error instanceof PgConnectionLost)) throw error;
      if (await this.#backend.committed(operation, mark)) {
        transaction.state = 'committed';
        return;
      }
      throw new CommandError(251, 'the transaction was lost when PostgreSQL restarted', { labels: [TRANSIENT_TRANSACTION_ERROR], cause: error });
    }
  }

  /**
   * Aborts; nothing happens when it has ended already. The connection is rolled back in the background, or thrown
   * away (`discard`) when a cancellation may still be on its way to it.
   */
  abort(transaction: Transaction, discard = false): void {
    if (transaction.state !== 'open') return;
    const connection = transaction.connection as PgConnection;
    const busy = connection.busy;
    this.#finish(transaction, 'aborted', false);
    if (busy || discard || connection.closed) {
      connection.close(); // PostgreSQL rolls back by itself
      return;
    }
    connection.execute('ROLLBACK').then(
      () => this.#backend.pool.release(connection),
      () => connection.close(),
    );
  }

  /** Ends what a session has open; used by endSessions, killSessions and abortTransaction. */
  abortSession(sessionKey: string): void {
    const transaction = this.#bySession.get(sessionKey);
    if (transaction !== undefined) this.abort(transaction);
  }

  forgetSession(sessionKey: string): void {
    this.abortSession(sessionKey);
    this.#bySession.delete(sessionKey);
  }

  /** A client socket has closed: transactions last used by it are aborted unless another socket carries on soon. */
  clientGone(clientId: number): void {
    for (const transaction of this.#bySession.values()) {
      if (transaction.clientId !== clientId || transaction.state !== 'open') continue;
      const timer = setTimeout(() => {
        if (transaction.clientId === clientId) this.abort(transaction);
      }, ORPHAN_GRACE_MS);
      timer.unref();
    }
  }

  end(): void {
    for (const transaction of this.#bySession.values()) this.abort(transaction);
    this.#bySession.clear();
  }

  #finish(transaction: Transaction, state: 'committed' | 'aborted', release = true): void {
    transaction.state = state;
    if (transaction.timer !== null) clearTimeout(transaction.timer);
    const connection = transaction.connection;
    transaction.connection = null;
    this.#open -= 1;
    if (release && connection !== null) this.#backend.pool.release(connection);
    this.#forgetOldest();
  }

  /** Ended transactions are kept only to answer repeated commits; the oldest go first. */
  #forgetOldest(): void {
    if (this.#bySession.size <= 10_000) return;
    for (const [key, transaction] of this.#bySession) {
      if (transaction.state === 'open') continue;
      this.#bySession.delete(key);
      return;
    }
  }
}
