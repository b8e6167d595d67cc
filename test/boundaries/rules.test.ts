import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkBoundaries } from './cruise.ts';
import { configuration } from './rules.ts';

type Tree = Record<string, string>;

/** A small checkout in which nothing is wrong. Every violation is planted on top of it. */
const CLEAN: Tree = {
  'package.json': JSON.stringify({
    name: 'planted',
    type: 'module',
    dependencies: { pg: '1', next: '1', mongodb: '1', nodemailer: '1' },
    devDependencies: { vitest: '1' },
  }),
  ...Object.fromEntries(
    ['pg', 'next', 'mongodb', 'nodemailer', 'vitest', 'stowaway'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js', types: 'index.d.ts' })],
      [`node_modules/${name}/index.js`, 'export const x = 1;'],
      [`node_modules/${name}/index.d.ts`, 'export declare const x: number;'],
    ]),
  ),
  'server/config.ts': 'export const config = 1;',
  'server/mail/address.ts': "import { createHash } from 'node:crypto';\nexport const address = createHash;",
  'server/infra/db/pool.ts': "import { x } from 'pg';\nimport { config } from '../../config.ts';\nexport const pool = x + config;",
  'server/infra/db/generated/client.ts': 'export const client = 1;',
  'server/infra/wildduck/client.ts': "import { x } from 'mongodb';\nexport const wildduck = x;",
  'server/tenants/tenant.ts': "import { pool } from '../infra/db/pool.ts';\nexport const tenant = pool;",
  'server/delivery/enqueue.ts':
    "import { tenant } from '../tenants/tenant.ts';\nimport { address } from '../mail/address.ts';\nexport const enqueue = [tenant, address];",
  'server/mailbox/folders.ts': "import { pool } from '../infra/db/pool.ts';\nexport const folders = pool;",
  'server/web/contract/shapes.ts': 'export const shape = 1;',
  'server/web/session.ts':
    "import { x } from 'next';\nimport { enqueue } from '../delivery/enqueue.ts';\nimport { folders } from '../mailbox/folders.ts';\nexport const session = [x, enqueue, folders];",
  'server/workers/delivery.ts': "import { enqueue } from '../delivery/enqueue.ts';\nconsole.log(enqueue);",
  'server/demo/fill.ts': "import { wildduck } from '../infra/wildduck/client.ts';\nexport const fill = wildduck;",
  'components/button.tsx': "import { shape } from '../server/web/contract/shapes.ts';\nexport const button = shape;",
  'app/page.tsx':
    "import { session } from '../server/web/session.ts';\nimport { button } from '../components/button.tsx';\nexport const page = [session, button];",
  'mail-server/inbound/main.ts': "import { enqueue } from '../../server/delivery/enqueue.ts';\nconsole.log(enqueue);",
  'mail-server/runtime/start.ts': "import { fill } from '../../server/demo/fill.ts';\nexport const start = fill;",
  'server/delivery/testing/fake-mx.ts': 'export const fakeMx = 1;',
  'server/delivery/enqueue.test.ts':
    "import { fakeMx } from './testing/fake-mx.ts';\nimport { x } from 'vitest';\nimport { start } from '../../mail-server/runtime/start.ts';\nconsole.log(fakeMx, x, start);",
};

const imports = (specifier: string): string => `import * as other from '${specifier}';\nexport const planted = other;`;

