// The list of processes that a supervisor has started, kept in a file, so that the next start can end what a killed
// supervisor left behind.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, sessionOf, signal, type ProcessIdentity } from './process-identity.ts';

export interface RecordedProcess extends ProcessIdentity {
  role: string;
  stopSignal: NodeJS.Signals;
}

const GRACE_MS = 10_000;

export class ProcessRecord {
  readonly #path: string;
  readonly #processes = new Map<string, RecordedProcess>();

  constructor(path: string) {
    this.#path = path;
  }

  add(entry: RecordedProcess): void {
    this.#processes.set(entry.role, entry);
    this.#save();
  }

  remove(role: string): void {
    if (this.#processes.delete(role)) this.#save();
  }

  clear(): void {
    this.#processes.clear();
    rmSync(this.#path, { force: true });
  }

  #save(): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify([...this.#processes.values()]), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/**
 * Ends the processes that are recorded in `path` and still alive, with all that they started: their stop signal
 * first, SIGKILL after ten seconds.
 * @returns the roles that were found alive
 */
export async function endLeftovers(path: string): Promise<string[]> {
  const recorded = readRecord(path);
  const found = recorded.filter((entry) => sessionOf(entry).length > 0);
  for (const entry of found) signal(entry, entry.stopSignal);
  await Promise.all(found.map((entry) => endSession(entry)));
  rmSync(path, { force: true });
  return found.map((entry) => entry.role);
}

async function endSession(leader: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + GRACE_MS;
  while (isAlive(leader) && Date.now() < deadline) await sleep(50);
  for (const member of sessionOf(leader)) signal(member, 'SIGKILL');
  while (sessionOf(leader).length > 0) await sleep(20);
}

function readRecord(path: string): RecordedProcess[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RecordedProcess[];
  } catch {
    return [];
  }
}
