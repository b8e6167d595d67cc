// One transaction around a function; the only place that says BEGIN.
import type { Pool, PoolClient } from './pool.ts';

/**
 * Runs `work` in a transaction and commits when it returns; rolls back and rethrows when it throws.
 * A connection whose rollback fails is destroyed rather than returned to the pool.
 */
export async function withTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    try {
      await client.query('ROLLBACK');
    } catch (rollbackError) {
      broken = rollbackError as Error;
    }
    throw error;
  } finally {
    client.release(broken);
  }
}
