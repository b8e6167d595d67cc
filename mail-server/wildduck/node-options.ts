// How Node runs the WildDuck package: V8's memory, and the MongoDB front inside the process. Shared with the benchmark,
// so that it measures what the product runs.
import { fileURLToPath } from 'node:url';
import { canAnswerInProcess } from '../documentdb-gateway/in-process.ts';

const GATEWAY_PRELOAD = fileURLToPath(new URL('../documentdb-gateway/preload.ts', import.meta.url));

/**
 * A delivery allocates some megabytes that are garbage once it is stored. With Node's usual 16 MB of young generation a
 * collection meets deliveries under way and has to move them; 64 MB hold several rounds of them.
 */
const V8_OPTIONS = ['--max-semi-space-size=64'];

/** What the front inside the process reads of our environment. */
const GATEWAY_VARIABLES = ['EIDER_GATEWAY_SOCKET', 'DOCUMENTDB_URL', 'EIDER_GATEWAY_PG_CONNECTIONS', 'EIDER_GATEWAY_MAX_CLIENTS', 'EIDER_LOG_LEVEL'];

/** Options of the `node` that runs `server.js`, and the variables that they need (decision 0016). */
export function wildduckNodeOptions(env: Readonly<Record<string, string | undefined>>): { args: string[]; env: Record<string, string | undefined> } {
  if (!canAnswerInProcess(env)) return { args: V8_OPTIONS, env: {} };
  const variables = Object.fromEntries(GATEWAY_VARIABLES.map((name) => [name, env[name]]));
  return { args: [...V8_OPTIONS, '--import', GATEWAY_PRELOAD], env: variables };
}
