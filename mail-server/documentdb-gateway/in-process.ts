// The front inside the process of its client: the driver's socket is a pair of streams instead of a kernel socket.
// Saves two system calls and two wake-ups per command and side (decision 0016). Opt-in, by preload.ts.
import { createRequire } from 'node:module';
import type { NetConnectOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Gateway } from './gateway.ts';

/** One end of a connection that never leaves the process; what a driver does with a socket beyond a stream is a no-op. */
export class StreamSocket extends Duplex {
  /** Read by the driver: its socket time-out, which nothing here can run into. */
  readonly timeout = 0;
  readonly remoteAddress = undefined;
  #peer: StreamSocket | null = null;

  static pair(): [StreamSocket, StreamSocket] {
    const near = new StreamSocket();
    const far = new StreamSocket();
    near.#peer = far;
    far.#peer = near;
    return [near, far];
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    this.end(() => this.destroy());
  }

  override _read(): void {
    // Data is pushed by the other end; each side has at most a few requests under way, so that no brake is needed.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#peer?.push(chunk);
    done();
  }

  override _writev(chunks: Array<{ chunk: Buffer }>, done: (error?: Error | null) => void): void {
    this.#peer?.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#peer?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    this.#peer = null;
    if (peer !== null && !peer.destroyed) peer.destroy();
    done(error);
  }
}

/**
 * From now on, connections that this process opens to the Unix socket `path` end in `gateway`. Everything else that
 * opens sockets is left alone. Only `net.createConnection` is replaced, which is what MongoDB's driver calls.
 */
export function connectInProcess(path: string, gateway: Pick<Gateway, 'accept'>): void {
  // The module object that CommonJS code shares; an import's namespace could not be changed.
  const net = createRequire(import.meta.url)('node:net') as { createConnection: (...args: unknown[]) => Socket };
  const original = net.createConnection;
  net.createConnection = function createConnection(...args: unknown[]): Socket {
    const options = args[0] as NetConnectOpts | undefined;
    if (typeof options !== 'object' || !('path' in options) || options.path !== path) return original.apply(this, args);
    const [near, far] = StreamSocket.pair();
    gateway.accept(far as unknown as Socket);
    process.nextTick(() => near.destroyed || near.emit('connect'));
    return near as unknown as Socket;
  };
}
