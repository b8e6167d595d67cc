// Runs a benchmark against the whole product: one of its own with the demo mailbox, or, with EIDER_BENCH_HOME and
// the EIDER_PORT_* of a running one, that.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../server/config.ts';
import { productAddress, startProduct, type ProductAddress } from '../test/product/product.ts';

/** @param env more for the product's environment, where it is one of our own */
export async function withProduct(measure: (product: ProductAddress) => Promise<void>, env: Record<string, string> = {}): Promise<void> {
  const running = process.env['EIDER_BENCH_HOME'];
  if (running) {
    const config = loadConfig({ ...process.env, EIDER_HOME: running });
    return measure(productAddress({ home: config.home, ports: config.ports }));
  }
  const home = await mkdtemp(join(tmpdir(), 'eider-bench-'));
  const product = await startProduct({ home, args: ['--demo'], env, onLine: (line) => console.log(line) });
  try {
    await measure(product.address);
  } finally {
    await product.stop();
    await rm(home, { recursive: true, force: true });
  }
}
