// Open cursors between their pages: the continuation that DocumentDB wants back, and the connection if one is bound.
import { findField } from './bson/read.ts';
import type { PgConnection } from './pg/connection.ts';

/** As MongoDB's cursorTimeoutMillis. */
const IDLE_LIMIT_MS = 10 * 60_000;
const SWEEP_MS = 30_000;
/** DocumentDB keeps at most 5,000 result files; beyond our limit the cursor that was unused longest is closed. */
const MOST_CURSORS = 4_000;

export interface Cursor {
  readonly id: bigint;
  readonly database: string;
  readonly collection: string;
  readonly sessionKey: string | null;
  /** Set for cursors that live in one server session; that connection is then theirs alone (or its transaction's). */
  readonly connection: PgConnection | null;
  /** True when `connection` belongs to a transaction, which gives it back by itself. */
  readonly inTransaction: boolean;
  readonly keepAlive: boolean;
  continuation: Buffer;
  lastUsed: number;
  busy: boolean;
}

export class CursorStore {
  readonly #cursors = new Map<bigint, Cursor>();
  readonly #dispose: (cursors: Cursor[]) => void;
  readonly #sweeper: NodeJS.Timeout;

  /** `dispose` frees what removed cursors hold on PostgreSQL's side; it must not throw. */
  constructor(dispose: (cursors: Cursor[]) => void) {
    this.#dispose = dispose;
    this.#sweeper = setInterval(() => this.expire(Date.now()), SWEEP_MS);
    this.#sweeper.unref();
  }

  get size(): number {
    return this.#cursors.size;
  }

  get(id: bigint): Cursor | undefined {
    return this.#cursors.get(id);
  }

  add(cursor: Cursor): void {
    this.#cursors.set(cursor.id, cursor);
    if (this.#cursors.size > MOST_CURSORS) this.#evictOldest();
  }

  /** Moves a cursor to the young end of the line after a page. */
  touch(cursor: Cursor, now: number): void {
    cursor.lastUsed = now;
    this.#cursors.delete(cursor.id);
    this.#cursors.set(cursor.id, cursor);
  }

  /** Drops a drained cursor: PostgreSQL has already freed its own side. */
  drained(cursor: Cursor): void {
    this.#cursors.delete(cursor.id);
  }

  /** Closes a cursor before its end. False when there is none of that id. */
  kill(id: bigint): boolean {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) return false;
    this.#cursors.delete(id);
    this.#dispose([cursor]);
    return true;
  }

  killWhere(matches: (cursor: Cursor) => boolean): void {
    const doomed = [...this.#cursors.values()].filter(matches);
    for (const cursor of doomed) this.#cursors.delete(cursor.id);
    if (doomed.length > 0) this.#dispose(doomed);
  }

  /** Closes cursors that were idle for too long at `now`. */
  expire(now: number): void {
    this.killWhere((cursor) => !cursor.busy && !cursor.keepAlive && now - cursor.lastUsed > IDLE_LIMIT_MS);
  }

  end(): void {
    clearInterval(this.#sweeper);
    this.killWhere(() => true);
  }

  #evictOldest(): void {
    for (const cursor of this.#cursors.values()) {
      if (cursor.busy) continue;
      this.kill(cursor.id);
      return;
    }
  }
}

/** Whether a cursor's remaining result lies in a file of the server's, which closing it should delete. */
export function hasResultFile(cursor: Cursor): boolean {
  return findField(cursor.continuation, 'qf') !== null;
}
