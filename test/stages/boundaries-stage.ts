// Every boundary rule over every module; one test a rule.
import { checkBoundaries } from '../boundaries/cruise.ts';
import type { Counts, Stage } from '../stage.ts';

export const boundariesStage: Stage = {
  name: 'boundaries',
  what: 'which part may import which',
  async run({ checkout, say }): Promise<Counts> {
    const { modules, rules, violations } = await checkBoundaries(checkout);
    for (const violation of violations) {
      say(`${violation.from} → ${violation.to}\n    ${violation.rule}: ${violation.comment}`);
    }
    say(`${modules.length} modules, ${rules} rules`);
    const broken = new Set(violations.map((violation) => violation.rule));
    return { passed: rules - broken.size, failed: violations.length, skipped: 0 };
  },
};
