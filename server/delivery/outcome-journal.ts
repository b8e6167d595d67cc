// What this worker's process knows and the database does not yet: messages that a server took over. Written to a
// local file the moment the reply is read, so that a worker killed before its commit does not send them again.
// Survives the death of the process, not of the machine: no flush to disk, which would cost a sync per message.
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliveryOutcome } from './outcome.ts';

export interface OutcomeJournal {
  /** Records delivered outcomes; others are passed over: repeating their attempt does no harm. */
  record(outcomes: readonly DeliveryOutcome[]): void;
  /** Tells that the `count` oldest recorded or passed-over outcomes are in the database. */
  stored(count: number): void;
  /** Removes this process's files; for a clean stop with nothing left unstored. */
  close(): void;
}

const ROTATE_BYTES = 4 * 1024 * 1024;

interface JournalFile {
  path: string;
  fd: number;
  bytes: number;
  /** The running number of the last outcome in it. */
  last: number;
}

/** Opens this process's journal in `folder`. */
export function openOutcomeJournal(folder: string): OutcomeJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let generation = 0;
  let seen = 0;
  let done = 0;
  const open = (): JournalFile => {
    const path = join(folder, `${process.pid}-${Date.now()}-${generation++}.jsonl`);
    return { path, fd: openSync(path, 'a', 0o600), bytes: 0, last: 0 };
  };
  const full: JournalFile[] = [];
  let current = open();
  const discard = (file: JournalFile): void => {
    closeSync(file.fd);
    rmSync(file.path, { force: true });
  };
  return {
    record(outcomes) {
      seen += outcomes.length;
      let lines = '';
      for (const entry of outcomes) if (entry.outcome.kind === 'delivered') lines += `${JSON.stringify(entry)}\n`;
      if (lines === '') return;
      current.bytes += writeSync(current.fd, lines);
      current.last = seen;
      if (current.bytes < ROTATE_BYTES) return;
      full.push(current);
      current = open();
    },
    stored(count) {
      done += count;
      while (full[0] && full[0].last <= done) discard(full.shift()!);
    },
    close() {
      for (const file of [...full.splice(0), current]) discard(file);
    },
  };
}

/**
 * What dead workers of this machine left behind. Storing these outcomes is safe whenever it is done, and however
 * often: each shows its lease token, and a row that has moved on is left alone.
 * @returns the outcomes, and the function that removes their files once they are stored
 */
export function readLeftJournals(folder: string): { outcomes: DeliveryOutcome[]; remove(): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl') && !isAlive(Number(name.split('-')[0])))
    .map((name) => join(folder, name));
  return {
    outcomes: paths.flatMap(readJournal),
    remove: () => paths.forEach((path) => rmSync(path, { force: true })),
  };
}

function readJournal(path: string): DeliveryOutcome[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (line === '') return [];
      try {
        return [JSON.parse(line) as DeliveryOutcome];
      } catch {
        // The last line of a process killed while writing: its message counts as of unknown outcome.
        return [];
      }
    });
}

/** A process id that lives again as something else keeps a file for longer; it is read at a later start. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
