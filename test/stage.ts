// What a stage of the test command is and what it counts.

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed and how, a line or some each: said again at the end of the run, where it is read first. */
  failures?: string[];
}

export interface StageContext {
  /** The checkout under test. */
  checkout: string;
  /** A folder of this run, removed at the end; reporters write their results here. */
  scratch: string;
  /** Paths or filters given after the stage's name on the command line. */
  filters: string[];
  /** Prints one line of progress. */
  say(line: string): void;
}

export interface Stage {
  name: string;
  /** One line for `npm test -- --help`. */
  what: string;
  /**
   * Runs the stage, printing as it goes.
   * @throws Error when the stage could not be run at all; counted as one failure
   */
  run(context: StageContext): Promise<Counts>;
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** `12 passed, 0 failed, 3 skipped`: the form of every closing line. */
export function summarise(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

/** A stage that ran nothing has shown nothing: it counts as failed, whatever its exit code was. */
export function refuseEmpty(counts: Counts): Counts {
  return counts.passed + counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
