// oxlint over the whole checkout; every finding is one failure, warnings included.
import { runNode } from '../run-tool.ts';
import type { Counts, Stage } from '../stage.ts';

export const lintStage: Stage = {
  name: 'lint',
  what: 'oxlint, type-aware',
  async run({ checkout, filters }): Promise<Counts> {
    const args = ['--type-aware', '--deny-warnings', ...filters];
    const { exitCode, output } = await runNode('node_modules/oxlint/bin/oxlint', args, { cwd: checkout });
    return lintCounts(exitCode, output);
  },
};

/**
 * Reads oxlint's closing lines.
 * @throws Error when they don't say how many files were read: a linter that read none would pass anything
 */
export function lintCounts(exitCode: number, output: string): Counts {
  const files = Number(/ on (\d+) files? with \d+ rules/.exec(output)?.[1] ?? 0);
  if (files === 0) throw new Error('oxlint read no file');
  if (exitCode === 0) return { passed: 1, failed: 0, skipped: 0 };
  const found = /Found (\d+) warnings? and (\d+) errors?/.exec(output);
  return { passed: 0, failed: Math.max(1, Number(found?.[1] ?? 0) + Number(found?.[2] ?? 0)), skipped: 0 };
}
