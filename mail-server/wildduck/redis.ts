// Valkey/Redis as WildDuck uses it. Owns connection options and the stale index lock; WildDuck owns all keys.
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

/**
 * WildDuck takes this lock while it makes its indexes and lets it lapse after five minutes. When it was
 * killed meanwhile, the next start would skip the indexes altogether. Making them twice at once is
 * harmless (each is "create if missing"), so the lock is always opened.
 */
export async function openIndexLock(redisUrl: string): Promise<void> {
  const redis = new Redis({ ...redisOptions(redisUrl), lazyConnect: true, maxRetriesPerRequest: 3 });
  try {
    await redis.connect();
    await redis.del('wildduck:db_indexes');
  } finally {
    redis.disconnect();
  }
}
