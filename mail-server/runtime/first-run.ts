// The first accounts and the demo mailbox, once everything runs. What they are is server/tenants' and server/demo's.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../server/config.ts';
import { secretBoxFromFile } from '../../server/infra/crypto/secret-box.ts';
import { createPool } from '../../server/infra/db/pool.ts';
import { wildduckClientFromConfig } from '../../server/infra/wildduck/client.ts';
import { FIRST_DOMAIN, firstRun } from '../../server/tenants/first-run.ts';
import { CHECKOUT } from './checkout.ts';
import { runProgram } from './run-program.ts';

/** Makes the first tenant, domain and accounts if this is a first run. */
export async function ensureFirstRun(env: NodeJS.ProcessEnv, path: string, detail: (text: string) => void): Promise<void> {
  if (existsSync(path)) return;
  const config = loadConfig(env);
  const pool = createPool(env['DATABASE_URL'] ?? '', { applicationName: 'eider-first-run', max: 2 });
  try {
    const deps = {
      pool,
      wildduck: wildduckClientFromConfig(config),
      secretBox: secretBoxFromFile(env['EIDER_SECRET_KEY_FILE'] ?? ''),
    };
    const result = await firstRun(deps, path);
    detail(result === 'made' ? `written to ${path}` : 'the database has accounts already');
  } finally {
    await pool.end();
  }
}

/** Fills alice's mailbox with the demo messages; what is there already is left alone. */
export async function fillDemo(env: NodeJS.ProcessEnv, detail: (text: string) => void): Promise<void> {
  const program = join(CHECKOUT, 'server/demo/fill.ts');
  const output = await runProgram(process.execPath, [program, '--address', `alice@${FIRST_DOMAIN}`], { cwd: CHECKOUT, env });
  detail(output.trim());
}
