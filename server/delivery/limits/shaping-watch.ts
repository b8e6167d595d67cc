// The rules in force, read again when EIDER_HOME/shaping.json has changed. A file that is wrong changes nothing: what held
// goes on, and the log says which field breaks which rule.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../infra/log/logger.ts';
import { loadShapingRules } from './shaping-file.ts';
import { type ShapingRules, ShapingRulesError } from './shaping-rules.ts';

export interface ShapingWatch {
  /** Those in force now; the same object until they change. */
  readonly rules: ShapingRules;
  /** False while the file on disk is one that cannot be used. */
  readonly isCurrent: boolean;
  /** Looks at once. */
  look(): void;
  close(): void;
}

const LOOK_MS = 5_000;

/** @throws ShapingRulesError when the file is wrong at the start: then nothing held before */
export function watchShapingRules(home: string, log: Logger, lookMs = LOOK_MS): ShapingWatch {
  const path = join(home, 'shaping.json');
  let text = textOf(path);
  let rules = loadShapingRules(home);
  let isCurrent = true;

  function look(): void {
    try {
      // By its content: a clock that is set, or an editor that keeps the time, hides nothing.
      const now = textOf(path);
      if (now === text) return;
      text = now;
      rules = loadShapingRules(home);
      isCurrent = true;
      log.info({ path }, text === null ? 'shaping rules are gone; those that come with Eider hold' : 'shaping rules read again');
    } catch (error) {
      isCurrent = false;
      if (error instanceof ShapingRulesError) log.error({ fault: error.message }, 'shaping rules are wrong; those before hold on');
      else log.error({ err: error, path }, 'shaping rules cannot be read; those before hold on');
    }
  }

  const timer = setInterval(look, lookMs);
  timer.unref();
  return {
    get rules() {
      return rules;
    },
    get isCurrent() {
      return isCurrent;
    },
    look,
    close: () => clearInterval(timer),
  };
}

/** Null: there is none. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
