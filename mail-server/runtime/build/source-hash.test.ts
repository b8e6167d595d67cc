import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sourceHash } from './source-hash.ts';

let root: string;
const write = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
const hash = () => sourceHash(root, ['app', 'server', 'package-lock.json', 'missing.ts']);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'eider-hash-'));
  write('app/page.tsx', 'page');
  write('server/a.ts', 'a');
  write('package-lock.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

it.each([
  ['an edit', () => write('app/page.tsx', 'other page')],
  ['a new file', () => write('app/new/page.tsx', '')],
  ['a new name', () => (rmSync(join(root, 'server/a.ts')), write('server/b.ts', 'a'))],
  ['a file that was missing', () => write('missing.ts', '')],
])('changes with %s', async (_name, change) => {
  const before = await hash();
  expect(await hash()).toBe(before);
  change();
  expect(await hash()).not.toBe(before);
});

it.each(['server/a.test.ts', 'server/a.db.test.ts', 'server/infra/db/generated/client.ts', 'app/.cache/x', 'docs/x.md', 'server/mail/testdata/1.eml'])(
  'does not change with %s',
  async (path) => {
    const before = await hash();
    write(path, 'x');
    expect(await hash()).toBe(before);
  },
);
