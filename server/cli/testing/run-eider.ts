// The command line within a test's own process: its commands, without the program around them.
import { Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { explain } from '../refusal.ts';

export interface Said {
  /** 1: refused; 2: wrong usage. */
  code: number;
  out: string;
  error: string;
}

/** @param commands what adds each command to the program */
export function eiderWith(commands: readonly ((program: Command) => void)[]): (...args: string[]) => Promise<Said> {
  return async (...args) => {
    const program = new Command('eider').exitOverride().configureOutput({ writeErr: () => undefined });
    for (const add of commands) add(program);
    const settle = (command: Command): void => command.commands.forEach((child) => settle(child.copyInheritedSettings(command)));
    settle(program);
    let out = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      out += String(chunk);
      return true;
    });
    try {
      await program.parseAsync(args, { from: 'user' });
      return { code: 0, out, error: '' };
    } catch (error) {
      if (error instanceof CommanderError) return { code: 2, out, error: error.message };
      return { code: 1, out, error: explain(error) ?? String((error as Error).stack) };
    } finally {
      write.mockRestore();
    }
  };
}
