// Mail a second that the MX takes from other servers, with every check and storing included, and the CPU time that each
// role spends on a message. What users get, where bench:gateway measures the mail store by itself.
// Usage: node bench/mx-rate.ts [--messages 1000] [--rounds 3] [--bytes 10000] [--connections 8]
import { parseArgs } from 'node:util';
import { supervisorStatus, type ProductAddress } from '../test/product/product.ts';
import { cpuSeconds } from './gateway/cpu-time.ts';
import { runLmtpLoad } from './gateway/lmtp-load.ts';
import { withProduct } from './with-product.ts';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    bytes: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '8' },
  },
});
const WARM_UP_MESSAGES = 300;

async function measure(product: ProductAddress): Promise<void> {
  const { roles } = await supervisorStatus(product.home);
  const running = roles.filter((role): role is typeof role & { pid: number } => role.pid !== null);
  const load = {
    port: product.ports.mx,
    greeting: 'EHLO' as const,
    connections: Number(options.connections),
    recipients: [product.alice.address, product.bob.address],
    bytes: Number(options.bytes),
  };
  await runLmtpLoad({ ...load, messages: WARM_UP_MESSAGES });
  const cpuNow = (): Map<string, number> => new Map(running.map(({ role, pid }) => [role, cpuSeconds(pid)]));
  for (let round = 0; round < Number(options.rounds); round++) {
    let before = cpuNow();
    const result = await runLmtpLoad({ ...load, messages: Number(options.messages), onReady: () => (before = cpuNow()) });
    const each = [...cpuNow()].map(([role, seconds]) => ({ role, ms: ((seconds - (before.get(role) ?? 0)) / result.accepted) * 1000 }));
    const total = each.reduce((sum, { ms }) => sum + ms, 0);
    const parts = each.filter(({ ms }) => ms >= 0.05).map(({ role, ms }) => `${role} ${ms.toFixed(2)}`);
    const p50 = result.latenciesMs[Math.floor(result.latenciesMs.length / 2)] ?? 0;
    console.log(`MX ${(result.accepted / result.seconds).toFixed(0).padStart(5)}/s   ${result.accepted} accepted, ${result.refused} refused; after the final dot p50 ${p50.toFixed(0)} ms`);
    console.log(`  CPU ms each: ${total.toFixed(2)} (${parts.join(', ')})`);
  }
}

await withProduct(measure);
