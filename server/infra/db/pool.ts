// PostgreSQL connections for hand-written SQL. Ordinary console reads go through prisma.ts instead.
import pg from 'pg';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;
/** What a store function needs: a pool, or a client within a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

// int8 arrives as text by default. Sizes, counts and sequence numbers here stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));

export interface PoolOptions {
  /** The most connections that this process opens (10). */
  max?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** A statement that runs longer is cancelled, in milliseconds (30,000); 0 for none. */
  statementTimeoutMs?: number;
}

/** Beyond the statement's own limit, an answer is waited for this long: then the server or the way to it is dead. */
const ANSWER_GRACE_MS = 5_000;

/**
 * A pool on `url` (postgresql://…, a Unix socket as `?host=/folder`). Connections are made when first used.
 * A connection that breaks while idle is dropped silently: the next query takes another or fails itself.
 */
export function createPool(url: string, options: PoolOptions = {}): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'eider',
    statement_timeout: statementTimeoutMs,
    // The server cannot cancel anything over a connection that carries nothing: without a limit of our own, the
    // caller would wait for as long as the kernel does, which is hours.
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + ANSWER_GRACE_MS }),
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  pool.on('error', () => {
    // The server closed an idle connection (restart, failover). node-postgres has already removed it.
  });
  return pool;
}
