// What a new user waits for: `npm start` in a fresh clone with an empty cache of backing services, and the second
// start. npm's own download cache may be warm; `--npm-cache` makes that empty too.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startProduct } from '../test/product/product.ts';

const { values } = parseArgs({ options: { 'npm-cache': { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'eider-cold-'));
const checkout = join(folder, 'eider');
const source = fileURLToPath(new URL('..', import.meta.url));

async function start(name: string): Promise<void> {
  console.log(`\n${name}`);
  const from = performance.now();
  const product = await startProduct({
    checkout,
    home: join(folder, 'home'),
    env: {
      EIDER_CACHE: join(folder, 'cache'),
      // The clone brings its own Node; the one that runs this must not help it.
      PATH: (process.env['PATH'] ?? '').split(':').filter((entry) => !entry.includes('node_modules')).join(':'),
      ...(values['npm-cache'] && { npm_config_cache: join(folder, 'npm') }),
    },
    onLine: (line) => console.log(`  ${((performance.now() - from) / 1000).toFixed(1).padStart(6)} s  ${line}`),
  });
  const ready = (performance.now() - from) / 1000;
  const stopping = performance.now();
  const exitCode = await product.stop();
  console.log(`${name}: ready and healthy after ${ready.toFixed(1)} s; stopped in ${((performance.now() - stopping) / 1000).toFixed(1)} s with exit code ${exitCode}`);
}

try {
  execFileSync('git', ['clone', '--quiet', source, checkout]);
  await start('first start');
  await start('second start');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
