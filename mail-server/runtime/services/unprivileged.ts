// How an embedded service is run when we are root: PostgreSQL refuses uid 0, and the others have no need of it.
// docs/decisions/0010 tells why a user namespace comes first.
import { spawnSync } from 'node:child_process';
import { chownSync, chmodSync, lchownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../setup-error.ts';

export interface Unprivileged {
  kind: 'as-is' | 'user-namespace' | 'other-uid';
  /** The command line that runs `command` without privileges. */
  wrap(command: string, args: readonly string[]): { command: string; args: string[] };
  /** Hands a service's folder (0700) over to whoever will run the service. */
  own(folder: string): void;
}

/** `daemon`: there on every Debian, owns nothing. initdb wants a uid that has a name. */
const UID = 1;

const asIs = (command: string, args: readonly string[]) => ({ command, args: [...args] });

/**
 * Picks the mechanism for this machine: none for an ordinary user; for root a user namespace in which we are another
 * uid and have no capabilities, so that folders under /root stay reachable; failing that, another uid.
 * @param folders what that other uid must be able to reach: EIDER_HOME, which it is let through, and the prefix
 * @throws SetupError when root can do neither
 */
export function unprivileged(folders: readonly string[]): Unprivileged {
  if (process.getuid?.() !== 0) return { kind: 'as-is', wrap: asIs, own: () => undefined };
  const namespace = ['--user', `--map-user=${UID}`, `--map-group=${UID}`, '--'];
  if (spawnSync('unshare', [...namespace, 'true'], { stdio: 'ignore' }).status === 0) {
    return {
      kind: 'user-namespace',
      wrap: (command, args) => ({ command: 'unshare', args: [...namespace, command, ...args] }),
      own: () => undefined,
    };
  }
  const uid = [`--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--'];
  for (const folder of folders) chmodSync(folder, statSync(folder).mode | 0o111);
  const closed = folders.find((folder) => spawnSync('setpriv', [...uid, 'test', '-x', folder], { stdio: 'ignore' }).status !== 0);
  if (closed) {
    throw new SetupError(
      `root cannot run the embedded services: user namespaces are off, and ${closed} is closed to other users; ` +
        'start as an ordinary user, or set EIDER_HOME and EIDER_CACHE to folders that all users can enter',
    );
  }
  return {
    kind: 'other-uid',
    wrap: (command, args) => ({ command: 'setpriv', args: [...uid, command, ...args] }),
    own: chownAll,
  };
}

function chownAll(folder: string): void {
  chownSync(folder, UID, UID);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) chownAll(path);
    else lchownSync(path, UID, UID);
  }
}
