// Runs the command line's program: usage errors, refusals and faults become one line and an exit code.
import { type Command, CommanderError } from 'commander';
import { explain } from './refusal.ts';

/** Wrong usage, as most programs have it; 1 is for what was refused. */
const USAGE = 2;

/** Parses the process's arguments, runs the command and sets the exit code. */
export async function runProgram(program: Command): Promise<void> {
  program.showHelpAfterError('(--help shows what there is)').exitOverride();
  inherit(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : USAGE;
    } else {
      process.stderr.write(`eider: ${explain(error) ?? (error as Error).stack}\n`);
      process.exitCode = 1;
    }
  }
}

/** Commander copies these settings only to commands that are made after them by `command()` of the same parent. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
}
