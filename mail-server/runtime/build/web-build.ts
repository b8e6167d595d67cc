// The production build of the web app: made when its sources changed, kept per checkout, put in place whole.
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILDS, CHECKOUT, NODE_BIN } from '../checkout.ts';
import { lockFile } from '../file-lock.ts';
import { lastLines, tryProgram } from '../run-program.ts';
import { SetupError } from '../setup-error.ts';
import { sourceHash } from './source-hash.ts';

const SOURCES = [
  ...['app', 'components', 'public', 'server', 'prisma/schema.prisma', 'prisma'],
  ...['next.config.ts', 'proxy.ts', 'instrumentation.ts', 'instrumentation-client.ts', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json'],
];
const HOUR_MS = 3_600_000;
/** Builds are kept for a day after their last use, and a few in any case; a running one says every hour that it is. */
const KEPT_MS = 24 * HOUR_MS;
const KEPT_ANYWAY = 3;

/**
 * The folder of the standalone build for the present sources (`server.js` in it), built when there is none.
 * @param onBuild called before a build, which takes most of a minute
 * @throws SetupError with the end of the compiler's output
 */
export async function ensureWebBuild(onBuild: () => void): Promise<string> {
  const place = join(BUILDS, `web-${await sourceHash(CHECKOUT, SOURCES)}`);
  if (existsSync(place)) return touched(place);
  const lock = await lockFile(join(BUILDS, 'web.lock'), { wait: true });
  try {
    if (existsSync(place)) return await touched(place);
    onBuild();
    await build(place);
    await removeOldBuilds();
    return place;
  } finally {
    await lock?.release();
  }
}

async function build(place: string): Promise<void> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${NODE_BIN}:${process.env['PATH'] ?? ''}`,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  };
  const result = await tryProgram(join(NODE_BIN, 'next'), ['build'], { cwd: CHECKOUT, env });
  if (result.code !== 0) throw new SetupError(`the web app doesn't build: ${lastLines(`${result.stdout}\n${result.stderr}`)}`);
  const output = join(CHECKOUT, '.next');
  const building = `${place}.new`;
  await rm(building, { recursive: true, force: true });
  await mkdir(BUILDS, { recursive: true });
  await rename(join(output, 'standalone'), building);
  // Standalone output leaves these two to a CDN; here the same server serves them.
  await cp(join(output, 'static'), join(building, '.next/static'), { recursive: true });
  if (existsSync(join(CHECKOUT, 'public'))) await cp(join(CHECKOUT, 'public'), join(building, 'public'), { recursive: true });
  if (!existsSync(join(building, 'server.js'))) throw new SetupError('the web build has no server.js: next.config.ts must set output: standalone');
  await rename(building, place);
}

/** Says every hour that `place` is in use, for as long as the process runs. */
export function keepInUse(place: string): void {
  // Somebody may have removed it by hand, which a running server survives until it needs a file of it.
  setInterval(() => void touched(place).catch(() => undefined), HOUR_MS).unref();
}

async function touched(place: string): Promise<string> {
  const now = new Date();
  await utimes(place, now, now);
  return place;
}

async function removeOldBuilds(): Promise<void> {
  const names = (await readdir(BUILDS)).filter((name) => /^web-[0-9a-f]{16}$/.test(name));
  const dated = await Promise.all(names.map(async (name) => ({ name, usedAt: (await stat(join(BUILDS, name))).mtimeMs })));
  const others = dated.sort((a, b) => b.usedAt - a.usedAt).slice(KEPT_ANYWAY);
  const old = others.filter(({ usedAt }) => Date.now() - usedAt > KEPT_MS);
  for (const { name } of old) await rm(join(BUILDS, name), { recursive: true, force: true });
}
