// The rules of the house that a script can see; one test a rule.
import { houseFaults, HOUSE_RULES } from '../checks/house-rules.ts';
import { readTree } from '../checks/read-tree.ts';
import type { Counts, Stage } from '../stage.ts';

export const houseStage: Stage = {
  name: 'house',
  what: 'sizes, names, barrels, SQL in its place',
  async run({ checkout, say }): Promise<Counts> {
    const files = await readTree(checkout);
    const faults = houseFaults(files);
    for (const fault of faults) say(`${fault.path}: ${fault.text} (${fault.rule})`);
    say(`${files.length} files, ${HOUSE_RULES.length} rules`);
    if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
    const broken = new Set(faults.map((fault) => fault.rule));
    return { passed: HOUSE_RULES.length - broken.size, failed: faults.length, skipped: 0 };
  },
};
