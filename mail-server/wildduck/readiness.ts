// Whether WildDuck answers on each of its doors. Owns the questions; not the process.
import { connect } from 'node:net';
import type { Endpoint } from './settings.ts';

export type Probe = { name: string; ask: (signal: AbortSignal) => Promise<void> };

/** Asks a line protocol for its greeting; resolves when the first line matches. */
export function greetingProbe(name: string, endpoint: Endpoint, expected: RegExp): Probe {
  return {
    name,
    ask: (signal) =>
      new Promise((resolve, reject) => {
        const socket = connect({ ...endpoint, signal });
        let text = '';
        socket.setEncoding('latin1');
        socket.on('error', reject);
        socket.on('data', (chunk: string) => {
          text += chunk;
          if (!text.includes('\n')) return;
          socket.destroy();
          if (expected.test(text)) resolve();
          else reject(new Error(`unexpected greeting ${JSON.stringify(text.slice(0, 80))}`));
        });
        socket.on('close', () => reject(new Error('closed before its greeting')));
      }),
  };
}

/** Asks the REST API for something that needs the token and the databases behind it. */
export function apiProbe(url: string, token: string): Probe {
  return {
    name: 'api',
    async ask(signal) {
      const response = await fetch(new URL('/users?limit=1', url), { headers: { 'X-Access-Token': token }, signal });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`status ${response.status}`);
    },
  };
}

/**
 * Waits until nobody answers on any of the endpoints.
 * @returns null, or the first that is still taken when the time is over
 */
export async function awaitFree(endpoints: Endpoint[], timeoutMs: number): Promise<Endpoint | null> {
  const deadline = Date.now() + timeoutMs;
  for (const endpoint of endpoints) {
    while (await answers(endpoint)) {
      if (Date.now() > deadline) return endpoint;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return null;
}

function answers(endpoint: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/**
 * Asks every probe until all have answered.
 * @param timeoutMs give up after this long
 * @returns null when all answer, else the reason of each that does not
 */
export async function awaitReady(probes: Probe[], timeoutMs: number, stopped: AbortSignal): Promise<string | null> {
  const deadline = AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]);
  const reasons = new Map(probes.map((probe) => [probe.name, 'not asked yet']));
  await Promise.all(
    probes.map(async (probe) => {
      while (!deadline.aborted) {
        try {
          await probe.ask(AbortSignal.any([deadline, AbortSignal.timeout(5_000)]));
          reasons.delete(probe.name);
          return;
        } catch (error) {
          reasons.set(probe.name, (error as Error).message);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    }),
  );
  return reasons.size === 0 ? null : [...reasons].map(([name, reason]) => `${name}: ${reason}`).join('; ');
}
