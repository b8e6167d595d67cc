// One vitest project as a stage, counted from vitest's JSON report.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../run-tool.ts';
import type { Counts, Stage } from '../stage.ts';

export interface VitestReport {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name?: string; status: string; message?: string; assertionResults: { status: string; fullName?: string; failureMessages?: string[] }[] }[];
}

/** @param name the project in vitest.config.ts */
export function vitestStage(name: string, what: string): Stage {
  return {
    name,
    what,
    async run({ checkout, scratch, filters }): Promise<Counts> {
      const report = join(scratch, `${name}.json`);
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { exitCode } = await runNode('node_modules/vitest/vitest.mjs', ['run', '--project', name, ...reporters, ...filters], { cwd: checkout });
      return vitestCounts(exitCode, JSON.parse(readFileSync(report, 'utf8')) as VitestReport);
    },
  };
}

/** A file that failed before its tests could be told apart (a syntax error, a failed beforeAll) counts as one failure. */
export function vitestCounts(exitCode: number, report: VitestReport): Counts {
  const unseen = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + unseen;
  // An unhandled rejection fails the run without failing a test.
  const hidden = failed === 0 && (exitCode !== 0 || !report.success) ? 1 : 0;
  const failures = failuresOf(report);
  return {
    passed: report.numPassedTests,
    failed: failed + hidden,
    skipped: report.numPendingTests + report.numTodoTests,
    ...(failures.length > 0 && { failures }),
  };
}

/** Enough of a message to know the fault by. */
const SHOWN = 600;

function failuresOf(report: VitestReport): string[] {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0) return status === 'failed' && message ? [`${name}: ${message.slice(0, SHOWN)}`] : [];
    return tests.map((test) => `${name}: ${test.fullName}\n${(test.failureMessages ?? []).join('\n').slice(0, SHOWN)}`);
  });
}
