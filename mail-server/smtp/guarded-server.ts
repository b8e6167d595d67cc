// smtp-server's listener with admission control. Owns how many sessions there are, in all and from one
// address; each session's own limits are guarded-connection.ts's.
import type { Socket } from 'node:net';
import { isIPv6 } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { GuardedConnection, type SessionLimits } from './guarded-connection.ts';

export interface ServerLimits extends SessionLimits {
  maxSessions: number;
  maxSessionsPerAddress: number;
  /** The same for loopback, where our own delivery and a reverse proxy come from. */
  maxSessionsFromLoopback: number;
  /** How often sessions are looked at for slowness. */
  paceCheckMs: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  maxErrors: 20,
  maxIdleCommands: 100,
  commandTimeoutMs: 300_000,
  dataWindowMs: 60_000,
  dataWindowBytes: 4_096,
  maxSessions: 500,
  maxSessionsPerAddress: 20,
  maxSessionsFromLoopback: 200,
  paceCheckMs: 5_000,
};

export class GuardedServer extends SMTPServer {
  private readonly limits: ServerLimits;
  private readonly perAddress = new Map<string, number>();
  private readonly paceTimer: NodeJS.Timeout;
  private readonly sessions = new Map<string, GuardedConnection>();

  constructor(options: SMTPServerOptions, limits: ServerLimits = DEFAULT_LIMITS) {
    super({ ...options, maxClients: limits.maxSessions, socketTimeout: limits.commandTimeoutMs });
    this.limits = limits;
    this.paceTimer = setInterval(() => {
      const now = Date.now();
      for (const session of this.sessions.values()) session.checkPace(now);
    }, limits.paceCheckMs);
    this.paceTimer.unref();
  }

  /** The running session with smtp-server's id, if it still runs. */
  session(id: string): GuardedConnection | undefined {
    return this.sessions.get(id);
  }

  override connect(socket: Socket, socketOptions?: ConstructorParameters<typeof GuardedConnection>[2]): void {
    const group = addressGroup(socket.remoteAddress ?? '');
    const count = this.perAddress.get(group) ?? 0;
    const most = group === 'loopback' ? this.limits.maxSessionsFromLoopback : this.limits.maxSessionsPerAddress;
    const refusal =
      this.sessions.size >= this.limits.maxSessions ? '421 4.3.2 Too many sessions, try again in a minute\r\n'
      : count >= most ? '421 4.7.0 Too many sessions from your address\r\n'
      : null;
    if (refusal) {
      socket.on('error', () => socket.destroy());
      socket.end(refusal, () => socket.destroy());
      return;
    }
    const connection = new GuardedConnection(this, socket, socketOptions);
    connection.limits = this.limits;
    this.perAddress.set(group, count + 1);
    this.sessions.set(connection.id, connection);
    socket.once('close', () => this.release(connection.id, group));
    this.connections.add(connection);
    connection.on('error', (error: Error) => this.emit('error', error));
    connection.init();
  }

  /**
   * Stops listening. Who is between two commands gets 421 at once, who is at work on something when it is
   * done, and everyone once `graceMs` is over.
   */
  stop(graceMs: number): Promise<void> {
    clearInterval(this.paceTimer);
    this.options.closeTimeout = graceMs;
    return new Promise((resolve) => {
      this.close(() => resolve());
      for (const session of this.sessions.values()) if (session.isIdle()) session.send(421, '4.3.2 Server is going down');
    });
  }

  private release(id: string, group: string): void {
    this.sessions.delete(id);
    const left = (this.perAddress.get(group) ?? 1) - 1;
    if (left > 0) this.perAddress.set(group, left);
    else this.perAddress.delete(group);
  }
}

/** Addresses that count as one client: an IPv4 address, an IPv6 /64, loopback. */
export function addressGroup(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (plain === '::1' || plain.startsWith('127.')) return 'loopback';
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return `${groups.slice(0, 4).map((part) => part.replace(/^0+(?=.)/, '')).join(':').toLowerCase()}::/64`;
}
