// One connection to PostgreSQL: start-up, authentication, one statement at a time, cancellation.
// Which connection to use, and what to do when one dies, is decided elsewhere (pool.ts, backend.ts).
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { FrameAssembler } from '../wire/frame-assembler.ts';
import type { PgAddress } from './address.ts';
import {
  bindAndExecute,
  cancelMessage,
  parseMessage,
  passwordMessage,
  PG_FRAME,
  PgError,
  queryMessage,
  readDataRow,
  readErrorFields,
  startupMessage,
  TERMINATE,
  type Parameter,
  type Row,
  type Statement,
} from './protocol.ts';
import { ScramClient } from './scram.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The connection died before the statement's end was seen. `rows` are those that had arrived: with `flush` they
 * precede the commit, so that a row holding the transaction id allows its outcome to be looked up later.
 */
export class PgConnectionLost extends Error {
  readonly rows: Row[];
  constructor(cause: string, rows: Row[]) {
    super(`connection to PostgreSQL lost: ${cause}`);
    this.rows = rows;
  }
}

interface Pending {
  rows: Row[];
  error: PgError | null;
  parsing: string | null;
  resolve(rows: Row[]): void;
  reject(error: Error): void;
}

export class PgConnection {
  readonly #socket: Socket;
  readonly #address: PgAddress;
  readonly #assembler = new FrameAssembler(PG_FRAME);
  readonly #prepared = new Set<string>();
  #pending: Pending | null = null;
  #scram: ScramClient | null = null;
  #processId = 0;
  #secretKey: Buffer = Buffer.alloc(0);
  #status = 'I';
  #closed = false;
  #lastFatal = '';
  /** Called once when the connection is gone, for whatever reason. */
  onClosed: (() => void) | null = null;

