// Makes the unpacked programs find their own loader and libraries inside the prefix. LD_LIBRARY_PATH won't do: host
// programs that the services start (shells, archive commands) would load the prefix's libraries too, and break.
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram, tryProgram } from '../run-program.ts';
import { SetupError } from '../setup-error.ts';

/** Programs outside PostgreSQL's folder that get the prefix's loader. */
const PROGRAMS = ['usr/bin/valkey-server', 'usr/bin/rspamd', 'usr/bin/rspamadm', 'usr/bin/rspamc', 'usr/bin/openssl'];
const POSTGRES_BIN = 'usr/lib/postgresql/18/bin';
const POSTGRES_LIB = 'usr/lib/postgresql/18/lib';
const RSPAMD_LIB = 'usr/lib/rspamd';

interface Layout {
  /** Where the files are now. */
  tree: string;
  /** Where they will be when they run. */
  home: string;
  loader: string;
  libraryFolders: string[];
}

/** One line of `ld.so --list`. */
export interface ResolvedLibrary {
  name: string;
  /** null: not found. */
  path: string | null;
}

/** Parses `ld.so --list`: `libx.so => /path (0x…)`, `libx.so => not found`; the virtual linux-vdso is left out. */
export function parseLibraryList(text: string): ResolvedLibrary[] {
  const libraries: ResolvedLibrary[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\S+) => (not found|(\S+) \(0x[0-9a-f]+\))\s*$/.exec(line);
    if (match) libraries.push({ name: match[1] ?? '', path: match[3] ?? null });
  }
  return libraries;
}

/**
 * Patches every program and module under `tree` to run from `home`, where `verifyClosure` checks the result.
 * @throws SetupError naming what cannot be patched
 */
export async function relocate(tree: string, home: string): Promise<void> {
  const layout = await readLayout(tree, home);
  await linkControlFiles(tree);
  const bins = (await readdir(join(tree, POSTGRES_BIN))).map((name) => join(POSTGRES_BIN, name));
  const programs = await onlyElf(tree, [...bins, ...PROGRAMS]);
  const modules = await onlyElf(tree, [...(await modulesIn(tree, POSTGRES_LIB)), ...(await modulesIn(tree, RSPAMD_LIB))]);
  const rpath = [POSTGRES_LIB, RSPAMD_LIB, ...layout.libraryFolders].map((folder) => join(home, folder)).join(':');
  const patch = (args: string[]) => runInside(layout, 'usr/bin/patchelf', args);
  for (const program of programs) {
    await patch(['--set-interpreter', join(home, layout.loader), '--force-rpath', '--set-rpath', rpath, join(tree, program)]);
  }
  await patch(['--force-rpath', '--set-rpath', rpath, ...modules.map((file) => join(tree, file))]);
}

/**
 * Checks with the prefix's own loader that every program and module finds its libraries inside `home`.
 * @throws SetupError naming the first that doesn't
 */
export async function verifyClosure(home: string): Promise<void> {
  const layout = await readLayout(home, home);
  const bins = (await readdir(join(home, POSTGRES_BIN))).map((name) => join(POSTGRES_BIN, name));
  const files = await onlyElf(home, [...bins, ...PROGRAMS, ...(await modulesIn(home, POSTGRES_LIB))]);
  for (const file of files) {
    const { stdout, stderr, code } = await tryProgram(join(home, layout.loader), ['--list', join(home, file)]);
    if (code !== 0) throw new SetupError(`the prefix is broken: ${file}: ${stderr.trim()}`);
    const stray = parseLibraryList(stdout).find((library) => library.path === null || !library.path.startsWith(`${home}/`));
    if (stray) throw new SetupError(`the prefix is broken: ${file} finds ${stray.name} at ${stray.path ?? 'no place'}`);
  }
}

async function readLayout(tree: string, home: string): Promise<Layout> {
  const multiarch = (await readdir(join(tree, 'usr/lib'))).find((name) => name.endsWith('-linux-gnu'));
  if (!multiarch) throw new SetupError(`no library folder under ${tree}/usr/lib`);
  const libraries = join('usr/lib', multiarch);
  const loader = await findLoader(tree, libraries);
  // blas and lapack are reached through links that a package script makes (alternatives).
  return { tree, home, loader, libraryFolders: [libraries, join(libraries, 'blas'), join(libraries, 'lapack'), 'usr/lib'] };
}

async function findLoader(tree: string, libraries: string): Promise<string> {
  for (const folder of ['usr/lib64', 'usr/lib', libraries]) {
    const names = await readdir(join(tree, folder)).catch(() => []);
    const name = names.find((entry) => /^ld-linux.*\.so\.\d+$/.test(entry));
    if (name) return join(folder, name);
  }
  throw new SetupError(`no dynamic loader under ${tree}`);
}

/** Runs a program of the tree that has not been patched yet, through the tree's own loader. */
function runInside(layout: Layout, program: string, args: string[]): Promise<string> {
  const libraryPath = layout.libraryFolders.map((folder) => join(layout.tree, folder)).join(':');
  const loader = join(layout.tree, layout.loader);
  return runProgram(loader, ['--library-path', libraryPath, join(layout.tree, program), ...args]);
}

/** PostGIS's control file is a link that a package script makes. */
async function linkControlFiles(tree: string): Promise<void> {
  const folder = join(tree, 'usr/share/postgresql/18/extension');
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  for (const name of names) {
    const base = /^(postgis\w*)-3\.control$/.exec(name)?.[1];
    if (base && !names.includes(`${base}.control`)) await copyFile(join(folder, name), join(folder, `${base}.control`));
  }
}

async function modulesIn(tree: string, folder: string): Promise<string[]> {
  const names = await readdir(join(tree, folder));
  return names.filter((name) => /\.so(\.|$)/.test(name)).map((name) => join(folder, name));
}

async function onlyElf(tree: string, files: string[]): Promise<string[]> {
  const isElf = async (file: string) => (await readFile(join(tree, file))).subarray(0, 4).toString('latin1') === '\x7fELF';
  const checks = await Promise.all(files.map(isElf));
  return files.filter((_, index) => checks[index]);
}
