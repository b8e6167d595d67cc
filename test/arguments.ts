// The command line of the test command.
import type { Stage } from './stage.ts';

/** The command line names no known stage; the message says which there are. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export interface Arguments {
  stages: Stage[];
  filters: string[];
  help: boolean;
}

/**
 * Leading words that name stages select them; the rest are filters handed to those stages. No stage: all of them.
 * @throws UsageError when filters come without a stage, or with an unknown one
 */
export function parseArguments(words: readonly string[], all: readonly Stage[]): Arguments {
  if (words.includes('--help') || words.includes('-h')) return { stages: [], filters: [], help: true };
  const named: Stage[] = [];
  const rest = [...words];
  for (let stage = find(all, rest[0]); stage; stage = find(all, rest[0])) {
    named.push(stage);
    rest.shift();
  }
  if (named.length === 0 && rest.length > 0) {
    throw new UsageError(`${rest[0]}: no such stage; there are ${all.map((stage) => stage.name).join(', ')}`);
  }
  return { stages: named.length > 0 ? named : [...all], filters: rest, help: false };
}

function find(all: readonly Stage[], name: string | undefined): Stage | undefined {
  return all.find((stage) => stage.name === name);
}

export function usage(all: readonly Stage[]): string {
  const lines = all.map((stage) => `  ${stage.name.padEnd(12)} ${stage.what}`);
  return ['npm test                          every stage', 'npm test -- <stage…> [filters…]   some of them', '', ...lines].join('\n');
}
