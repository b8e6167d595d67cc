// The gateway's own environment, parsed once at start, and the PostgreSQL session settings that it relies on.
import { dirname } from 'node:path';
import { statSync } from 'node:fs';
import { parsePgAddress, type PgAddress } from './pg/address.ts';

export interface GatewaySettings {
  /** Path of the Unix socket to listen on, or null for none. */
  readonly socketPath: string | null;
  /** Loopback TCP port, for tests; null for none, 0 for any free one. */
  readonly tcpPort: number | null;
  readonly database: PgAddress;
  /** Most connections to PostgreSQL. */
  readonly poolSize: number;
  /** Most client connections; further ones are closed at once. */
  readonly maxClients: number;
}

/** sun_path holds 108 bytes with its terminator. */
const LONGEST_SOCKET_PATH = 107;

/**
 * Session settings. Result files let any connection continue a cursor; without them DocumentDB binds sorted and
 * grouped results to one session, and closes the older of two. Held JIT costs more than any of these statements.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  application_name: 'eider-documentdb-gateway',
  'documentdb.useFileBasedPersistedCursors': 'on',
  jit: 'off',
  timezone: 'UTC',
};

/**
 * Reads EIDER_GATEWAY_SOCKET, EIDER_GATEWAY_TCP_PORT, DOCUMENTDB_URL, EIDER_GATEWAY_PG_CONNECTIONS and
 * EIDER_GATEWAY_MAX_CLIENTS. Throws an Error with one line that names the variable at fault.
 */
export function loadSettings(env: NodeJS.ProcessEnv): GatewaySettings {
  const socketPath = env['EIDER_GATEWAY_SOCKET'] ?? null;
  const tcpPort = env['EIDER_GATEWAY_TCP_PORT'] === undefined ? null : whole(env, 'EIDER_GATEWAY_TCP_PORT', 0, 0, 65_535);
  if (socketPath === null && tcpPort === null) throw new Error('EIDER_GATEWAY_SOCKET is not set');
  if (socketPath !== null) checkSocketPath(socketPath);
  const url = env['DOCUMENTDB_URL'];
  if (url === undefined) throw new Error('DOCUMENTDB_URL is not set');
  let database: PgAddress;
  try {
    database = parsePgAddress(url);
  } catch (error) {
    throw new Error(`DOCUMENTDB_URL: ${(error as Error).message}`, { cause: error });
  }
  return {
    socketPath,
    tcpPort,
    database,
    poolSize: whole(env, 'EIDER_GATEWAY_PG_CONNECTIONS', 16, 2, 500),
    maxClients: whole(env, 'EIDER_GATEWAY_MAX_CLIENTS', 1000, 1, 100_000),
  };
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) throw new Error(`${name} must be a whole number from ${least} to ${most}`);
  return value;
}

/** Whoever can open the socket owns all mail, so its folder must be closed to others. */
function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) throw new Error(`EIDER_GATEWAY_SOCKET is longer than ${LONGEST_SOCKET_PATH} bytes`);
  if (!path.endsWith('.sock')) throw new Error('EIDER_GATEWAY_SOCKET must end in .sock, or MongoDB drivers take it for a host name');
  let mode: number;
  try {
    mode = statSync(dirname(path)).mode;
  } catch (error) {
    throw new Error(`EIDER_GATEWAY_SOCKET: folder ${dirname(path)} does not exist`, { cause: error });
  }
  if (mode & 0o077) throw new Error(`EIDER_GATEWAY_SOCKET: folder ${dirname(path)} must have mode 0700`);
}
