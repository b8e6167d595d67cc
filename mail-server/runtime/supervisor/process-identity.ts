// Tells our processes from others that got the same number later: a pid together with its start time and the boot.
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot, from /proc/<pid>/stat. */
  startTicks: number;
  bootId: string;
}

interface ProcStat {
  pid: number;
  group: number;
  session: number;
  startTicks: number;
}

/** The identity of a living process, or null. */
export function identify(pid: number): ProcessIdentity | null {
  const stat = readStat(pid);
  return stat && { pid, startTicks: stat.startTicks, bootId: bootId() };
}

/** Whether exactly this process is still there. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && readStat(identity.pid)?.startTicks === identity.startTicks;
}

/**
 * The living members of the session that `leader` began, itself included. The kernel doesn't give a number away again
 * while a group or session carries it, so that members younger than a dead leader are still its own.
 */
export function sessionOf(leader: ProcessIdentity): ProcessIdentity[] {
  if (leader.bootId !== bootId()) return [];
  const present = readStat(leader.pid);
  if (present && present.startTicks !== leader.startTicks) return [];
  const members: ProcessIdentity[] = [];
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (stat?.session === leader.pid && stat.startTicks >= leader.startTicks) {
      members.push({ pid: stat.pid, startTicks: stat.startTicks, bootId: leader.bootId });
    }
  }
  return members;
}

/** Sends a signal to exactly this process, if it is still there. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Zombies count as gone: they hold nothing. */
function readStat(pid: number): ProcStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field, the program's name in parentheses, may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return { pid, group: Number(fields[2]), session: Number(fields[3]), startTicks: Number(fields[19]) };
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return boot;
}
