// Whose a journal file is, and whether that process still lives. A process id alone does not tell: ids come again,
// in a container even the same one at every start.
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** `alive`; `dead`; or `elsewhere`: of another boot, container or machine that shares the folder, so nobody can tell. */
export type OwnerState = 'alive' | 'dead' | 'elsewhere';

/** The first part of a journal file's name: place, process id, when the process began (in ticks since the boot). */
export function ownIdentity(): string {
  return `${place()}-${process.pid}-${startTicks(process.pid) ?? 0}`;
}

/** @param name a journal file's name */
export function ownerState(name: string): OwnerState {
  const [where, pid, ticks] = name.split('-');
  if (where !== place()) return 'elsewhere';
  const found = startTicks(Number(pid));
  return found !== null && String(found) === ticks ? 'alive' : 'dead';
}

let known: string | undefined;
/** Names the boot and the process namespace, within which an id and a start time name one process. */
function place(): string {
  known ??= createHash('sha256')
    .update(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
    .update(readlinkSync('/proc/self/ns/pid'))
    .digest('hex')
    .slice(0, 12);
  return known;
}

/** When the process began; null when there is none, or only its zombie. */
function startTicks(pid: number): number | null {
  try {
    // The name of the program, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
  } catch {
    return null;
  }
}
