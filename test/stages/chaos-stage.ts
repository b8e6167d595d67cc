// The short form of the chaos run: each kind of fault about once. `npm run test:chaos -- --kills 200` is the long one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faketimeLibrary } from '../chaos/settable-clock.ts';
import { runNode } from '../run-tool.ts';
import type { Counts, Stage } from '../stage.ts';
import { installMissing } from '../system-packages.ts';

export interface ChaosResults {
  /** Kinds of faults that were tried. */
  kinds: number;
  /** Kinds that this machine or user does not allow. */
  skipped: string[];
  /** What was found wrong. */
  failures: string[];
}

/** Every kind of fault comes once anyway. */
const SHORT_KILLS = '6';

export const chaosStage: Stage = {
  name: 'chaos',
  what: 'nothing accepted is lost: kills, cut networks, full disks, clock steps under load',
  async run({ checkout, scratch, filters, say }): Promise<Counts> {
    if (process.getuid?.() === 0 && faketimeLibrary() === null) {
      await installMissing(['libfaketime'], say).catch((error: Error) => say(`without a clock that can be set: ${error.message}`));
    }
    const results = join(scratch, 'chaos.json');
    const { exitCode } = await runNode('test/chaos/run.ts', ['--results', results, '--kills', SHORT_KILLS, ...filters], { cwd: checkout });
    return chaosCounts(exitCode, JSON.parse(readFileSync(results, 'utf8')) as ChaosResults);
  },
};

/** A kind of fault survived is a test passed. */
export function chaosCounts(exitCode: number, { kinds, skipped, failures }: ChaosResults): Counts {
  const failed = failures.length === 0 && exitCode !== 0 ? 1 : failures.length;
  return { passed: failed === 0 ? kinds : 0, failed, skipped: skipped.length, ...(failures.length > 0 && { failures }) };
}
