// `eider doctor`: runs all checks and says what to do about what it finds.
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { CHECKS, type Check, type Finding } from './checks.ts';
import { installationConfig } from './connection.ts';
import { explain } from './refusal.ts';

const MARKS: Record<Finding['level'], string> = { ok: '✓', warning: '!', fault: '✗' };

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check the installation and advise; exit code 1 when something is broken')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const config = installationConfig();
      const results = await Promise.all(CHECKS.map(async (check) => ({ check: check.name, findings: await examine(check, config) })));
      if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
      else for (const { check, findings } of results) process.stdout.write(findings.map((finding) => findingLine(check, finding)).join(''));
      if (results.some(({ findings }) => findings.some((finding) => finding.level === 'fault'))) process.exitCode = 1;
    });
}

/** A check that fails to ask has found a fault. */
async function examine(check: Check, config: Config): Promise<Finding[]> {
  try {
    return await check.run(config);
  } catch (error) {
    const text = explain(error) ?? (error as Error).message;
    return [{ level: 'fault', text, advice: 'is Eider running? See eider status' }];
  }
}

function findingLine(check: string, { level, text, advice }: Finding): string {
  const line = `${MARKS[level]} ${check.padEnd(14)} ${text}\n`;
  return advice ? `${line}  ${' '.repeat(14)} → ${advice}\n` : line;
}