  private constructor(address: PgAddress) {
    this.#address = address;
    this.#socket = connect('path' in address.endpoint ? address.endpoint : { ...address.endpoint, noDelay: true, keepAlive: true });
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        this.#assembler.push(chunk, (frame) => this.#onMessage(frame));
      } catch (error) {
        this.#fail(error instanceof Error ? error.message : String(error));
      }
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(error.code ?? error.message));
    this.#socket.on('close', () => this.#fail('closed by PostgreSQL'));
  }

  /** Opens and authenticates. `settings` are run-time parameters of the session. Rejects with PgError or PgConnectionLost. */
  static async open(address: PgAddress, settings: Record<string, string>): Promise<PgConnection> {
    const connection = new PgConnection(address);
    const timer = setTimeout(() => connection.#fail('no answer in time'), CONNECT_TIMEOUT_MS);
    try {
      const parameters = { user: address.user, database: address.database, client_encoding: 'UTF8', ...settings };
      await connection.#dispatch(startupMessage(parameters), null);
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return connection;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get processId(): number {
    return this.#processId;
  }

  get busy(): boolean {
    return this.#pending !== null;
  }

  /** True inside a transaction block, failed ones included. */
  get inTransaction(): boolean {
    return this.#status !== 'I';
  }

  /**
   * Runs a prepared statement, preparing it first if this connection has not seen it. Rejects with PgError (the
   * connection stays usable) or PgConnectionLost. With `flush`, rows are sent by the server before it commits.
   */
  run(statement: Statement, parameters: Parameter[], flush = false): Promise<Row[]> {
    const known = this.#prepared.has(statement.name);
    const message = bindAndExecute(statement, parameters, flush);
    return known ? this.#dispatch(message, null) : this.#dispatch(Buffer.concat([parseMessage(statement), message]), statement.name);
  }

  /** Runs plain SQL without parameters, such as BEGIN or COMMIT; several statements may be joined by semicolons. */
  execute(sql: string): Promise<Row[]> {
    return this.#dispatch(queryMessage(sql), null);
  }

  /**
   * Asks PostgreSQL to cancel what this connection is running. Resolves when the request was handed over; the
   * statement then usually ends with SQLSTATE 57014, unless it had just finished.
   */
  cancel(): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(this.#address.endpoint as { path: string });
      const timer = setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS);
      socket.on('connect', () => socket.end(cancelMessage(this.#processId, this.#secretKey)));
      socket.on('error', () => socket.destroy()); // the statement's own time limit still stands
      socket.on('data', () => undefined);
      socket.on('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(): void {
    if (!this.#closed && !this.#socket.destroyed) this.#socket.end(TERMINATE);
    this.#fail('closed by the gateway');
  }

  #dispatch(message: Buffer, parsing: string | null): Promise<Row[]> {
    if (this.#pending !== null) return Promise.reject(new Error('a PostgreSQL connection runs one statement at a time'));
    if (this.#closed) return Promise.reject(new PgConnectionLost(this.#lastFatal || 'already closed', []));
    return new Promise((resolve, reject) => {
      this.#pending = { rows: [], error: null, parsing, resolve, reject };
      this.#socket.write(message);
    });
  }

  #onMessage(frame: Buffer): void {
    const pending = this.#pending;
    switch (frame[0]) {
      case 0x44: // DataRow
        pending?.rows.push(readDataRow(frame));
        return;
      case 0x5a: // ReadyForQuery
        this.#status = String.fromCharCode(frame[5] as number);
        return this.#settle();
      case 0x31: // ParseComplete
        if (pending !== null && pending.parsing !== null) this.#prepared.add(pending.parsing);
        return;
      case 0x45: // ErrorResponse
        return this.#onError(new PgError(readErrorFields(frame)));
      case 0x52: // Authentication
        return this.#onAuthentication(frame);
      case 0x4b: // BackendKeyData
        this.#processId = frame.readInt32BE(5);
        this.#secretKey = Buffer.from(frame.subarray(9));
        return;
      default: // BindComplete, CommandComplete, NoticeResponse, ParameterStatus: nothing to learn
    }
  }

  #onError(error: PgError): void {
    if (error.severity === 'FATAL' || error.severity === 'PANIC') this.#lastFatal = error.message;
    if (this.#pending === null) return;
    this.#pending.error = error;
    if (this.#processId === 0) this.#fail(error.message); // during start-up no ReadyForQuery follows
  }

  #settle(): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    if (pending.error !== null) pending.reject(pending.error);
    else pending.resolve(pending.rows);
  }

  #onAuthentication(frame: Buffer): void {
    const { user, password } = this.#address;
    switch (frame.readInt32BE(5)) {
      case 0:
        return;
      case 3:
        this.#socket.write(passwordMessage(Buffer.from(`${password}\0`)));
        return;
      case 5: {
        const md5 = (data: Buffer | string): string => createHash('md5').update(data).digest('hex');
        const digest = md5(Buffer.concat([Buffer.from(md5(password + user)), frame.subarray(9, 13)]));
        this.#socket.write(passwordMessage(Buffer.from(`md5${digest}\0`)));
        return;
      }
      case 10: {
        this.#scram = new ScramClient(password);
        const first = Buffer.from(this.#scram.first());
        const length = Buffer.allocUnsafe(4);
        length.writeInt32BE(first.length, 0);
        this.#socket.write(passwordMessage(Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first])));
        return;
      }
      case 11:
        this.#socket.write(passwordMessage(Buffer.from((this.#scram as ScramClient).final(frame.toString('utf8', 9)))));
        return;
      case 12:
        return (this.#scram as ScramClient).verify(frame.toString('utf8', 9));
      default:
        throw new Error('PostgreSQL asks for an authentication method that is not supported');
    }
  }

  /** Ends the connection once; whatever was under way learns that its end was not seen. */
  #fail(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroySoon();
    const pending = this.#pending;
    this.#pending = null;
    if (pending !== null) {
      const startUpError = this.#processId === 0 ? pending.error : null;
      pending.reject(startUpError ?? new PgConnectionLost(this.#lastFatal || reason, pending.rows));
    }
    this.onClosed?.();
  }
}
