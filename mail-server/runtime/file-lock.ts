// Locks between processes of one machine. The kernel holds them (flock), so that a killed holder leaves none behind.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupError } from './setup-error.ts';

export interface FileLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of `path`, made when missing.
 *
 * Node has no flock of its own: a small `flock` child holds it for as long as our end of its standard input is open,
 * which the kernel closes for us however we end.
 * @param wait wait for the present holder, or give up at once
 * @returns null when another process holds it and `wait` is false
 * @throws SetupError when util-linux's flock is missing
 */
export function lockFile(path: string, options: { wait: boolean }): Promise<FileLock | null> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const args = [...(options.wait ? [] : ['--nonblock', '--conflict-exit-code', '75']), path, 'sh', '-c', 'echo held; exec cat'];
  // A group of its own: Ctrl-C in the terminal must not take the lock away while we are still stopping.
  const child = spawn('flock', args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  child.stdin.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new SetupError('flock is not installed: apt-get install util-linux')));
    const ended = new Promise<void>((done) => child.once('close', () => done()));
    child.once('close', (code) => {
      if (code === 75) resolve(null);
      else reject(new SetupError(`cannot lock ${path}`));
    });
    child.stdout.once('data', () => {
      child.unref();
      resolve({
        release: () => {
          child.ref();
          child.stdin.end();
          return ended;
        },
      });
    });
  });
}

/** Leaves a note for those who find the lock taken; it decides nothing. */
export function noteHolder(path: string, note: string): void {
  writeFileSync(`${path}.holder`, note, { mode: 0o600 });
}

/** The note that the present holder left, or an empty text. */
export function readHolder(path: string): string {
  try {
    return readFileSync(`${path}.holder`, 'utf8').trim();
  } catch {
    return '';
  }
}
