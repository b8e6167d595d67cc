// Vitest's global setup: one PostgreSQL for the run, announced to the workers by environment. When the variable is
// set already (by the test command, or by hand), that server is used and left alone.
import { startTestPostgres } from './start-test-postgres.ts';
import { SERVER_VARIABLE } from './test-database.ts';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[SERVER_VARIABLE]) return undefined;
  const server = await startTestPostgres();
  process.env[SERVER_VARIABLE] = server.url('postgres');
  return async () => {
    delete process.env[SERVER_VARIABLE];
    await server.stop();
  };
}
