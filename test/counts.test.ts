import { describe, expect, test } from 'vitest';
import { parseArguments, UsageError } from './arguments.ts';
import { refuseEmpty, summarise, type Stage } from './stage.ts';
import { type ChaosResults, chaosCounts } from './stages/chaos-stage.ts';
import { playwrightCounts } from './stages/end-to-end-stage.ts';
import { lintCounts } from './stages/lint-stage.ts';
import { vitestCounts, type VitestReport } from './stages/vitest-stage.ts';

const vitest = (part: Partial<VitestReport>): VitestReport => ({
  success: true, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [], ...part,
});

describe('counts of the reporters', () => {
  test.each([
    ['all well', 0, vitest({ numPassedTests: 3, numPendingTests: 1 }), { passed: 3, failed: 0, skipped: 1 }],
    ['a failed test', 1, vitest({ success: false, numPassedTests: 2, numFailedTests: 1 }), { passed: 2, failed: 1, skipped: 0 }],
    [
      'a file that could not be read', 1,
      vitest({ success: false, numPassedTests: 2, testResults: [{ status: 'failed', assertionResults: [] }] }),
      { passed: 2, failed: 1, skipped: 0 },
    ],
    [
      'a failed test, said again', 1,
      vitest({
        success: false, numFailedTests: 1,
        testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [{ status: 'failed', fullName: 'adds up', failureMessages: ['expected 3'] }] }],
      }),
      { passed: 0, failed: 1, skipped: 0, failures: ['a.test.ts: adds up\nexpected 3'] },
    ],
    ['an unhandled rejection', 1, vitest({ numPassedTests: 2 }), { passed: 2, failed: 1, skipped: 0 }],
  ])('vitest: %s', (_name, exitCode, report, counts) => {
    expect(vitestCounts(exitCode, report)).toEqual(counts);
  });

  test.each([
    ['all well', 0, { expected: 5, unexpected: 0, flaky: 0, skipped: 2 }, [], { passed: 5, failed: 0, skipped: 2 }],
    ['a flaky test', 0, { expected: 5, unexpected: 0, flaky: 1, skipped: 0 }, [], { passed: 5, failed: 1, skipped: 0 }],
    ['the set-up failed', 1, { expected: 0, unexpected: 0, flaky: 0, skipped: 9 }, [{}], { passed: 0, failed: 1, skipped: 9 }],
    ['failed without saying where', 1, { expected: 5, unexpected: 0, flaky: 0, skipped: 0 }, [], { passed: 5, failed: 1, skipped: 0 }],
  ])('Playwright: %s', (_name, exitCode, stats, errors, counts) => {
    expect(playwrightCounts(exitCode, { stats, errors })).toEqual(counts);
  });

  test.each<[string, number, Partial<ChaosResults>, ReturnType<typeof chaosCounts>]>([
    ['all well', 0, {}, { passed: 12, failed: 0, skipped: 1 }],
    ['something lost', 1, { failures: ['3 lost'] }, { passed: 0, failed: 1, skipped: 1, failures: ['3 lost'] }],
    ['failed without saying where', 1, {}, { passed: 0, failed: 1, skipped: 1 }],
  ])('chaos: %s', (_name, exitCode, results, counts) => {
    expect(chaosCounts(exitCode, { kinds: 12, skipped: ['clock'], failures: [], ...results })).toEqual(counts);
  });

  test('oxlint', () => {
    expect(lintCounts(0, 'Found 0 warnings and 0 errors.\nFinished in 9ms on 11 files with 259 rules')).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(lintCounts(1, 'Found 2 warnings and 3 errors.\nFinished in 9ms on 1 file with 259 rules')).toEqual({ passed: 0, failed: 5, skipped: 0 });
    expect(() => lintCounts(0, 'Finished in 9ms on 0 files with 259 rules')).toThrow('oxlint read no file');
  });

  test('a stage without tests has failed', () => {
    expect(refuseEmpty({ passed: 0, failed: 0, skipped: 7 })).toEqual({ passed: 0, failed: 1, skipped: 7 });
    expect(summarise({ passed: 12, failed: 0, skipped: 3 })).toBe('12 passed, 0 failed, 3 skipped');
  });
});

describe('the command line', () => {
  const stage = (name: string): Stage => ({ name, what: '', run: () => Promise.reject(new Error('not run')) });
  const all = [stage('types'), stage('unit'), stage('e2e')];
  const names = (words: string[]) => parseArguments(words, all).stages.map(({ name }) => name);

  test('selects stages, and hands on the rest', () => {
    expect(names([])).toEqual(['types', 'unit', 'e2e']);
    expect(names(['unit', 'e2e'])).toEqual(['unit', 'e2e']);
    expect(parseArguments(['unit', 'server/mail'], all)).toMatchObject({ filters: ['server/mail'], help: false });
  });

  test('refuses what it does not know', () => {
    expect(() => parseArguments(['integration'], all)).toThrow(UsageError);
    expect(() => parseArguments(['integration'], all)).toThrow('integration: no such stage; there are types, unit, e2e');
  });
});
