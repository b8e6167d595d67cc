// A TCP proxy that can be told to cut its connections, to refuse new ones, or to carry nothing for a while without a
// word to either side, as a network does that swallows packets.
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

export interface FaultProxy {
  port: number;
  /** Ends every connection at once, and refuses new ones for so long. */
  cut(refuseMs: number): void;
  /** Carries nothing for so long; then goes on where it was, or (`thenCut`) ends the connections. */
  stall(ms: number, thenCut: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startFaultProxy(target: NetConnectOpts): Promise<FaultProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let refuseUntil = 0;
  let stalled = false;
  const server: Server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    if (performance.now() < refuseUntil) {
      reset(client);
      return;
    }
    const upstream = connect({ ...target, noDelay: true } as NetConnectOpts);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    upstream.on('error', () => upstream.destroy());
    pass(client, upstream);
    pass(upstream, client);
    if (stalled) for (const socket of pair) socket.pause();
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    client.on('close', end);
    upstream.on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = (): void => {
    for (const pair of pairs) for (const socket of pair) reset(socket);
  };
  return {
    port: (server.address() as { port: number }).port,
    cut(refuseMs) {
      refuseUntil = performance.now() + refuseMs;
      cutAll();
    },
    async stall(ms, thenCut) {
      stalled = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
      await new Promise((resolve) => setTimeout(resolve, ms));
      stalled = false;
      if (thenCut) return cutAll();
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** As a router does that forgot the connection; a Unix socket knows no reset. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/** Copies with back-pressure; an orderly end is handed on. */
function pass(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('end', () => to.end());
}
