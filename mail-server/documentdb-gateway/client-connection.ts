// One client's socket: cuts requests out of the stream, runs them one after the other, writes the replies, and
// gets rid of clients that stall in the middle of a message or do not read their replies.
import type { Socket } from 'node:net';
import type { Client } from './commands/context.ts';
import type { CommandEntry } from './commands/table.ts';
import type { Dispatcher } from './dispatcher.ts';
import { CommandError, errorReply } from './errors.ts';
import type { Operation } from './operation.ts';
import { FrameAssembler, FrameError } from './wire/frame-assembler.ts';
import { frameReply, MONGO_FRAME, OP, parseRequest } from './wire/message.ts';

export interface ClientTimeouts {
  /** Longest pause in the middle of a message. */
  readonly stallMs: number;
  /** Longest time for a whole message, however steadily it drips. */
  readonly messageMs: number;
  /** Longest time for a client to take its reply. */
  readonly replyMs: number;
}

export const CLIENT_TIMEOUTS: ClientTimeouts = { stallMs: 30_000, messageMs: 300_000, replyMs: 60_000 };

/** Requests that a client may send ahead of their turn before its socket is no longer read. */
const MOST_QUEUED = 4;

export class ClientConnection {
  readonly client: Client;
  readonly #socket: Socket;
  readonly #dispatcher: Dispatcher;
  readonly #timeouts: ClientTimeouts;
  readonly #assembler = new FrameAssembler(MONGO_FRAME);
  readonly #queue: Buffer[] = [];
  #running = false;
  #closing = false;
  #lastRequestId = 0;
  #messageStartedAt = 0;
  #stallTimer: NodeJS.Timeout | null = null;
  #stoppable: Operation | null = null;

  constructor(socket: Socket, client: Client, dispatcher: Dispatcher, timeouts: ClientTimeouts) {
    this.#socket = socket;
    this.client = client;
    this.#dispatcher = dispatcher;
    this.#timeouts = timeouts;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#onClose());
  }

  get idle(): boolean {
    return !this.#running && this.#queue.length === 0 && !this.#assembler.midFrame;
  }

  /** Lets the request under way finish, takes no further ones, and then closes the socket. */
  finish(): void {
    this.#closing = true;
    this.#queue.length = 0;
    if (!this.#running) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    const wasMidFrame = this.#assembler.midFrame;
    try {
      this.#assembler.push(chunk, (frame) => this.#queue.push(frame));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#closing = true; // nothing after this can be understood
      this.#socket.destroy();
      return;
    }
    this.#watchStall(wasMidFrame && this.#queue.length === 0);
    if (this.#queue.length > MOST_QUEUED) this.#socket.pause();
    void this.#work();
  }

  /** Re-arms the time-out for half-sent messages; `sameMessage` tells that the one before is still unfinished. */
  #watchStall(sameMessage: boolean): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#stallTimer = null;
    if (!this.#assembler.midFrame) return;
    const now = Date.now();
    if (!sameMessage || this.#messageStartedAt === 0) this.#messageStartedAt = now;
    const left = this.#messageStartedAt + this.#timeouts.messageMs - now;
    this.#stallTimer = setTimeout(() => this.#socket.destroy(), Math.max(1, Math.min(this.#timeouts.stallMs, left)));
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
        await this.#serve(frame);
        if (this.#queue.length <= MOST_QUEUED && this.#socket.isPaused()) this.#socket.resume();
      }
    } finally {
      this.#running = false;
      this.#stoppable = null;
    }
    if (this.#closing) this.#socket.end();
  }

  async #serve(frame: Buffer): Promise<void> {
    const parsed = parseRequest(frame);
    if (parsed.kind === 'refused') return this.#refuse(parsed);
    const { request } = parsed;
    const reply = await this.#dispatcher.run(request, this.client, (operation, entry) => this.#onStart(operation, entry));
    this.#stoppable = null;
    if (request.wantsReply) await this.#write(frameReply(request, this.#nextRequestId(), reply));
  }

  #onStart(operation: Operation, entry: CommandEntry): void {
    this.#stoppable = entry.readOnly === true ? operation : null;
    if (this.#socket.destroyed && this.#stoppable !== null) this.#stoppable.stop('client-gone');
  }

  /** Answers a message that cannot be served, where the protocol allows an answer, and ends the connection. */
  async #refuse(refused: { requestId: number; opCode: number; reason: string }): Promise<void> {
    this.#closing = true;
    this.#queue.length = 0;
    const kind = refused.opCode === OP.msg ? 'msg' : refused.opCode === OP.query ? 'query' : null;
    if (kind === null) {
      this.#socket.destroy();
      return;
    }
    const document = errorReply(new CommandError(17, refused.reason));
    await this.#write(frameReply({ kind, requestId: refused.requestId, checksum: false }, this.#nextRequestId(), document));
  }

  #nextRequestId(): number {
    this.#lastRequestId = (this.#lastRequestId % 0x7fffffff) + 1;
    return this.#lastRequestId;
  }

  /** Writes a reply and waits until the kernel has taken it, so that a client that does not read costs one reply. */
  #write(frame: Buffer): Promise<void> {
    if (this.#socket.destroyed) return Promise.resolve();
    if (this.#socket.write(frame)) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), this.#timeouts.replyMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.once('drain', done);
      this.#socket.once('close', done);
    });
  }

  #onClose(): void {
    this.#closing = true;
    this.#queue.length = 0;
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#stoppable?.stop('client-gone');
  }
}
