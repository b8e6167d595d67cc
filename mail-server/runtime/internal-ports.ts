// The loopback ports between our own processes: picked free once, kept in EIDER_HOME/ports.json, picked again when
// something else has taken them. Public ports come from the environment instead.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

export const INTERNAL_PORTS = ['wildduckApi', 'wildduckLmtp', 'valkey', 'rspamd', 'metrics'] as const;

export type InternalPort = (typeof INTERNAL_PORTS)[number];

/** Whether `port` on `host` can be listened on now. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The internal ports, free at this moment.
 * @param reserved never picked: the public ports, which their processes have yet to open
 */
export async function internalPorts(path: string, reserved: readonly number[]): Promise<Record<InternalPort, number>> {
  const kept = readKept(path);
  const ports = {} as Record<InternalPort, number>;
  const taken = new Set(reserved);
  for (const name of INTERNAL_PORTS) {
    const before = kept[name];
    const usable = before !== undefined && !taken.has(before) && (await isPortFree(before, '127.0.0.1'));
    ports[name] = usable ? before : await freePort(taken);
    taken.add(ports[name]);
  }
  if (INTERNAL_PORTS.some((name) => kept[name] !== ports[name])) {
    writeFileSync(`${path}.new`, `${JSON.stringify(ports, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  return ports;
}

function readKept(path: string): Partial<Record<InternalPort, number>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<InternalPort, number>>;
  } catch {
    return {};
  }
}

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await portFromKernel();
    if (!taken.has(port)) return port;
  }
}

function portFromKernel(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
