// Where Unix sockets live: inside EIDER_HOME, or in a private folder of the temporary folder when that path is too
// long for the kernel.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../setup-error.ts';

/** sun_path holds 107 bytes and a NUL; the longest name that we add is `/.s.PGSQL.5432`. */
const LONGEST_FOLDER = 107 - '/.s.PGSQL.5432'.length;

/**
 * The folder for the sockets of `wanted`, made with mode 0700.
 * @throws SetupError when the substitute exists and isn't ours alone
 */
export function socketFolder(wanted: string): string {
  const folder = Buffer.byteLength(wanted) <= LONGEST_FOLDER ? wanted : substitute(wanted);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const owner = process.getuid?.();
  if (!stat.isDirectory() || (folder !== wanted && (stat.uid !== owner || (stat.mode & 0o077) !== 0))) {
    throw new SetupError(`${folder} must be a folder of ours with mode 0700; remove it, or use a shorter EIDER_HOME`);
  }
  return folder;
}

/** The same for the same `wanted`, so that a second process finds it. */
function substitute(wanted: string): string {
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  return join(tmpdir(), `eider-${process.getuid?.() ?? 0}-${hash}`);
}
