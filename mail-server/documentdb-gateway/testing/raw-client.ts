// A socket that speaks the wire protocol by hand, for tests that send what no driver would.
import { connect, type Socket } from 'node:net';
import { decodeDocument } from '../bson/read.ts';
import type { BsonDocument } from '../bson/types.ts';
import { encodeDocument } from '../bson/write.ts';
import { crc32c } from '../wire/crc32c.ts';
import { FrameAssembler } from '../wire/frame-assembler.ts';
import { MONGO_FRAME, OP } from '../wire/message.ts';

export class RawClient {
  readonly socket: Socket;
  /** Resolves when the gateway has closed the connection. */
  readonly closed: Promise<void>;
  readonly #assembler = new FrameAssembler(MONGO_FRAME);
  readonly #replies: Buffer[] = [];
  #wake: (() => void) | null = null;
  #ended = false;

  constructor(path: string) {
    this.socket = connect({ path });
    this.socket.on('error', () => undefined); // seen as `closed`
    this.socket.on('data', (chunk: Buffer) => {
      this.#assembler.push(chunk, (frame) => this.#replies.push(Buffer.from(frame)));
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.#ended = true;
        this.#wake?.();
        resolve();
      });
    });
  }

  /** The next reply frame, or null when the connection ended instead. */
  async reply(): Promise<Buffer | null> {
    while (this.#replies.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#replies.shift() ?? null;
  }

  async command(command: BsonDocument): Promise<BsonDocument> {
    this.socket.write(opMsg(command));
    const frame = await this.reply();
    if (frame === null) throw new Error('the connection ended');
    return replyDocument(frame);
  }
}

/** An OP_MSG with one body; `checksum` adds the right CRC-32C. */
export function opMsg(command: BsonDocument, options: { checksum?: boolean; flags?: number } = {}): Buffer {
  const body = encodeDocument(command);
  const frame = Buffer.alloc(21 + body.length + (options.checksum ? 4 : 0));
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(1, 4);
  frame.writeInt32LE(OP.msg, 12);
  frame.writeUInt32LE((options.flags ?? 0) | (options.checksum ? 1 : 0), 16);
  body.copy(frame, 21);
  if (options.checksum) frame.writeUInt32LE(crc32c(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}

export function replyDocument(frame: Buffer): BsonDocument {
  return decodeDocument(frame.subarray(frame.readInt32LE(12) === OP.reply ? 36 : 21));
}
