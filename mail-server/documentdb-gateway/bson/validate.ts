// Checks that bytes are structurally sound BSON before they reach PostgreSQL, which stores what it is given.
// One pass without allocations: this runs over every byte that a client sends.
import { BSON, BsonError } from './types.ts';

/** As MongoDB's limit for nested documents. */
const MAX_DEPTH = 180;

/** Throws BsonError unless `buffer` is a row of sound documents that fill it exactly (none at all is fine). */
export function validateDocuments(buffer: Buffer): void {
  let offset = 0;
  while (offset < buffer.length) offset = validateDocument(buffer, offset, buffer.length, 0);
}

/** Checks the document at `offset`, which must end at or before `limit`; returns the offset of its end. */
function validateDocument(buffer: Buffer, offset: number, limit: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new BsonError('document is nested too deeply');
  if (offset + 5 > limit) throw new BsonError('document is cut short');
  const end = offset + buffer.readInt32LE(offset);
  if (end < offset + 5 || end > limit) throw new BsonError('document length does not fit');
  const last = end - 1;
  if (buffer[last] !== 0) throw new BsonError('document is not terminated');
  let at = offset + 4;
  while (at < last) {
    const type = buffer[at] as number;
    at += 1;
    while (at < last && buffer[at] !== 0) at += 1;
    if (at >= last) throw new BsonError('element name is not terminated');
    at = validateValue(buffer, type, at + 1, last, depth);
  }
  if (at !== last) throw new BsonError('element runs past the end of its document');
  return end;
}

function validateValue(buffer: Buffer, type: number, at: number, last: number, depth: number): number {
  switch (type) {
    case BSON.string:
    case BSON.code:
    case BSON.symbol:
      return validateString(buffer, at, last);
    case BSON.document:
    case BSON.array:
      return validateDocument(buffer, at, last, depth + 1);
    case BSON.int32:
      return within(at + 4, last);
    case BSON.objectId:
      return within(at + 12, last);
    case BSON.double:
    case BSON.date:
    case BSON.int64:
    case BSON.timestamp:
      return within(at + 8, last);
    case BSON.boolean:
      if ((buffer[at] as number) > 1) throw new BsonError('boolean is neither true nor false');
      return within(at + 1, last);
    case BSON.null:
    case BSON.undefined:
    case BSON.minKey:
    case BSON.maxKey:
      return at;
    case BSON.binary:
      return validateBinary(buffer, at, last);
    case BSON.decimal128:
      return within(at + 16, last);
    case BSON.regex:
      return validateCString(buffer, validateCString(buffer, at, last), last);
    case BSON.dbPointer:
      return within(validateString(buffer, at, last) + 12, last);
    case BSON.codeWithScope:
      return validateCodeWithScope(buffer, at, last, depth);
    default:
      throw new BsonError(`unknown BSON type 0x${type.toString(16)}`);
  }
}

function within(end: number, last: number): number {
  if (end > last) throw new BsonError('element runs past the end of its document');
  return end;
}

function validateString(buffer: Buffer, at: number, last: number): number {
  within(at + 5, last);
  const length = buffer.readInt32LE(at);
  const end = at + 4 + length;
  if (length < 1 || end > last || buffer[end - 1] !== 0) throw new BsonError('string length does not fit');
  return end;
}

function validateBinary(buffer: Buffer, at: number, last: number): number {
  within(at + 5, last);
  const length = buffer.readInt32LE(at);
  if (length < 0) throw new BsonError('negative value length');
  const end = within(at + 5 + length, last);
  // Subtype 2, the old generic one, repeats its length inside.
  if (buffer[at + 4] === 2 && (length < 4 || buffer.readInt32LE(at + 5) !== length - 4)) throw new BsonError('binary length does not fit');
  return end;
}

function validateCString(buffer: Buffer, at: number, last: number): number {
  const end = buffer.indexOf(0, at);
  if (end < 0 || end >= last) throw new BsonError('regular expression is not terminated');
  return end + 1;
}

function validateCodeWithScope(buffer: Buffer, at: number, last: number, depth: number): number {
  within(at + 4, last);
  const end = at + buffer.readInt32LE(at);
  if (end < at + 14 || end > last) throw new BsonError('code length does not fit');
  if (validateDocument(buffer, validateString(buffer, at + 4, end), end, depth + 1) !== end) throw new BsonError('code length does not fit');
  return end;
}
