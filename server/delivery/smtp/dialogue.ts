// One socket of an SMTP client: commands out, replies in, one waiter at a time, every wait bounded. Knows the
// line protocol and TLS upgrade; which commands to say is connect.ts and transact.ts.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { replyReader, type SmtpReply } from '../../mail/smtp-reply.ts';
import { upgradeToTls, type UpgradeOptions } from './tls-upgrade.ts';
import { openTranscript, type Transcript } from './transcript.ts';

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
  startTls(options: UpgradeOptions): Promise<TLSSocket>;
  /** False once the connection is broken, or something arrived that nobody asked for. */
  readonly usable: boolean;
  readonly remoteAddress: string;
  /** What has been said so far. */
  readonly transcript: Transcript;
  /** Ends the connection at once. */
  destroy(): void;
}

export function openDialogue(connected: Socket): Dialogue {
  const remoteAddress = connected.remoteAddress ?? '';
  const transcript = openTranscript();
  let socket: Socket | TLSSocket = connected;
  let reader = replyReader();
  let fault: DialogueFault | null = null;
  let closing = false;
  let waiter: { resolve(reply: SmtpReply): void; reject(error: DialogueFault): void } | null = null;
  const replies: SmtpReply[] = [];

  function fail(error: DialogueFault): void {
    if (fault === null && !closing) transcript.noted(error.message);
    fault ??= error;
    socket.destroy();
    waiter?.reject(fault);
    waiter = null;
  }
  function onData(chunk: Buffer): void {
    const result = reader.push(chunk);
    if (result.kind === 'fault') return fail(new DialogueFault('protocol', result.rule));
    for (const reply of result.replies) {
      transcript.heard(reply);
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
      for (const piece of pieces) {
        if (typeof piece === 'string') transcript.said(piece);
        else transcript.sent(piece.length);
      }
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
          transcript.sent(Math.min(BULK_STEP_OCTETS, piece.length - at));
          if (socket.write(piece.subarray(at, at + BULK_STEP_OCTETS))) continue;
          if (!(await drain(socket, stallMs))) fail(new DialogueFault('timeout', `the server took nothing for ${Math.round(stallMs / 1000)} s`));
        }
      }
    },
    async startTls(options) {
      if (reader.partial || replies.length > 0) fail(new DialogueFault('protocol', 'octets in clear behind the reply to STARTTLS'));
      if (fault) throw fault;
      detach(socket);
      const upgraded = await upgradeToTls(socket, options);
      if ('fault' in upgraded) {
        fail(new DialogueFault('tls', upgraded.fault));
        throw new DialogueFault('tls', upgraded.fault);
      }
      socket = upgraded;
      reader = replyReader();
      attach(upgraded);
      return upgraded;
    },
    get usable() {
      return fault === null && replies.length === 0 && !reader.partial;
    },
    remoteAddress,
    transcript,
    destroy() {
      closing = true;
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
