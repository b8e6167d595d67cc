// What the house asks of every file and a script can see, as a table. Meaning and reasons stand in each rule's text.
import type { SourceFile } from './read-tree.ts';

export interface HouseRule {
  name: string;
  applies(path: string): boolean;
  /** What is wrong with the file, or null. */
  fault(file: SourceFile): string | null;
}

export interface Fault {
  rule: string;
  path: string;
  text: string;
}

const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs)$/.test(path) && !/\.d\.m?ts$/.test(path);
const isTest = (path: string): boolean => /\.(test|e2e)\.tsx?$|(^|\/)testing\/|^(test|e2e|bench)\//.test(path);
const isProduct = (path: string): boolean => isCode(path) && !isTest(path);

/** The first line that matches, as `line 12: …`, or null. */
function firstLine(text: string, pattern: RegExp, what: string): string | null {
  const index = text.split('\n').findIndex((line) => pattern.test(line));
  return index < 0 ? null : `line ${index + 1}: ${what}`;
}

/** Names of folders and files that say nothing of what is inside. */
const EMPTY_NAMES = /^(utils?|helpers?|managers?|commons?|misc|shared|stuff|lib)$/;
/** Next and other tools dictate these names. */
const DICTATED = /^(page|layout|route|loading|error|not-found|global-error|template|default)\.tsx?$/;
// Written in two parts, so that this file does not break its own rule.
const MACHINE_PATH = new RegExp(String.raw`(^|[\s"'\x60(=:])/(work|ro` + String.raw`ot|home/[a-z]\w*)/\w`);
const LEFTOVER = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', '@ts-' + 'ignore', '@ts-' + 'nocheck'].map((word) => `(^|[^\\w])${word}\\b`).join('|'));

export const HOUSE_RULES: readonly HouseRule[] = [
  {
    name: 'at most 500 lines',
    applies: (path) => isCode(path) || path.endsWith('.css'),
    fault: ({ text }) => (text.split('\n').length > 501 ? `${text.split('\n').length - 1} lines` : null),
  },
  {
    name: 'no barrels',
    applies: isProduct,
    fault({ path, text }) {
      if (/(^|\/)index\.tsx?$/.test(path)) return 'index files hide where things are; import the file itself';
      const statements = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\*|\/\*)/.test(line));
      const reexports = statements.filter((line) => /^export (type )?(\*|\{[^}]*\}) from /.test(line));
      return reexports.length > 1 && reexports.length === statements.length ? 'only re-exports' : null;
    },
  },
  {
    name: 'names that say something',
    applies: isCode,
    fault({ path }) {
      const bad = path.replace(/\.\w+$/, '').split('/').find((part) => EMPTY_NAMES.test(part));
      return bad ? `"${bad}" does not say what is inside` : null;
    },
  },
  {
    name: 'kebab-case',
    applies: (path) => isCode(path) && !DICTATED.test(path.slice(path.lastIndexOf('/') + 1)),
    fault({ path }) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|mts|mjs)$/.test(name) ? null : 'kebab-case expected';
    },
  },
  {
    name: 'opens with what it owns',
    applies: isProduct,
    fault: ({ text }) => (/^(#!.*\n)?(['"]use (client|server)['"];?\n+)?(\/\/ |\/\*\*?\s)/.test(text) ? null : 'no opening comment'),
  },
  {
    name: 'SQL in stores',
    applies: (path) => isProduct(path) && /^(server|app|components)\//.test(path) && !/\.store\.ts$|^server\/infra\/db\//.test(path),
    fault: ({ text }) =>
      firstLine(text, /\$(queryRaw|executeRaw)|[`'"]\s*(SELECT\s.+\sFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\s/, 'SQL belongs in a *.store.ts'),
  },
  {
    name: 'mail opens no socket',
    applies: (path) => path.startsWith('server/mail/') && isProduct(path),
    fault: ({ text }) => firstLine(text, /^import (?!\{ (isIP|isIPv4|isIPv6)(, (isIP|isIPv4|isIPv6))* \}).* from '(node:)?net'/, 'only isIP is pure'),
  },
  {
    name: 'no loose ends',
    applies: isCode,
    fault: ({ text }) => firstLine(text, LEFTOVER, 'finish it or drop it'),
  },
  {
    name: 'no focused tests',
    applies: (path) => isCode(path) && isTest(path),
    fault: ({ text }) => firstLine(text, /\b(test|it|describe)\.only\(/, 'one test alone would run'),
  },
  {
    name: 'no path of one machine',
    applies: () => true,
    fault: ({ text }) => firstLine(text, MACHINE_PATH, 'a path that exists on one machine only'),
  },
];

/** Every fault of every file. */
export function houseFaults(files: readonly SourceFile[]): Fault[] {
  return files.flatMap((file) =>
    HOUSE_RULES.filter((rule) => rule.applies(file.path)).flatMap((rule) => {
      const text = rule.fault(file);
      return text === null ? [] : [{ rule: rule.name, path: file.path, text }];
    }),
  );
}
