// One SMTP session of smtp-server with our limits around it. Owns line discipline, error and idle budgets and
// enhanced status codes; the dialogue itself is smtp-server's.
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { commandFault, FAULT_REPLIES } from './command-faults.ts';

export interface SessionLimits {
  /** Replies 5xx before the session is ended; counted anew after each message taken. */
  maxErrors: number;
  /** Commands that move no mail (NOOP, RSET, HELP, VRFY, EHLO…) before the session is ended. */
  maxIdleCommands: number;
  /** The longest wait for a whole command line (RFC 5321 4.5.3.2.7: at least 5 minutes). */
  commandTimeoutMs: number;
  /** While content arrives: at least this many bytes in every window, or the session is ended. */
  dataWindowMs: number;
  dataWindowBytes: number;
}

const MAIL_COMMANDS = /^(?:MAIL|RCPT|DATA|AUTH|QUIT|STARTTLS)\b/i;
const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3} /;

interface Watch {
  errors: number;
  idleCommands: number;
  lineSince: number;
  windowSince: number;
  windowBytes: number;
}

export class GuardedConnection extends SMTPConnection {
  // Made on first use: smtp-server's constructor already calls methods that are overridden here.
  declare private watchState: Watch | undefined;
  declare limits: SessionLimits;
  /** Called once the client has shown, by going on, that it has read the reply to its last message. */
  declare onReplySeen: (() => void) | undefined;

  private get watch(): Watch {
    const now = Date.now();
    this.watchState ??= { errors: 0, idleCommands: 0, lineSince: now, windowSince: now, windowBytes: 0 };
    return this.watchState;
  }

  override _createParser(): SMTPStream {
    const parser = super._createParser();
    const write = parser._write.bind(parser) as (chunk: Buffer, encoding: string, next: (error?: Error | null) => void) => void;
    parser._write = (chunk: Buffer, encoding: BufferEncoding, next: (error?: Error | null) => void) => {
      const reading = !parser._dataMode && !parser.isClosed && !this._upgrading && chunk.length > 0;
      const fault = reading ? commandFault(parser._remainder, chunk.toString('latin1')) : null;
      if (!fault) return write(chunk, encoding, next);
      const reply = FAULT_REPLIES[fault];
      this.send(reply.code, reply.text);
      this.close();
      next();
    };
    return parser;
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    const watch = this.watch;
    watch.lineSince = Date.now();
    const seen = this.onReplySeen;
    this.onReplySeen = undefined;
    seen?.();
    if (!this._nextHandler && !MAIL_COMMANDS.test(command.toString('latin1'))) watch.idleCommands += 1;
    if (watch.idleCommands > this.limits.maxIdleCommands) {
      this.send(421, '4.7.0 Too many commands without mail');
      return;
    }
    super._onCommand(command, callback);
  }

  /**
   * As smtp-server's, but a text that opens with an enhanced status code (RFC 3463) keeps it, and AUTH is not
   * offered on a session in clear text, where it would be refused (RFC 4954 4).
   */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const own = typeof data === 'string' && ENHANCED.test(data);
    const offered = Array.isArray(data) && !this.secure ? data.filter((line) => !line.startsWith('AUTH ')) : data;
    super.send(code, offered, own ? false : context);
    const watch = this.watch;
    if (code === 354) {
      watch.windowSince = Date.now();
      watch.windowBytes = 0;
    }
    if (context === 'DATA_OK') {
      watch.errors = 0;
      watch.idleCommands = 0;
    }
    if (code >= 500 && !this._closing) watch.errors += 1;
    if (watch.errors > this.limits.maxErrors && !this._closing) super.send(421, '4.7.0 Too many errors', false);
  }

  /** Whether the client is at turn, outside of a message's content. */
  isIdle(): boolean {
    return this._ready && !this._handlerPending && !this._dataStream && !(this._parser && this._parser._dataMode);
  }

  /** Ends the session when the client owes us input for too long or trickles it. */
  checkPace(now: number): void {
    const parser = this._parser;
    if (!parser || this._closing || this._closed) return;
    const watch = this.watch;
    if (parser._dataMode) {
      if (now - watch.windowSince < this.limits.dataWindowMs) return;
      const slow = parser.dataBytes - watch.windowBytes < this.limits.dataWindowBytes;
      watch.windowSince = now;
      watch.windowBytes = parser.dataBytes;
      // A client that waits for us (a full buffer, a busy disk) is not slow.
      if (slow && !parser.writableNeedDrain) this.send(421, '4.4.2 Content arrives too slowly');
      return;
    }
    if (!this.isIdle()) {
      watch.lineSince = now;
      return;
    }
    if (now - watch.lineSince > this.limits.commandTimeoutMs) this.send(421, '4.4.2 Timeout waiting for a command');
  }
}
