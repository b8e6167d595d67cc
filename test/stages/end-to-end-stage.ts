// The whole product, started as a user starts it, driven by a browser and by standard mail clients.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../run-tool.ts';
import type { Counts, Stage } from '../stage.ts';
import { installPackages } from '../system-packages.ts';

export interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
}

export const endToEndStage: Stage = {
  name: 'e2e',
  what: 'the whole product by browser, IMAP and SMTP clients',
  async run({ checkout, scratch, filters, say }): Promise<Counts> {
    await installPackages(say);
    const report = join(scratch, 'e2e.json');
    const { exitCode } = await runNode(
      'node_modules/playwright/cli.js',
      ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json', ...filters],
      { cwd: checkout, env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report } },
    );
    return playwrightCounts(exitCode, JSON.parse(readFileSync(report, 'utf8')) as PlaywrightReport);
  },
};

/** A test that passed at the second try only (flaky) is a failure here: it failed once. */
export function playwrightCounts(exitCode: number, { stats, errors }: PlaywrightReport): Counts {
  const failed = stats.unexpected + stats.flaky + errors.length;
  return { passed: stats.expected, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped: stats.skipped };
}
