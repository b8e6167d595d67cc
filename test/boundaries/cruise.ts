// Runs dependency-cruiser with Eider's rules over a checkout. Owns finding the files and refusing an empty
// result; the rules are rules.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { configuration } from './rules.ts';

/** Top-level folders that hold modules, and single files beside them. */
const ROOTS = ['app', 'components', 'server', 'mail-server', 'test', 'e2e', 'bench', 'proxy.ts', 'instrumentation.ts', 'next.config.ts'];

export interface Violation {
  rule: string;
  from: string;
  to: string;
  comment: string;
}

export interface CruiseOutcome {
  /** The checkout's own modules that were read. */
  modules: string[];
  rules: number;
  violations: Violation[];
}

/**
 * Checks every module under `folder` against the boundary rules.
 * @throws Error when no TypeScript module was read: a checker that sees nothing would pass anything
 */
export async function checkBoundaries(folder: string): Promise<CruiseOutcome> {
  const roots = ROOTS.filter((root) => existsSync(join(folder, root)));
  const reply = await cruise(roots, {
    ...configuration.options,
    ruleSet: { forbidden: configuration.forbidden ?? [] },
    validate: true,
    baseDir: folder,
  });
  return outcomeOf(reply.output);
}

function outcomeOf(reply: ICruiseResult | string): CruiseOutcome {
  if (typeof reply === 'string') throw new Error('dependency-cruiser answered with text where a result was expected');
  const modules = reply.modules
    .filter((module) => !module.coreModule && !module.couldNotResolve && !module.source.includes('node_modules/'))
    .map((module) => module.source);
  if (!modules.some((source) => /\.tsx?$/.test(source))) {
    throw new Error('dependency-cruiser read no TypeScript module: its TypeScript support does not match the installed compiler');
  }
  const comments = new Map(configuration.forbidden?.map((rule) => [rule.name, rule.comment ?? '']));
  const violations = reply.summary.violations.map((violation) => ({
    rule: violation.rule.name,
    from: violation.from,
    to: violation.to,
    comment: comments.get(violation.rule.name) ?? '',
  }));
  return { modules, rules: configuration.forbidden?.length ?? 0, violations };
}
