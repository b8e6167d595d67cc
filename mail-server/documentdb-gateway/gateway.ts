// Puts the gateway together: pool, stores, dispatcher and listeners; starts and stops them.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Logger } from '../../server/infra/log/logger.ts';
import { Backend } from './backend.ts';
import { ClientConnection, CLIENT_TIMEOUTS, type ClientTimeouts } from './client-connection.ts';
import type { Services, Statistics } from './commands/context.ts';
import { CursorStore, hasResultFile, type Cursor } from './cursors.ts';
import { Dispatcher } from './dispatcher.ts';
import { OperationRegistry } from './operation.ts';
import { PgPool } from './pg/pool.ts';
import type { Statement } from './pg/protocol.ts';
import { SESSION_SETTINGS, type GatewaySettings } from './settings.ts';
import { TransactionStore } from './transactions.ts';

const DELETE_CURSORS: Statement = { name: 'delete_cursors', sql: 'SELECT documentdb_api_internal.delete_cursors($1::text::bigint[])' };
/** Sweeps result files that a crashed gateway left behind; open cursors are younger than this. */
const CLEAN_RESULT_FILES: Statement = { name: 'clean_result_files', sql: 'SELECT documentdb_api_internal.cursor_directory_cleanup(1200)' };
const CLEAN_EVERY_MS = 10 * 60_000;
const DRAIN_MS = 5_000;
const HOUSEKEEPING = { name: 'housekeeping', namespace: 'admin.$cmd', clientId: 0, maxTimeMs: 20_000 };

export class Gateway {
  readonly #settings: GatewaySettings;
  readonly #log: Logger;
  readonly #timeouts: ClientTimeouts;
  readonly #pool: PgPool;
  readonly #services: Services;
  readonly #dispatcher: Dispatcher;
  readonly #clients = new Set<ClientConnection>();
  readonly #servers: Server[] = [];
  #cleaner: NodeJS.Timeout | null = null;
  #lastClientId = 0;
  #lastConnectError = '';

  constructor(settings: GatewaySettings, log: Logger, timeouts: ClientTimeouts = CLIENT_TIMEOUTS) {
    this.#settings = settings;
    this.#log = log;
    this.#timeouts = timeouts;
    this.#pool = new PgPool({
      address: settings.database,
      size: settings.poolSize,
      settings: SESSION_SETTINGS,
      onConnectError: (error) => this.#onConnectError(error),
    });
    const backend = new Backend(this.#pool);
    const statistics: Statistics = {
      startedAt: Date.now(),
      commands: {},
      connections: 0,
      totalConnections: 0,
      availableConnections: settings.maxClients,
    };
    this.#services = {
      backend,
      statistics,
      cursors: new CursorStore((cursors) => this.#disposeCursors(cursors)),
      transactions: new TransactionStore(backend, Math.max(1, Math.floor(settings.poolSize / 2))),
      operations: new OperationRegistry(),
    };
    this.#dispatcher = new Dispatcher(this.#services, log);
  }

  /** Waits for PostgreSQL (as long as it takes), then listens. Resolves with the TCP port, if one was asked for. */
  async start(): Promise<{ tcpPort: number | null }> {
    await this.#untilDatabaseAnswers();
    const { socketPath, tcpPort } = this.#settings;
    if (socketPath !== null) {
      rmSync(socketPath, { force: true }); // left behind by a crash; two gateways on one path are the supervisor's to avoid
      await this.#listen({ path: socketPath });
      chmodSync(socketPath, 0o600);
    }
    const server = tcpPort === null ? null : await this.#listen({ host: '127.0.0.1', port: tcpPort });
    this.#cleaner = setInterval(() => this.#cleanResultFiles(), CLEAN_EVERY_MS);
    return { tcpPort: server === null ? null : (server.address() as AddressInfo).port };
  }

  /** Stops taking commands, lets those under way finish for some seconds, then closes everything. */
  async stop(): Promise<void> {
    if (this.#cleaner !== null) clearInterval(this.#cleaner);
    for (const server of this.#servers) server.close();
    for (const client of this.#clients) client.finish();
    const until = Date.now() + DRAIN_MS;
    while (this.#clients.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const operation of this.#services.operations.all()) operation.stop('shutdown');
    for (const client of this.#clients) client.destroy();
    this.#services.transactions.end();
    this.#services.cursors.end();
    this.#pool.end();
    if (this.#settings.socketPath !== null) rmSync(this.#settings.socketPath, { force: true });
  }

  async #untilDatabaseAnswers(): Promise<void> {
    for (;;) {
      try {
        this.#pool.release(await this.#pool.acquire(30_000));
        return;
      } catch (error) {
        this.#log.warn({ err: error }, 'still waiting for PostgreSQL');
      }
    }
  }

  #listen(where: { path: string } | { host: string; port: number }): Promise<Server> {
    const server = createServer({ noDelay: true }, (socket) => this.accept(socket));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(where, () => resolve(server));
    });
  }

  /** Serves a client over a connected stream: a socket that a listener took, or one end of an in-process pair. */
  accept(socket: Socket): void {
    const { statistics, transactions } = this.#services;
    if (this.#clients.size >= this.#settings.maxClients) {
      this.#log.warn({ limit: this.#settings.maxClients }, 'too many client connections');
      socket.destroy();
      return;
    }
    this.#lastClientId += 1;
    const id = this.#lastClientId;
    const address = socket.remoteAddress === undefined ? 'anonymous unix socket' : `${socket.remoteAddress}:${socket.remotePort}`;
    const connection = new ClientConnection(socket, { id, address, metadata: null }, this.#dispatcher, this.#timeouts);
    this.#clients.add(connection);
    statistics.connections += 1;
    statistics.totalConnections += 1;
    socket.once('close', () => {
      this.#clients.delete(connection);
      statistics.connections -= 1;
      transactions.clientGone(id);
    });
  }

  /** Frees result files of closed cursors in the background; DocumentDB would only do so after their expiry. */
  #disposeCursors(cursors: Cursor[]): void {
    const ids = cursors.filter(hasResultFile).map((cursor) => cursor.id);
    if (ids.length > 0) this.#runInBackground(DELETE_CURSORS, [`{${ids.join(',')}}`]);
  }

  #cleanResultFiles(): void {
    this.#runInBackground(CLEAN_RESULT_FILES, []);
  }

  #runInBackground(statement: Statement, parameters: string[]): void {
    const operation = this.#services.operations.begin(HOUSEKEEPING);
    this.#services.backend
      .run(operation, statement, parameters, 'repeat')
      .catch((error: unknown) => this.#log.warn({ err: error, statement: statement.name }, 'housekeeping failed'))
      .finally(() => this.#services.operations.end(operation));
  }

  /** During an outage every attempt fails alike: said once. */
  #onConnectError(error: Error): void {
    if (error.message === this.#lastConnectError) return;
    this.#lastConnectError = error.message;
    this.#log.warn({ reason: error.message }, 'cannot connect to PostgreSQL');
  }
}
