// The address of a PostgreSQL server, from a postgresql:// URL. Unix sockets by `?host=/folder`, as libpq writes them.

export interface PgAddress {
  /** Argument of net.connect. */
  readonly endpoint: { path: string } | { host: string; port: number };
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Parses a connection string. Throws an Error that names what is wrong with it, never quoting the password. */
export function parsePgAddress(connectionString: string): PgAddress {
  let url: URL;
  try {
    // WHATWG URLs refuse "user:password@" without a host; libpq's socket URLs have none.
    url = new URL(connectionString.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?#]|$)/, '$1localhost').replace(/^postgres(?:ql)?:\/\/\//, 'postgresql://localhost/'));
  } catch {
    throw new Error('the PostgreSQL connection string is not a URL');
  }
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Error('the PostgreSQL connection string must begin with postgresql://');
  const sslMode = url.searchParams.get('sslmode') ?? 'disable';
  if (!['disable', 'allow', 'prefer'].includes(sslMode)) throw new Error('TLS to PostgreSQL is not supported here: use a Unix socket or loopback');
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const port = Number(url.searchParams.get('port') ?? (url.port || '5432'));
  const user = url.searchParams.get('user') ?? decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1)) || 'documentdb';
  return {
    endpoint: host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host: host || '127.0.0.1', port },
    user: user || 'postgres',
    password: url.searchParams.get('password') ?? decodeURIComponent(url.password),
    database,
  };
}
