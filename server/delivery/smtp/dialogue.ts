// One socket of an SMTP client: commands out, replies in, one waiter at a time, every wait bounded. Knows the
// line protocol and TLS upgrade; which commands to say is connect.ts and transact.ts.
import type { Socket } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { replyReader, type SmtpReply } from '../../mail/smtp-reply.ts';

/** The connection is of no more use. Thrown within this folder only; callers outside get unions. */
export class DialogueFault extends Error {
  override name = 'DialogueFault';
  readonly kind: 'timeout' | 'closed' | 'protocol' | 'tls';
  constructor(kind: DialogueFault['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Small enough that a stall shows soon, large enough to cost nothing. */
const BULK_STEP_OCTETS = 64 * 1024;

export interface Dialogue {
  /** Sends pieces in one go, without waiting. */
  send(...pieces: (string | Buffer)[]): void;
  /** The next reply. @throws DialogueFault after `timeoutMs`, on a broken connection or a malformed reply */
  reply(timeoutMs: number): Promise<SmtpReply>;
  /** Sends much, no faster than it is taken. @throws DialogueFault when nothing is taken for `stallMs` */
  sendBulk(pieces: readonly Buffer[], stallMs: number): Promise<void>;
  /** Continues over TLS. What arrived in clear behind the reply to STARTTLS is a fault (CVE-2011-0411 and kin). */
  startTls(options: { servername: string | undefined; timeoutMs: number }): Promise<{ protocol: string }>;
  /** False once the connection is broken, or something arrived that nobody asked for. */
  readonly usable: boolean;
  readonly remoteAddress: string;
  /** Ends the connection at once. */
  destroy(): void;
}

export function openDialogue(connected: Socket): Dialogue {
  const remoteAddress = connected.remoteAddress ?? '';
  let socket: Socket | TLSSocket = connected;
  let reader = replyReader();
  let fault: DialogueFault | null = null;
  let waiter: { resolve(reply: SmtpReply): void; reject(error: DialogueFault): void } | null = null;
  const replies: SmtpReply[] = [];

  function fail(error: DialogueFault): void {
    fault ??= error;
    socket.destroy();
    waiter?.reject(fault);
    waiter = null;
  }
  function onData(chunk: Buffer): void {
    const result = reader.push(chunk);
    if (result.kind === 'fault') return fail(new DialogueFault('protocol', result.rule));
    for (const reply of result.replies) {
      if (waiter) {
        const { resolve } = waiter;
        waiter = null;
        resolve(reply);
        // A pipelined command can have at most this many replies outstanding; a flood is an attack.
      } else if (replies.push(reply) > 2_000) return fail(new DialogueFault('protocol', 'more replies than commands'));
    }
  }
  const onError = (error: Error): void => fail(new DialogueFault('closed', error.message));
  const onClose = (): void => fail(new DialogueFault('closed', 'the server closed the connection'));
  function attach(target: Socket): void {
    target.on('data', onData).on('error', onError).on('close', onClose).on('end', onClose);
  }
  function detach(target: Socket): void {
    target.off('data', onData).off('error', onError).off('close', onClose).off('end', onClose);
  }
  attach(socket);
  socket.setNoDelay(true);

  return {
    send(...pieces) {
      if (fault) return;
      if (pieces.length === 1) {
        socket.write(pieces[0]!);
        return;
      }
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    },
    reply(timeoutMs) {
      const ready = replies.shift();
      if (ready) return Promise.resolve(ready);
      if (fault) return Promise.reject(fault);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => fail(new DialogueFault('timeout', `no reply for ${Math.round(timeoutMs / 1000)} s`)), timeoutMs);
        waiter = {
          resolve(reply) {
            clearTimeout(timer);
            resolve(reply);
          },
          reject(error) {
            clearTimeout(timer);
            reject(error);
          },
        };
      });
    },
    async sendBulk(pieces, stallMs) {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length; at += BULK_STEP_OCTETS) {
          if (fault) throw fault;
          if (socket.write(piece.subarray(at, at + BULK_STEP_OCTETS))) continue;
          if (!(await drain(socket, stallMs))) fail(new DialogueFault('timeout', `the server took nothing for ${Math.round(stallMs / 1000)} s`));
        }
      }
    },
    startTls({ servername, timeoutMs }) {
      if (reader.partial || replies.length > 0) fail(new DialogueFault('protocol', 'octets in clear behind the reply to STARTTLS'));
      if (fault) return Promise.reject(fault);
      return new Promise((resolve, reject) => {
        const plain = socket;
        detach(plain);
        // Opportunistic: an unknown certificate beats none. Who must be sure of the peer checks it above this.
        const secure = tlsConnect({ socket: plain, servername, rejectUnauthorized: false, minVersion: 'TLSv1.2' });
        const give = (error: DialogueFault): void => {
          clearTimeout(timer);
          fault ??= error;
          secure.destroy();
          plain.destroy();
          reject(error);
        };
        const timer = setTimeout(() => give(new DialogueFault('tls', 'the TLS handshake took too long')), timeoutMs);
        const onTlsError = (error: Error): void => give(new DialogueFault('tls', `TLS handshake: ${error.message}`));
        const onTlsClose = (): void => give(new DialogueFault('tls', 'the server closed during the TLS handshake'));
        secure.on('error', onTlsError).on('close', onTlsClose).on('end', onTlsClose);
        plain.on('close', onTlsClose);
        secure.once('secureConnect', () => {
          clearTimeout(timer);
          secure.off('error', onTlsError).off('close', onTlsClose).off('end', onTlsClose);
          plain.off('close', onTlsClose);
          socket = secure;
          reader = replyReader();
          attach(secure);
          resolve({ protocol: secure.getProtocol() ?? 'TLS' });
        });
      });
    },
    get usable() {
      return fault === null && replies.length === 0 && !reader.partial;
    },
    remoteAddress,
    destroy() {
      fail(new DialogueFault('closed', 'closed here'));
    },
  };
}

/** True when the buffer has been taken or the socket closed, false after `timeoutMs`. */
function drain(socket: Socket, timeoutMs: number): Promise<boolean> {
  if (!socket.writableNeedDrain || socket.destroyed) return Promise.resolve(true);
  return new Promise((resolve) => {
    const done = (drained: boolean): void => {
      clearTimeout(timer);
      socket.off('drain', onDrain).off('close', onDrain);
      resolve(drained);
    };
    const onDrain = (): void => done(true);
    const timer = setTimeout(() => done(false), timeoutMs);
    socket.on('drain', onDrain).on('close', onDrain);
  });
}
