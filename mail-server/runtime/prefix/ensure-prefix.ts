// The private prefix of backing services: found in the cache, or built there once. Owns cache layout, locking and
// atomicity; what is in it stands in recipe.ts.
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { lockFile } from '../file-lock.ts';
import { runProgram } from '../run-program.ts';
import { downloadPackages, machineArchitecture, machineMirror } from './apt.ts';
import { prefixPrograms, type PrefixPrograms } from './programs.ts';
import { recipeHash, UNREAD_FOLDERS } from './recipe.ts';
import { relocate, verifyClosure } from './relocate.ts';

/** Written last, inside the prefix: its presence means that the build was finished, for this very path. */
const MARK = 'eider-prefix.json';

/** The shared cache folder: EIDER_CACHE, or `eider` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['EIDER_CACHE']) return resolve(env['EIDER_CACHE']);
  return join(env['XDG_CACHE_HOME'] ? resolve(env['XDG_CACHE_HOME']) : join(homedir(), '.cache'), 'eider');
}

/**
 * The prefix for this machine, built when the cache has none. Safe to call from several processes and checkouts at
 * once, and to kill: a build happens beside its place and is moved there whole; packages fetched by a killed build
 * are kept for the next.
 * @param report called with a line at each step of a build
 * @throws SetupError with one clear line
 */
export async function ensurePrefix(report: (line: string) => void = () => undefined): Promise<PrefixPrograms> {
  const architecture = await machineArchitecture();
  const runtimes = join(cacheFolder(), 'runtime');
  const home = join(runtimes, recipeHash(architecture));
  if (isFinished(home)) return prefixPrograms(home);
  await mkdir(runtimes, { recursive: true, mode: 0o755 });
  const lock = await lockFile(`${home}.lock`, { wait: true });
  try {
    if (!isFinished(home)) await build(home, architecture, report);
  } finally {
    await lock?.release();
  }
  return prefixPrograms(home);
}

function isFinished(home: string): boolean {
  try {
    const mark = JSON.parse(readFileSync(join(home, MARK), 'utf8')) as { home?: string };
    return mark.home === home;
  } catch {
    return false;
  }
}

async function build(home: string, architecture: string, report: (line: string) => void): Promise<void> {
  const downloads = `${home}.packages`;
  const tree = `${home}.building`;
  const mirror = await machineMirror();
  report(`fetching packages from ${mirror}`);
  const packages = await downloadPackages(downloads, mirror, architecture);
  await rm(tree, { recursive: true, force: true });
  await mkdir(tree, { recursive: true, mode: 0o755 });
  report(`unpacking ${packages.length} packages`);
  await inParallel(packages, (file) => runProgram('dpkg-deb', ['--extract', file, tree]));
  for (const folder of UNREAD_FOLDERS) await rm(join(tree, folder), { recursive: true, force: true });
  report('relocating programs and libraries');
  await relocate(tree, home);
  await rm(home, { recursive: true, force: true });
  await rename(tree, home);
  // The loader's path is absolute, so that only the final place can be checked; the mark makes it valid.
  await verifyClosure(home);
  const names = packages.map((file) => file.slice(file.lastIndexOf('/') + 1));
  await writeFile(join(home, `${MARK}.new`), JSON.stringify({ home, packages: names }, null, 1));
  await rename(join(home, `${MARK}.new`), join(home, MARK));
  await rm(downloads, { recursive: true, force: true });
  report('built');
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
