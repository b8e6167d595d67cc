// One command under way: its time limit, what it is running on, and how it is stopped.
// The registry of all of them is what currentOp shows and killOp acts on.
import { CommandError } from './errors.ts';
import type { PgConnection } from './pg/connection.ts';

export type StopReason = 'time-limit' | 'killed' | 'client-gone' | 'shutdown';

const STOP_ERRORS: Record<StopReason, { code: number; message: string }> = {
  'time-limit': { code: 50, message: 'operation exceeded time limit' },
  killed: { code: 11601, message: 'operation was interrupted' },
  'client-gone': { code: 279, message: 'the client disconnected' },
  shutdown: { code: 11600, message: 'the server is shutting down' },
};

const CANCEL_AGAIN_MS = 200;

export interface OperationDescription {
  readonly name: string;
  readonly namespace: string;
  readonly clientId: number;
  /** maxTimeMS of the command, or null. */
  readonly maxTimeMs: number | null;
}

export class Operation {
  readonly id: number;
  readonly description: OperationDescription;
  readonly startedAt = Date.now();
  readonly #deadline: number | null;
  #connection: PgConnection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stop: StopReason | null = null;
  #tainted = false;

  constructor(id: number, description: OperationDescription) {
    this.id = id;
    this.description = description;
    this.#deadline = description.maxTimeMs === null ? null : this.startedAt + description.maxTimeMs;
  }

  get stopReason(): StopReason | null {
    return this.#stop;
  }

  get running(): boolean {
    return this.#connection !== null;
  }

  /** True once a cancellation was sent to the connection: it might still arrive, so the connection must not be reused. */
  get tainted(): boolean {
    return this.#tainted;
  }

  /** Milliseconds that the command may still take, at most `limitMs`. */
  remainingMs(limitMs: number): number {
    return this.#deadline === null ? limitMs : Math.max(0, Math.min(limitMs, this.#deadline - Date.now()));
  }

  get expired(): boolean {
    return this.#deadline !== null && Date.now() >= this.#deadline;
  }

  /** Throws when the command was stopped or its time is over. */
  check(): void {
    if (this.#stop === null && this.expired) this.#stop = 'time-limit';
    if (this.#stop !== null) throw this.stopError();
  }

  stopError(): CommandError {
    const { code, message } = STOP_ERRORS[this.#stop ?? 'time-limit'];
    return new CommandError(code, message);
  }

  /** The command now runs on `connection`; from here on, stopping it means cancelling there. */
  attach(connection: PgConnection): void {
    this.check();
    this.#connection = connection;
    if (this.#deadline !== null) {
      this.#timer = setTimeout(() => this.stop('time-limit'), Math.max(1, this.#deadline - Date.now()));
    }
  }

  detach(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#connection = null;
  }

  /** Stops the command as soon as PostgreSQL allows. Later calls and stops of finished commands change nothing. */
  stop(reason: StopReason): void {
    if (this.#stop !== null) return;
    this.#stop = reason;
    this.#cancel();
  }

  /** Repeated while the command runs: a cancellation that overtakes the statement it is meant for does nothing. */
  #cancel(): void {
    if (this.#connection === null) return;
    this.#tainted = true;
    void this.#connection.cancel();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#cancel(), CANCEL_AGAIN_MS);
  }
}

/** All commands under way, by their opid. */
export class OperationRegistry {
  readonly #operations = new Map<number, Operation>();
  #lastId = 0;

  begin(description: OperationDescription): Operation {
    this.#lastId = (this.#lastId % 0x7fffffff) + 1;
    const operation = new Operation(this.#lastId, description);
    this.#operations.set(operation.id, operation);
    return operation;
  }

  end(operation: Operation): void {
    this.#operations.delete(operation.id);
  }

  get(id: number): Operation | undefined {
    return this.#operations.get(id);
  }

  all(): IterableIterator<Operation> {
    return this.#operations.values();
  }
}
