// The rules of the house that a script can see; one test a rule.
import { houseFaults, HOUSE_RULES } from '../checks/house-rules.ts';
import { textFaults, TEXT_RULES } from '../checks/text-rules.ts';
import { readTree } from '../checks/read-tree.ts';
import type { Counts, Stage } from '../stage.ts';

export const houseStage: Stage = {
  name: 'house',
  what: 'sizes, names, barrels, SQL in its place, words in the catalogue',
  async run({ checkout, say }): Promise<Counts> {
    const files = await readTree(checkout);
    const faults = [...houseFaults(files), ...textFaults(files)];
    const rules = HOUSE_RULES.length + TEXT_RULES.length;
    for (const fault of faults) say(`${fault.path}: ${fault.text} (${fault.rule})`);
    say(`${files.length} files, ${rules} rules`);
    if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
    const broken = new Set(faults.map((fault) => fault.rule));
    return { passed: rules - broken.size, failed: faults.length, skipped: 0 };
  },
};
