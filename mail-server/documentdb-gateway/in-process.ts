// The front inside the process of its client: the driver's socket is a pair of streams instead of a kernel socket.
// Saves two system calls and two wake-ups per command and side (decision 0016).
import { createRequire } from 'node:module';
import type { NetConnectOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { logger } from '../../server/infra/log/logger.ts';
import { Gateway } from './gateway.ts';
import { loadSettings } from './settings.ts';

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

/** Whether `env` lets a process answer its own connections: it names the front's socket, the database, and nothing against it. */
export function canAnswerInProcess(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env['EIDER_GATEWAY_SOCKET'] && env['DOCUMENTDB_URL']) && env['EIDER_GATEWAY_IN_PROCESS'] !== 'no';
}

/**
 * Puts a front into this process, if `env` lets it (EIDER_GATEWAY_SOCKET, DOCUMENTDB_URL; EIDER_GATEWAY_IN_PROCESS=no
 * forbids it). It connects to PostgreSQL when the first command comes. Call before a driver connects.
 */
export function answerInProcess(env: NodeJS.ProcessEnv): void {
  if (!canAnswerInProcess(env)) return;
  const settings = loadSettings(env);
  if (settings.socketPath !== null) connectInProcess(settings.socketPath, new Gateway(settings, logger('gateway')));
}
