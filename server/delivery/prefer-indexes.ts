// A planner setting for connections that work on the queue.

/**
 * The database's URL with a setting that keeps the planner from reading whole tables. Statements are planned once
 * and kept; one planned while the queue was empty would otherwise read all of it, batch by batch, when a million
 * come in before the statistics are renewed. Every statement of the queue has its index.
 * Behind PgBouncer, `ignore_startup_parameters = options` lets it pass (and drops it).
 */
export function preferIndexes(databaseUrl: string): string {
  const option = `options=${encodeURIComponent('-c enable_seqscan=off')}`;
  return `${databaseUrl}${databaseUrl.includes('?') ? '&' : '?'}${option}`;
}
