// PostgreSQL frontend/backend protocol 3.0: the bytes of the few messages that the gateway speaks. No I/O.
import { FrameError, type FrameFormat } from '../wire/frame-assembler.ts';

/** Longest message accepted from the server: a result page is bounded by MongoDB's own 16 MB and some. */
const MAX_SERVER_MESSAGE = 256 * 1024 * 1024;

export const PG_FRAME: FrameFormat = {
  headerLength: 5,
  size(buffer, offset) {
    const size = buffer.readInt32BE(offset + 1) + 1;
    if (size < 5 || size > MAX_SERVER_MESSAGE) throw new FrameError(`PostgreSQL message length ${size} is not acceptable`);
    return size;
  },
};

/** A prepared statement: `name` must be unique to `sql`. Parameters and results are binary. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
}

/** A parameter in PostgreSQL's binary form; strings are sent as UTF-8 text. */
export type Parameter = Buffer | string | null;
/** A result row: each column in PostgreSQL's binary form. */
export type Row = Array<Buffer | null>;

/** An ErrorResponse of the server. */
export class PgError extends Error {
  readonly severity: string;
  readonly sqlState: string;
  readonly detail: string;
  readonly constraint: string;

  constructor(fields: Map<string, string>) {
    super(fields.get('M') ?? 'unknown PostgreSQL error');
    this.severity = fields.get('V') ?? fields.get('S') ?? 'ERROR';
    this.sqlState = fields.get('C') ?? 'XX000';
    this.detail = fields.get('D') ?? '';
    this.constraint = fields.get('n') ?? '';
  }
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.allocUnsafe(5);
  head[0] = type.charCodeAt(0);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const cstring = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf8');

const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const FLUSH = Buffer.from([0x48, 0, 0, 0, 4]);
export const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);
/** Describe is not needed: results are read by position and always binary. */
const EXECUTE = message('E', Buffer.concat([cstring(''), Buffer.alloc(4)]));

/** StartupMessage with the given run-time parameters (user, database, settings). */
export function startupMessage(parameters: Record<string, string>): Buffer {
  const pairs = Object.entries(parameters).map(([name, value]) => Buffer.concat([cstring(name), cstring(value)]));
  const body = Buffer.concat([Buffer.from([0, 3, 0, 0]), ...pairs, Buffer.from([0])]);
  const head = Buffer.allocUnsafe(4);
  head.writeInt32BE(body.length + 4, 0);
  return Buffer.concat([head, body]);
}

/** CancelRequest for another connection, to be sent alone on a fresh one. */
export function cancelMessage(processId: number, secretKey: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(12 + secretKey.length);
  frame.writeInt32BE(frame.length, 0);
  frame.writeInt32BE(80877102, 4);
  frame.writeInt32BE(processId, 8);
  secretKey.copy(frame, 12);
  return frame;
}

export function parseMessage(statement: Statement): Buffer {
  return message('P', Buffer.concat([cstring(statement.name), cstring(statement.sql), Buffer.alloc(2)]));
}

export function queryMessage(sql: string): Buffer {
  return message('Q', cstring(sql));
}

export function passwordMessage(body: Buffer): Buffer {
  return message('p', body);
}

const END = Buffer.concat([EXECUTE, SYNC]);
const END_WITH_FLUSH = Buffer.concat([EXECUTE, FLUSH, SYNC]);

/**
 * Bind of the unnamed portal, Execute and Sync in one buffer, since each separate write costs a system call's worth of
 * time: all parameters and results in binary form. With `flush`, Flush goes before Sync.
 */
export function bindAndExecute(statement: Statement, parameters: Parameter[], flush: boolean): Buffer {
  const end = flush ? END_WITH_FLUSH : END;
  let size = 1 + 4 + 1 + statement.name.length + 1 + 2 + 2 + 2 + 2 + 2;
  for (const parameter of parameters) {
    size += 4;
    if (parameter !== null) size += typeof parameter === 'string' ? Buffer.byteLength(parameter) : parameter.length;
  }
  const frame = Buffer.allocUnsafe(size + end.length);
  frame[0] = 0x42;
  frame.writeInt32BE(size - 1, 1);
  frame[5] = 0; // unnamed portal
  let at = 6 + frame.write(statement.name, 6, 'latin1');
  frame[at++] = 0;
  at = frame.writeInt16BE(1, at);
  at = frame.writeInt16BE(1, at);
  at = frame.writeInt16BE(parameters.length, at);
  for (const parameter of parameters) at = writeParameter(frame, at, parameter);
  at = frame.writeInt16BE(1, at);
  at = frame.writeInt16BE(1, at);
  end.copy(frame, at);
  return frame;
}

function writeParameter(frame: Buffer, at: number, parameter: Parameter): number {
  if (parameter === null) return frame.writeInt32BE(-1, at);
  if (typeof parameter === 'string') {
    const length = frame.write(parameter, at + 4, 'utf8');
    frame.writeInt32BE(length, at);
    return at + 4 + length;
  }
  const start = frame.writeInt32BE(parameter.length, at);
  parameter.copy(frame, start);
  return start + parameter.length;
}

/** Columns of a DataRow message; they alias `frame`. */
export function readDataRow(frame: Buffer): Row {
  const count = frame.readInt16BE(5);
  const row: Row = new Array<Buffer | null>(count);
  let at = 7;
  for (let i = 0; i < count; i++) {
    const length = frame.readInt32BE(at);
    at += 4;
    if (length < 0) {
      row[i] = null;
    } else {
      row[i] = frame.subarray(at, at + length);
      at += length;
    }
  }
  return row;
}

/** Fields of an ErrorResponse or NoticeResponse, by their one-letter codes. */
export function readErrorFields(frame: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  let at = 5;
  while (at < frame.length && frame[at] !== 0) {
    const code = String.fromCharCode(frame[at] as number);
    const end = frame.indexOf(0, at + 1);
    if (end < 0) break;
    fields.set(code, frame.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return fields;
}
