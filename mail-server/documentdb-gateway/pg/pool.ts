// A bounded pool of PostgreSQL connections with a first-come queue.
// Each MongoDB client has at most one command under way, so that first come is also fair among clients.
import type { PgAddress } from './address.ts';
import { PgConnection } from './connection.ts';

export interface PoolOptions {
  readonly address: PgAddress;
  /** Most connections ever open. */
  readonly size: number;
  /** Run-time parameters of every session. */
  readonly settings: Record<string, string>;
  /** Told when connecting fails (once per attempt), for the log. */
  onConnectError(error: Error): void;
}

interface Waiter {
  resolve(connection: PgConnection): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** No connection became free, or PostgreSQL did not come back, in the time that the caller could wait. */
export class PoolTimeout extends Error {}

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

export class PgPool {
  readonly #options: PoolOptions;
  readonly #idle: PgConnection[] = [];
  readonly #all = new Set<PgConnection>();
  readonly #waiters: Waiter[] = [];
  #opening = 0;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#options.size;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  get open(): number {
    return this.#all.size;
  }

  /** A connection of the caller's own until `release`. Rejects with PoolTimeout after `waitMs`. */
  acquire(waitMs: number): Promise<PgConnection> {
    if (this.#ended) return Promise.reject(new PoolTimeout('the gateway is stopping'));
    const connection = this.#idle.pop(); // the most recently used: warm caches on PostgreSQL's side
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject, timer: setTimeout(() => this.#giveUp(waiter), waitMs) };
      this.#waiters.push(waiter);
      this.#grow();
    });
  }

  /** Gives a connection back. One that is broken, or was left inside a transaction, is thrown away. */
  release(connection: PgConnection): void {
    if (connection.closed) return;
    if (this.#ended || connection.inTransaction || connection.busy) {
      connection.close();
      return;
    }
    this.#offer(connection);
  }

  /** Closes everything; waiters are refused. */
  end(): void {
    this.#ended = true;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(new PoolTimeout('the gateway is stopping'));
    }
    for (const connection of [...this.#all]) connection.close();
  }

  #offer(connection: PgConnection): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#idle.push(connection);
      return;
    }
    clearTimeout(waiter.timer);
    waiter.resolve(connection);
  }

  #giveUp(waiter: Waiter): void {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    waiter.reject(new PoolTimeout('no PostgreSQL connection became available in time'));
  }

  #grow(): void {
    if (this.#ended || this.#retryTimer !== null) return;
    const room = this.#options.size - this.#all.size - this.#opening;
    const wanted = Math.min(room, this.#waiters.length - this.#opening);
    for (let i = 0; i < wanted; i++) void this.#openOne();
  }

  async #openOne(): Promise<void> {
    this.#opening += 1;
    try {
      const connection = await PgConnection.open(this.#options.address, this.#options.settings);
      this.#opening -= 1;
      this.#retryMs = FIRST_RETRY_MS;
      this.#all.add(connection);
      connection.onClosed = () => this.#drop(connection);
      if (this.#ended) connection.close();
      else this.#offer(connection);
    } catch (error) {
      this.#opening -= 1;
      this.#options.onConnectError(error instanceof Error ? error : new Error(String(error)));
      this.#retryLater();
    }
  }

  #drop(connection: PgConnection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#grow();
  }

  /** While PostgreSQL is away, one attempt at a time at growing intervals, for as long as somebody waits. */
  #retryLater(): void {
    if (this.#ended || this.#retryTimer !== null || this.#waiters.length === 0) return;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      this.#grow();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}
