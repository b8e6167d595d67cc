// unbound and the tools that sign a zone, for tests of DNSSEC: those of the machine, or Debian's packages, fetched once and
// unpacked into a folder of the tests' own. Nothing is installed, no service started, and root is not needed.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from '../../../../test/system-packages.ts';

const run = promisify(execFile);
const PACKAGES = ['unbound', 'ldnsutils'];
const PROGRAMS = ['unbound', 'ldns-keygen', 'ldns-signzone'];

export interface UnboundTools {
  /** The environment that the programs are found and run in. */
  env: NodeJS.ProcessEnv;
}

/** @returns null, having said why, where they cannot be had */
export async function unboundTools(): Promise<UnboundTools | null> {
  if (PROGRAMS.every(onPath)) return { env: withPaths([], []) };
  const folder = join(process.env['EIDER_CACHE'] ?? join(homedir(), '.cache', 'eider'), 'test-tools', 'unbound');
  try {
    if (!existsSync(folder)) await unpack(folder);
  } catch (error) {
    console.warn(`without unbound, DNSSEC is not tested: ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`);
    return null;
  }
  const libraries = readdirSync(join(folder, 'usr', 'lib')).map((name) => join(folder, 'usr', 'lib', name));
  return { env: withPaths([join(folder, 'usr', 'sbin'), join(folder, 'usr', 'bin')], libraries) };
}

function withPaths(programs: string[], libraries: string[]): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [...programs, process.env['PATH'], '/usr/sbin'].join(':'), ...(libraries.length > 0 && { LD_LIBRARY_PATH: libraries.join(':') }) };
}

/** Appears at its place when it is whole: two runs at once do no harm. */
async function unpack(folder: string): Promise<void> {
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, 'unpacking-'));
  try {
    // What the machine lacks of them and of what they need.
    const { stdout } = await run('apt-get', ['install', '--print-uris', '--yes', '-qq', '--no-install-recommends', ...PACKAGES]);
    const names = [...stdout.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb /gm)].map(([, name]) => name!);
    if (names.length === 0) throw new Error(`apt knows no ${PACKAGES.join(' and ')}`);
    await run('apt-get', ['download', '-qq', ...names], { cwd: work });
    const root = join(work, 'root');
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) await run('dpkg-deb', ['-x', join(work, file), root]);
    if (!existsSync(folder)) renameSync(root, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
