// CPU time of processes and their descendants, from /proc. Linux only.
import { readFileSync } from 'node:fs';

/** CPU seconds (user and system) that a process and all that it started have used so far; of ourselves, ours alone. */
export function cpuSeconds(pid: number): number {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + ownCpuSeconds(one), 0);
}

function descendants(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Ticks of 1/100 s, plus those of children that have ended and been waited for. */
function ownCpuSeconds(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) / 100;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // it has ended meanwhile
  }
}