/** For each rule one file, or several, each of which breaks just that rule. */
const VIOLATIONS: Record<string, Tree[]> = {
  'features-stand-alone': [
    { 'server/mailbox/planted.ts': imports('../delivery/enqueue.ts') },
    { 'server/delivery/planted.ts': imports('../web/session.ts') },
    { 'server/tenants/planted.ts': imports('../mailbox/folders.ts') },
  ],
  'infra-is-below-features': [{ 'server/infra/log/planted.ts': imports('../../tenants/tenant.ts') }],
  'mail-is-pure': [{ 'server/mail/planted.ts': imports('../infra/db/generated/client.ts') }],
  'mail-does-no-io': [{ 'server/mail/planted.ts': imports('node:fs') }, { 'server/mail/planted.ts': imports('dns/promises') }],
  'mail-knows-no-storage': [{ 'server/mail/planted.ts': imports('nodemailer') }],
  'web-is-below-app': [{ 'server/web/planted.ts': imports('../../components/button.tsx') }],
  'app-goes-through-web': [{ 'app/planted.ts': imports('../server/delivery/enqueue.ts') }, { 'proxy.ts': imports('./server/config.ts') }],
  'components-know-only-the-contract': [{ 'components/planted.tsx': imports('../server/web/session.ts') }],
  'contract-runs-in-the-browser': [
    { 'server/web/contract/planted.ts': imports('../session.ts') },
    { 'server/web/contract/planted.ts': imports('node:crypto') },
  ],
  'server-knows-no-mail-server': [{ 'server/delivery/planted.ts': imports('../../mail-server/runtime/start.ts') }],
  'processes-are-roots': [
    { 'server/cli/planted.ts': imports('../workers/delivery.ts') },
    { 'mail-server/runtime/planted.ts': imports('../inbound/main.ts') },
  ],
  'react-stays-in-web-and-app': [{ 'server/delivery/planted.ts': imports('next') }],
  'postgres-stays-in-infra': [{ 'server/delivery/planted.ts': imports('pg') }],
  'generated-client-stays-in-infra': [{ 'server/web/planted.ts': imports('../infra/db/generated/client.ts') }],
  'wildduck-stays-in-its-client': [{ 'server/mailbox/planted.ts': imports('mongodb') }],
  'demo-is-a-tool': [{ 'app/planted.ts': "import type * as other from '../server/web/planted.ts';\nexport type Planted = typeof other;", 'server/web/planted.ts': imports('../demo/fill.ts') }],
  'no-test-code-in-production': [{ 'server/delivery/planted.ts': imports('./testing/fake-mx.ts') }],
  'no-dev-dependency-in-production': [{ 'server/delivery/planted.ts': imports('vitest') }],
  'no-undeclared-package': [{ 'server/delivery/planted.ts': imports('stowaway') }],
  'no-unresolvable': [{ 'server/delivery/planted.ts': imports('./nowhere.ts') }],
  'no-circular': [{ 'server/delivery/planted.ts': imports('./ring.ts'), 'server/delivery/ring.ts': imports('./planted.ts') }],
};

const folders: string[] = [];

function plant(tree: Tree): string {
  const folder = mkdtempSync(join(tmpdir(), 'eider-boundaries-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('boundary rules', () => {
  test('every rule has a planted violation', () => {
    expect(Object.keys(VIOLATIONS).sort()).toEqual(configuration.forbidden?.map((rule) => rule.name).sort());
  });

  test('a clean tree passes, and its modules are read', async () => {
    const { modules, violations } = await checkBoundaries(plant(CLEAN));
    expect(violations).toEqual([]);
    expect(modules).toContain('app/page.tsx');
    expect(modules).toContain('mail-server/inbound/main.ts');
  });

  const cases = Object.entries(VIOLATIONS).flatMap(([rule, trees]) => trees.map((tree) => ({ rule, tree, file: Object.keys(tree)[0] })));
  test.each(cases)('$rule refuses $file', async ({ rule, tree }) => {
    const { violations } = await checkBoundaries(plant({ ...CLEAN, ...tree }));
    expect(violations.map((violation) => violation.rule)).toContain(rule);
    expect(violations.every((violation) => violation.from in tree)).toBe(true);
  });

  test('a tree without modules is an error, not a pass', async () => {
    await expect(checkBoundaries(plant({ 'package.json': '{}' }))).rejects.toThrow(/no TypeScript module/);
  });
});
