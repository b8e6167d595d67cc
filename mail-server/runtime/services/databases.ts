// The two databases of the embedded PostgreSQL: `eider` (relational, by migrations) and `documentdb` (the mail
// store's engine, used by the gateway only).
import pg from 'pg';

export interface DatabaseUrls {
  /** Any database that always exists. */
  admin: string;
  documentdb: string;
}

/** Resolves with whether the server at `url` takes connections now. */
export async function acceptsConnections(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'eider-runtime' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates `name` when it doesn't exist. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  });
}

/** Creates the database `documentdb` with its extensions, or brings the extensions up to the installed version. */
export async function ensureDocumentdb(urls: DatabaseUrls): Promise<void> {
  await ensureDatabase(urls.admin, 'documentdb');
  await withClient(urls.documentdb, async (client) => {
    await client.query('SET client_min_messages = warning');
    await client.query('CREATE EXTENSION IF NOT EXISTS documentdb CASCADE');
    const outdated = await client.query<{ name: string }>(
      `SELECT name FROM pg_available_extensions
        WHERE name IN ('documentdb_core', 'documentdb', 'pg_cron') AND installed_version <> default_version
        ORDER BY name DESC`,
    );
    // pg_cron keeps with each job where it connects to: the folder's name, when EIDER_HOME has moved, is another.
    await client.query("UPDATE cron.job SET nodename = current_setting('cron.host') WHERE nodename <> current_setting('cron.host')");
    for (const { name } of outdated.rows) await client.query(`ALTER EXTENSION ${pg.escapeIdentifier(name)} UPDATE`);
  });
}
