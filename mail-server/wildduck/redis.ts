// Valkey/Redis as WildDuck uses it. Owns connection options and the lock on making indexes; WildDuck owns all keys.
import { Redis, type RedisOptions } from 'ioredis';

/**
 * Connection options for `redis://[user:password@]host:port[/db]`, `rediss://…` or `unix:///path?db=n&password=p`,
 * in the form that WildDuck's own settings take too (its URL reader knows no sockets).
 */
export function redisOptions(text: string): RedisOptions {
  const url = new URL(text);
  const db = Number(url.searchParams.get('db') ?? (url.protocol === 'unix:' ? 0 : url.pathname.slice(1))) || 0;
  const password = decodeURIComponent(url.password) || url.searchParams.get('password') || undefined;
  const username = decodeURIComponent(url.username) || undefined;
  const login = { ...(username ? { username } : {}), ...(password ? { password } : {}), db };
  if (url.protocol === 'unix:') return { path: decodeURIComponent(url.pathname), ...login };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port) || 6379, ...login, ...(url.protocol === 'rediss:' ? { tls: {} } : {}) };
}

const INDEX_LOCK = 'wildduck:db_indexes';
/** Longer than a start may take; a leftover harms nothing, since the next start takes the lock again. */
const INDEX_LOCK_MS = 5 * 60_000;

/**
 * Takes the lock under which WildDuck makes its indexes, so that it makes none (index-setup.ts has made them). The
 * lock's library only asks whether the key exists. A lock that a killed predecessor left behind is taken over.
 */
export async function holdIndexLock(redisUrl: string): Promise<void> {
  const redis = new Redis({ ...redisOptions(redisUrl), lazyConnect: true, maxRetriesPerRequest: 3 });
  try {
    await redis.connect();
    await redis.multi().del(INDEX_LOCK).hset(INDEX_LOCK, 'index', 'eider').pexpire(INDEX_LOCK, INDEX_LOCK_MS).exec();
  } finally {
    redis.disconnect();
  }
}
