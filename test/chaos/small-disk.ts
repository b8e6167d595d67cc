// File systems of limited size that can be filled, in a mount namespace of the run's own: they end with it.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Set in the process that runs within the namespace: the folder of the run. */
export const WITHIN = 'EIDER_CHAOS_MOUNTS';

/** The command that runs another within a mount namespace; null when this user may not make one. */
export function mountNamespace(): string[] | null {
  const options = ['--mount', '--propagation', 'private'];
  const may = process.getuid?.() === 0 && spawnSync('unshare', [...options, 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0;
  return may ? ['unshare', ...options, '--'] : null;
}

/** Mounts a file system of so many MiB on a folder. */
export function mountSmallDisk(folder: string, sizeMb: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0700`, 'none', folder]);
}

/** Takes every free octet of the file system of `folder`; the returned function gives them back. */
export function fillDisk(folder: string): () => void {
  const path = join(folder, 'filler');
  const fd = openSync(path, 'w');
  for (let size = 1024 * 1024; size >= 1; ) {
    try {
      if (writeSync(fd, Buffer.alloc(size)) < size) size = Math.floor(size / 2);
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(fd);
  return () => rmSync(path, { force: true });
}
