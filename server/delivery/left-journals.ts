// What dead workers left in the journal folder, read by those that live: outcomes to record, claims to release.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ownerState } from './journal-owner.ts';
import { readSegment } from './journal-segments.ts';
import type { DeliveryOutcome } from './outcome.ts';
import type { BegunRow, JournalLine } from './outcome-journal.ts';
import { deliveryKey } from './outcome.store.ts';

/** Of a machine or container that shares the folder and may be running: only what is this old counts as left. */
const ELSEWHERE_OLD_MS = 3_600_000;

export interface LeftWork {
  /** Storing these is safe whenever it is done, and however often: each shows its lease token, and a row that has moved on is left alone. */
  outcomes: DeliveryOutcome[];
  /** Lease tokens of workers that are surely dead. */
  claims: string[];
  /** Rows of those claims whose attempts had begun and have no outcome. */
  begun: BegunRow[];
  /** Removes the files; call once all this is in the database. */
  remove(): void;
}

/** Reads what is left in `folder`; null when there is nothing. */
export function readLeftJournals(folder: string): LeftWork | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const left = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => ({ path: join(folder, name), state: ownerState(name) }))
    .filter(({ path, state }) => state === 'dead' || (state === 'elsewhere' && isOld(path)));
  if (left.length === 0) return null;
  const lines = left.flatMap(({ path, state }) => readLines(path).map((line) => ({ line, state })));
  const outcomes: DeliveryOutcome[] = [];
  const claims = new Set<string>();
  const begun = new Map<string, BegunRow>();
  // Files come in no order: what ends an attempt may be read before what began it.
  const over = new Set<string>();
  for (const { line, state } of lines) {
    if ('outcome' in line) outcomes.push(line);
    else if (state === 'elsewhere') continue;
    else if ('claim' in line) claims.add(line.claim);
    else if ('begun' in line) for (const row of line.begun) begun.set(attemptKey(row), row);
    else for (const row of line.over) over.add(attemptKey(row));
  }
  for (const { delivery } of outcomes) over.add(attemptKey(delivery));
  return {
    outcomes,
    claims: [...claims],
    begun: [...begun].flatMap(([key, row]) => (over.has(key) ? [] : [row])),
    remove: () => left.forEach(({ path }) => rmSync(path, { force: true })),
  };
}

function isOld(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > ELSEWHERE_OLD_MS;
  } catch {
    // Another worker has just dealt with it.
    return false;
  }
}

/** A row that is claimed again has another token. */
const attemptKey = (row: BegunRow): string => `${row.leaseToken} ${deliveryKey(row)}`;

function readLines(path: string): JournalLine[] {
  return readSegment(path).split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as JournalLine];
    } catch {
      // Cut short by a kill or a full disk: its message counts as of unknown outcome.
      return [];
    }
  });
}
