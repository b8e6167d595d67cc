// `eider parse-report` by itself: it needs nothing of the product, and starts in a fraction of the time that loading
// all commands takes. bootstrap.mjs chooses it; main.ts has it too, for its help.
import { Command } from 'commander';
import { addParseReport } from './parse-report.ts';
import { runProgram } from './run-program.ts';

const program = new Command('eider');
addParseReport(program);
await runProgram(program);
