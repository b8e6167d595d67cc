// EIDER_HOME/shaping.json: the operator's own rules, where there are any. What may stand in it is shaping-rules.ts.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDER_RULES } from './provider-rules.ts';
import { combineRules, parseRulesFile, type ShapingRules, ShapingRulesError } from './shaping-rules.ts';

/**
 * The rules in force.
 * @throws ShapingRulesError naming the file, the field and its rule
 */
export function loadShapingRules(home: string): ShapingRules {
  const builtIn = parseRulesFile(JSON.stringify(PROVIDER_RULES));
  const path = join(home, 'shaping.json');
  if (!existsSync(path)) return combineRules({}, builtIn);
  try {
    return combineRules(parseRulesFile(readFileSync(path, 'utf8')), builtIn);
  } catch (error) {
    if (error instanceof ShapingRulesError) throw new ShapingRulesError(`${path}: ${error.message}`);
    throw error;
  }
}
