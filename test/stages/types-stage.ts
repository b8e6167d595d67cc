// The TypeScript compiler over the whole checkout; every error is one failure.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../run-tool.ts';
import type { Counts, Stage } from '../stage.ts';

export const typesStage: Stage = {
  name: 'types',
  what: 'TypeScript over every file',
  async run({ checkout }): Promise<Counts> {
    if (existsSync(join(checkout, 'app'))) {
      // next-env.d.ts and the types of routes are made, not committed.
      const typegen = await runNode('node_modules/next/dist/bin/next', ['typegen'], { cwd: checkout, quiet: true });
      if (typegen.exitCode !== 0) throw new Error(`next typegen failed:\n${typegen.output}`);
    }
    const { exitCode, output } = await runNode('node_modules/typescript/bin/tsc', ['--noEmit', '--pretty', 'false'], { cwd: checkout });
    const errors = output.split('\n').filter((line) => /: error TS\d+:|^error TS\d+:/.test(line)).length;
    if (exitCode === 0) return { passed: 1, failed: 0, skipped: 0 };
    return { passed: 0, failed: Math.max(1, errors), skipped: 0 };
  },
};
