// One hash over source files, to tell whether something has to be built again.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Never part of what is built. */
const IGNORED = /(^|\/)(node_modules|generated|testdata|\.[^/]+)(\/|$)|\.(db\.|protocol\.)?test\.tsx?$/;

/**
 * Hashes names and contents of `paths` (files, or folders with all below) under `root`. Missing ones count as such.
 * @returns 16 hex digits
 */
export async function sourceHash(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await Promise.all(paths.map((path) => filesUnder(root, join(root, path))))).flat().sort()) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(createHash('sha256').update(await readFile(file)).digest());
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesUnder(root: string, path: string): Promise<string[]> {
  if (IGNORED.test(relative(root, path))) return [];
  const found = await stat(path).catch(() => null);
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return (await Promise.all(names.map((name) => filesUnder(root, join(path, name))))).flat();
}
