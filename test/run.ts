// The test command: `npm test` runs every stage, `npm test -- unit server/mail` one stage with filters. Owns order,
// times and the closing line; what a stage does stands in stages/.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePrismaClient } from '../mail-server/runtime/build/prisma-client.ts';
import { parseArguments, UsageError, usage } from './arguments.ts';
import { add, NOTHING, refuseEmpty, summarise, type Counts, type Stage, type StageContext } from './stage.ts';
import { STAGES } from './stages/stages.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));

async function main(): Promise<number> {
  const { stages, filters, help } = parseArguments(process.argv.slice(2), STAGES);
  if (help) {
    console.log(usage(STAGES));
    return 0;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'eider-test-run-'));
  // A stage's own children end themselves at a signal; the folder must go in any case.
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const context: StageContext = { checkout, scratch, filters, say: (line) => console.log(line) };
  // Types, boundaries and stores need the generated client, which is not committed.
  await ensurePrismaClient();
  const rows: { stage: Stage; counts: Counts; seconds: number }[] = [];
  for (const stage of stages) rows.push({ stage, ...(await timed(stage, context)) });
  return report(rows);
}

async function timed(stage: Stage, context: StageContext): Promise<{ counts: Counts; seconds: number }> {
  const start = performance.now();
  context.say(`\n━━ ${stage.name}: ${stage.what}`);
  const counts = await stage.run(context).catch((error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    return { ...NOTHING, failed: 1 };
  });
  const judged = refuseEmpty(counts);
  if (judged !== counts) console.error(`${stage.name}: not one test ran`);
  const seconds = (performance.now() - start) / 1000;
  context.say(`━━ ${stage.name}: ${summarise(judged)} in ${seconds.toFixed(1)} s`);
  return { counts: judged, seconds };
}

function report(rows: { stage: Stage; counts: Counts; seconds: number }[]): number {
  console.log('');
  for (const { stage, counts, seconds } of rows) {
    console.log(`${stage.name.padEnd(12)} ${seconds.toFixed(1).padStart(7)} s   ${summarise(counts)}`);
  }
  for (const failure of rows.flatMap(({ counts }) => counts.failures ?? [])) console.log(`\nFAILED ${failure}`);
  const total = rows.map((row) => row.counts).reduce(add, NOTHING);
  console.log(`\nEider: ${summarise(total)}`);
  return total.failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
