import { describe, expect, test } from 'vitest';
import { houseFaults, HOUSE_RULES } from './house-rules.ts';

const OPENING = '// Owns one thing.\n';
const word = (...parts: string[]): string => parts.join('');

/** Rule → files that it refuses. */
const REFUSED: [rule: string, path: string, text: string][] = [
  ['at most 500 lines', 'server/mail/long.ts', OPENING + 'const x = 1;\n'.repeat(500)],
  ['no barrels', 'server/mail/index.ts', OPENING + 'export const x = 1;\n'],
  ['no barrels', 'server/mail/all.ts', `${OPENING}export * from './a.ts';\nexport { b } from './b.ts';\n`],
  ['names that say something', 'server/utils/date.ts', OPENING],
  ['names that say something', 'server/mail/helpers.ts', OPENING],
  ['kebab-case', 'server/mail/parseAddress.ts', OPENING],
  ['opens with what it owns', 'server/mail/address.ts', 'export const x = 1;\n'],
  ['SQL in stores', 'server/delivery/claim.ts', `${OPENING}pool.query('SELECT id FROM delivery');\n`],
  ['SQL in stores', 'server/web/list.ts', `${OPENING}prisma.$queryRaw\`select 1\`;\n`],
  ['mail opens no socket', 'server/mail/address.ts', `${OPENING}import net from 'node:net';\n`],
  ['no loose ends', 'server/mail/address.ts', `${OPENING}// ${word('TO', 'DO')}: finish\n`],
  ['no focused tests', 'server/mail/address.test.ts', `${OPENING}${word('test', '.only')}('x', () => {});\n`],
  ['no path of one machine', 'docs/runbook.md', `Run it in ${word('/ro', 'ot/checkout')}.\n`],
];

const ACCEPTED: [path: string, text: string][] = [
  ['server/delivery/claim.store.ts', `${OPENING}pool.query('SELECT id FROM delivery');\n`],
  ['app/(webmail)/page.tsx', "'use client';\n// The page.\nexport default function Page() {}\n"],
  ['server/mail/address.test.ts', "import { test } from 'vitest';\n"],
  ['server/mail/exact.ts', OPENING + 'const x = 1;\n'.repeat(499)],
  ['server/mail/address.ts', `${OPENING}import { isIP, isIPv6 } from 'node:net';\n`],
  ['docs/runbook.md', 'The update of all rows happens after /api/root/ and https://a.test/home/x/y.\n'],
];

describe('house rules', () => {
  test.each(REFUSED)('%s refuses %s', (rule, path, text) => {
    expect(houseFaults([{ path, text }]).map((fault) => fault.rule)).toEqual([rule]);
  });

  test.each(ACCEPTED)('%s is fine', (path, text) => {
    expect(houseFaults([{ path, text }])).toEqual([]);
  });

  test('every rule is proved here', () => {
    expect([...new Set(REFUSED.map(([rule]) => rule))].sort()).toEqual(HOUSE_RULES.map((rule) => rule.name).sort());
  });
});
