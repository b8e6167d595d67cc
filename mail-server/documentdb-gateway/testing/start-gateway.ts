// A gateway in the test's own process, over the test run's PostgreSQL or one of the test's choosing, and its driver.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { pino } from 'pino';
import type { ClientTimeouts } from '../client-connection.ts';
import { Gateway } from '../gateway.ts';
import { parsePgAddress } from '../pg/address.ts';

export interface TestGateway {
  readonly socketPath: string;
  readonly tcpPort: number;
  readonly url: string;
  /** A connected driver; closed by `stop`. */
  client(options?: MongoClientOptions): Promise<MongoClient>;
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly poolSize?: number;
  readonly maxClients?: number;
  readonly timeouts?: ClientTimeouts;
  /** URL of the DocumentDB database; by default that of the test run's server. */
  readonly databaseUrl?: string;
}

/** The `documentdb` database of the server that vitest's global set-up started. */
export function testDatabaseUrl(): string {
  const url = process.env['EIDER_TEST_POSTGRES'];
  if (url === undefined) throw new Error('EIDER_TEST_POSTGRES is not set: run this test in the database or protocol project');
  return url.replace(/\/postgres(\?|$)/, '/documentdb$1');
}

export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'eider-gw-'));
  const socketPath = join(folder, 'mongodb.sock');
  const gateway = new Gateway(
    {
      socketPath,
      tcpPort: 0,
      database: parsePgAddress(options.databaseUrl ?? testDatabaseUrl()),
      poolSize: options.poolSize ?? 8,
      maxClients: options.maxClients ?? 500,
    },
    pino({ level: 'silent' }),
    options.timeouts,
  );
  const { tcpPort } = await gateway.start();
  const url = `mongodb://${encodeURIComponent(socketPath)}/`;
  const clients: MongoClient[] = [];
  return {
    socketPath,
    tcpPort: tcpPort as number,
    url,
    client: async (clientOptions = {}) => {
      const client = await MongoClient.connect(url, clientOptions);
      clients.push(client);
      return client;
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
