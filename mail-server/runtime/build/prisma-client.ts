// Generates Prisma's client when the schema changed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT, NODE_BIN } from '../checkout.ts';
import { lockFile } from '../file-lock.ts';
import { runProgram } from '../run-program.ts';
import { sourceHash } from './source-hash.ts';

const SOURCES = ['prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'];
const GENERATED = join(CHECKOUT, 'server/infra/db/generated');

/**
 * Brings server/infra/db/generated up to date. Idempotent; one at a time per checkout.
 * @returns whether something was generated
 */
export async function ensurePrismaClient(): Promise<boolean> {
  const wanted = await sourceHash(CHECKOUT, SOURCES);
  const mark = join(GENERATED, '.eider-source');
  const isCurrent = async () => (await readFile(mark, 'utf8').catch(() => '')) === wanted;
  if (await isCurrent()) return false;
  const lock = await lockFile(join(CHECKOUT, '.eider-build', 'prisma.lock'), { wait: true });
  try {
    if (await isCurrent()) return false;
    await runProgram(join(NODE_BIN, 'prisma'), ['generate'], { cwd: CHECKOUT, env: offlineEnvironment() });
    await writeFile(mark, wanted);
    return true;
  } finally {
    await lock?.release();
  }
}

/** Generating needs no schema engine; without this setting the command line would try to download one. */
function offlineEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${NODE_BIN}:${process.env['PATH'] ?? ''}`,
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
}
