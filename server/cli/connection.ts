// How the command line tool reaches a running installation: the environment that `npm start` gave its roles, kept in
// EIDER_HOME. Variables set by hand win.
import { existsSync, readFileSync } from 'node:fs';
import { environmentPath } from '../../mail-server/runtime/home-paths.ts';
import { loadConfig, type Config } from '../config.ts';
import { secretBoxFromFile, type SecretBox } from '../infra/crypto/secret-box.ts';
import { createPool, type Pool } from '../infra/db/pool.ts';
import { wildduckClientFromConfig, type WildduckClient } from '../infra/wildduck/client.ts';
import { Refusal } from './refusal.ts';

export interface Connection {
  config: Config;
  pool: Pool;
  wildduck: WildduckClient;
  /** For secrets at rest. @throws Refusal when its key is missing */
  secretBox(): SecretBox;
}

/**
 * The configuration of the installation in EIDER_HOME.
 * @param env what is set by hand
 */
export function installationConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const { home } = loadConfig(env);
  const path = environmentPath(home);
  if (!existsSync(path)) {
    if (env['DATABASE_URL']) return loadConfig(env);
    throw new Refusal(`Eider has not been started in ${home} yet: run npm start, or set EIDER_HOME`);
  }
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  return loadConfig({ ...kept, ...set });
}

/** Runs `work` with connections to the installation, and closes them. */
export async function withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const config = installationConfig();
  if (!config.databaseUrl) throw new Refusal('DATABASE_URL is not known: run npm start first, or set it');
  const pool = createPool(config.databaseUrl, { applicationName: 'eider-cli', max: 2 });
  try {
    return await work({
      config,
      pool,
      wildduck: wildduckClientFromConfig(config),
      secretBox: () => {
        if (!config.secretKeyFile) throw new Refusal('EIDER_SECRET_KEY_FILE is not known: run npm start first, or set it');
        return secretBoxFromFile(config.secretKeyFile);
      },
    });
  } finally {
    await pool.end();
  }
}
