// Starts the product and the outside world once for all journeys and stops them at the end. While developing,
// EIDER_E2E_HOME (with the EIDER_PORT_* of a product that runs there) uses that one instead and leaves it alone.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../server/config.ts';
import { freePorts } from '../test/product/free-ports.ts';
import { productAddress, startProduct, type Login, type ProductAddress } from '../test/product/product.ts';
import { runProgram } from './clients/run-program.ts';
import { OUTSIDE_DOMAIN, startOutside } from './outside.ts';

/** The two mailboxes that a worker's journeys play with: nobody else's journeys see their mail. */
export type Pair = Pick<ProductAddress, 'alice' | 'bob'>;

/** What the journeys are told, as JSON. */
export interface Handover {
  product: ProductAddress;
  /** One for each worker that runs at the same time. */
  pairs: Pair[];
  outsideUrl: string;
}

export const HANDOVER_VARIABLE = 'EIDER_E2E_HANDOVER';

/** Each worker's alice has the sample mailbox; the first worker has the first accounts. */
export const WORKERS = 2;

export default async function globalSetUp(): Promise<() => Promise<void>> {
  const running = process.env['EIDER_E2E_HOME'];
  return running ? useRunning(running) : startOne();
}

async function useRunning(home: string): Promise<() => Promise<void>> {
  const config = loadConfig({ ...process.env, EIDER_HOME: home });
  const port = Number(new RegExp(`${OUTSIDE_DOMAIN}=[^,]*:(\\d+)`).exec(config.routes ?? '')?.[1] ?? 0);
  return handOver(productAddress({ home: config.home, ports: config.ports }), port);
}

async function startOne(): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'eider-e2e-'));
  const [port = 0] = await freePorts(1);
  const product = await startProduct({
    home,
    args: ['--demo'],
    // The account that a journey brings mail from is on this machine.
    env: { EIDER_ROUTES: `${OUTSIDE_DOMAIN}=127.0.0.1:${port}`, EIDER_IMPORT_NETWORKS: '127.0.0.0/8' },
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
  const end = await handOver(product.address, port);
  return async () => {
    await end();
    const exitCode = await product.stop();
    if (exitCode !== 0) throw new Error(`the product ended with exit code ${exitCode} when it was told to stop`);
    await rm(home, { recursive: true, force: true });
  };
}

async function handOver(product: ProductAddress, port: number): Promise<() => Promise<void>> {
  const outside = await startOutside(product, port);
  const pairs: Pair[] = [{ alice: product.alice, bob: product.bob }];
  while (pairs.length < WORKERS) pairs.push(await makePair(product, pairs.length + 1));
  process.env[HANDOVER_VARIABLE] = JSON.stringify({ product, pairs, outsideUrl: outside.url } satisfies Handover);
  return outside.close;
}

/** Two more accounts; the first one's mailbox is filled as alice's is. */
async function makePair(product: ProductAddress, number: number): Promise<Pair> {
  const suffix = `${number}-${Date.now().toString(36)}`;
  const [alice, bob] = await Promise.all([makeAccount(product, `alice-${suffix}`, 'Alice Hale'), makeAccount(product, `bob-${suffix}`, 'Bob')]);
  const roles = JSON.parse(readFileSync(join(product.home, 'environment.json'), 'utf8')) as Record<string, string>;
  const filled = await runProgram(process.execPath, ['server/demo/fill.ts', '--address', alice.address, '--state', `demo-${suffix}.json`], { cwd: product.checkout, env: roles });
  if (filled.exitCode !== 0) throw new Error(`the sample mailbox of ${alice.address}: ${filled.stderr}`);
  return { alice, bob };
}

async function makeAccount(product: ProductAddress, name: string, displayName: string): Promise<Login> {
  const login = { address: `${name}@eider.test`, password: 'a long enough password' };
  const made = await runProgram('npm', ['--silent', 'run', 'eider', '--', 'user', 'create', login.address, '--name', displayName, '--password-stdin'], {
    cwd: product.checkout,
    env: { EIDER_HOME: product.home, EIDER_PORT_WEB: String(product.ports.web) },
    input: `${login.password}\n`,
  });
  if (made.exitCode !== 0) throw new Error(`${login.address}: ${made.stderr}`);
  return login;
}
