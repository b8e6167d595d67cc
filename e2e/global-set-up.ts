// Starts the product once for all journeys and stops it at the end. While developing, EIDER_E2E_HOME (with the
// EIDER_PORT_* of a product that runs there) uses that one instead and leaves it alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../server/config.ts';
import { freePorts } from '../test/product/free-ports.ts';
import { productAddress, startProduct, type ProductAddress } from '../test/product/product.ts';
import { OUTSIDE_DOMAIN } from './outside.ts';

/** The address of the product under test, as JSON, and the port where the outside world's mail server listens. */
export interface Handover {
  product: ProductAddress;
  outsidePort: number;
}

export const HANDOVER_VARIABLE = 'EIDER_E2E_HANDOVER';

export default async function globalSetUp(): Promise<(() => Promise<void>) | undefined> {
  const running = process.env['EIDER_E2E_HOME'];
  if (running) {
    const config = loadConfig({ ...process.env, EIDER_HOME: running });
    const outsidePort = Number(new RegExp(`${OUTSIDE_DOMAIN}=[^,]*:(\\d+)`).exec(config.routes ?? '')?.[1] ?? 0);
    handOver({ product: productAddress({ home: config.home, ports: config.ports }), outsidePort });
    return undefined;
  }
  const home = await mkdtemp(join(tmpdir(), 'eider-e2e-'));
  const [outsidePort = 0] = await freePorts(1);
  const product = await startProduct({
    home,
    args: ['--demo'],
    env: { EIDER_ROUTES: `${OUTSIDE_DOMAIN}=127.0.0.1:${outsidePort}` },
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
  handOver({ product: product.address, outsidePort });
  return async () => {
    const exitCode = await product.stop();
    if (exitCode !== 0) throw new Error(`the product ended with exit code ${exitCode} when it was told to stop`);
    await rm(home, { recursive: true, force: true });
  };
}

function handOver(handover: Handover): void {
  process.env[HANDOVER_VARIABLE] = JSON.stringify(handover);
}
