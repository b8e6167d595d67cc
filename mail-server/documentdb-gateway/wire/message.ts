// MongoDB wire messages: parses requests (OP_MSG, and OP_QUERY for the legacy handshake) and frames replies.
// Knows nothing of commands. Source: the MongoDB wire protocol and OP_MSG specifications.
import { BSON, BsonError } from '../bson/types.ts';
import { documentLength, ElementReader } from '../bson/read.ts';
import { crc32c } from './crc32c.ts';
import { FrameError, type FrameFormat } from './frame-assembler.ts';

export const MAX_MESSAGE_BYTES = 48_000_000;
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const HEADER_BYTES = 16;

export const OP = { reply: 1, query: 2004, compressed: 2012, msg: 2013 } as const;
const FLAG = { checksumPresent: 1, moreToCome: 2 } as const;
/** Bits 0–15 are required: a receiver must refuse those that it does not know. */
const UNKNOWN_REQUIRED_FLAGS = 0xffff & ~(FLAG.checksumPresent | FLAG.moreToCome);

export const MONGO_FRAME: FrameFormat = {
  headerLength: 4,
  size(buffer, offset) {
    const size = buffer.readInt32LE(offset);
    if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) throw new FrameError(`message length ${size} is not acceptable`);
    return size;
  },
};

/** One request as it came: `body` is the command document, `sequences` the OP_MSG kind 1 sections by name. */
export interface Request {
  kind: 'msg' | 'query';
  requestId: number;
  body: Buffer;
  sequences: Map<string, Buffer>;
  /** Database of an OP_QUERY (`admin` of `admin.$cmd`); OP_MSG carries `$db` in the body. */
  queryDatabase: string | null;
  /** False when the client wants no reply (OP_MSG moreToCome, as for unacknowledged writes). */
  wantsReply: boolean;
  checksum: boolean;
}

export type ParsedRequest =
  | { kind: 'request'; request: Request }
  | { kind: 'refused'; requestId: number; opCode: number; reason: string };

/** Parses a whole frame. Refusals are final for the connection: after one, it is answered if possible and closed. */
export function parseRequest(frame: Buffer): ParsedRequest {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  try {
    if (opCode === OP.msg) return { kind: 'request', request: parseMsg(frame, requestId) };
    if (opCode === OP.query) return { kind: 'request', request: parseQuery(frame, requestId) };
  } catch (error) {
    if (error instanceof BsonError || error instanceof FrameError) return { kind: 'refused', requestId, opCode, reason: error.message };
    throw error;
  }
  const reason = opCode === OP.compressed ? 'compression was not negotiated' : `opcode ${opCode} is not supported`;
  return { kind: 'refused', requestId, opCode, reason };
}

function parseMsg(frame: Buffer, requestId: number): Request {
  if (frame.length < HEADER_BYTES + 4 + 1 + 5) throw new FrameError('OP_MSG is too short');
  const flags = frame.readUInt32LE(HEADER_BYTES);
  if (flags & UNKNOWN_REQUIRED_FLAGS) throw new FrameError('OP_MSG has unknown required flags');
  const checksum = (flags & FLAG.checksumPresent) !== 0;
  let end = frame.length;
  if (checksum) {
    end -= 4;
    if (crc32c(frame.subarray(0, end)) !== frame.readUInt32LE(end)) throw new FrameError('OP_MSG checksum does not match');
  }
  let body: Buffer | null = null;
  const sequences = new Map<string, Buffer>();
  let offset = HEADER_BYTES + 4;
  while (offset < end) {
    const kind = frame[offset] as number;
    offset += 1;
    if (kind === 0) {
      if (body !== null) throw new FrameError('OP_MSG has two bodies');
      body = documentAt(frame, offset, end);
      offset += body.length;
    } else if (kind === 1) {
      offset = parseSequence(frame, offset, end, sequences);
    } else {
      throw new FrameError(`OP_MSG section kind ${kind} is unknown`);
    }
  }
  if (body === null) throw new FrameError('OP_MSG has no body');
  return { kind: 'msg', requestId, body, sequences, queryDatabase: null, wantsReply: (flags & FLAG.moreToCome) === 0, checksum };
}

function parseSequence(frame: Buffer, start: number, end: number, sequences: Map<string, Buffer>): number {
  if (start + 4 > end) throw new FrameError('document sequence is cut short');
  const sectionEnd = start + frame.readInt32LE(start);
  if (sectionEnd <= start + 4 || sectionEnd > end) throw new FrameError('document sequence length does not fit its message');
  const nameEnd = frame.indexOf(0, start + 4);
  if (nameEnd < 0 || nameEnd >= sectionEnd) throw new FrameError('document sequence has no name');
  const name = frame.toString('utf8', start + 4, nameEnd);
  if (sequences.has(name)) throw new FrameError(`document sequence ${name} comes twice`);
  const documents = frame.subarray(nameEnd + 1, sectionEnd);
  for (let offset = 0; offset < documents.length; ) offset += documentLength(documents, offset);
  sequences.set(name, documents);
  return sectionEnd;
}

function documentAt(frame: Buffer, offset: number, end: number): Buffer {
  const length = documentLength(frame, offset);
  if (offset + length > end) throw new FrameError('document runs past its message');
  return frame.subarray(offset, offset + length);
}

function parseQuery(frame: Buffer, requestId: number): Request {
  const nameEnd = frame.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd < 0) throw new FrameError('OP_QUERY has no collection name');
  const namespace = frame.toString('utf8', HEADER_BYTES + 4, nameEnd);
  if (!namespace.endsWith('.$cmd')) throw new FrameError('OP_QUERY is only supported for commands');
  let body = documentAt(frame, nameEnd + 1 + 8, frame.length);
  const reader = new ElementReader(body);
  if (reader.next() && (reader.name === '$query' || reader.name === 'query') && reader.type === BSON.document) body = reader.bytes;
  return {
    kind: 'query',
    requestId,
    body,
    sequences: new Map(),
    queryDatabase: namespace.slice(0, -'.$cmd'.length),
    wantsReply: true,
    checksum: false,
  };
}

/** Frames the reply to `request`: an OP_MSG with one body, or an OP_REPLY for OP_QUERY. */
export function frameReply(request: { kind: 'msg' | 'query'; requestId: number; checksum: boolean }, requestId: number, document: Buffer): Buffer {
  if (request.kind === 'query') {
    const frame = Buffer.allocUnsafe(36 + document.length);
    writeHeader(frame, requestId, request.requestId, OP.reply);
    frame.writeInt32LE(8, 16); // AwaitCapable, as every server since 1.6 sets it
    frame.writeBigInt64LE(0n, 20);
    frame.writeInt32LE(0, 28);
    frame.writeInt32LE(1, 32);
    document.copy(frame, 36);
    return frame;
  }
  const bodyEnd = 21 + document.length;
  const frame = Buffer.allocUnsafe(bodyEnd + (request.checksum ? 4 : 0));
  writeHeader(frame, requestId, request.requestId, OP.msg);
  frame.writeUInt32LE(request.checksum ? FLAG.checksumPresent : 0, 16);
  frame[20] = 0;
  document.copy(frame, 21);
  if (request.checksum) frame.writeUInt32LE(crc32c(frame.subarray(0, bodyEnd)), bodyEnd);
  return frame;
}

function writeHeader(frame: Buffer, requestId: number, responseTo: number, opCode: number): void {
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(requestId, 4);
  frame.writeInt32LE(responseTo, 8);
  frame.writeInt32LE(opCode, 12);
}
