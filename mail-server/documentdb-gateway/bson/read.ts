// Reads BSON in place: walks a document's elements, finds fields, and decodes small documents to plain values.
// Never validates what it does not look at: documents on their way to PostgreSQL are judged there.
import { BSON, BsonError, RawValue, type BsonDocument, type BsonValue } from './types.ts';

const MAX_DEPTH = 200;

/** A cursor over the elements of one document inside a buffer; `next()` moves to the following element. */
export class ElementReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #offset: number;
  type = 0;
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  constructor(buffer: Buffer, offset = 0) {
    this.#buffer = buffer;
    const length = documentLength(buffer, offset);
    this.#end = offset + length - 1;
    this.#offset = offset + 4;
  }

  get name(): string {
    return this.#buffer.toString('utf8', this.nameStart, this.nameEnd);
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(this.valueStart, this.valueEnd);
  }

  next(): boolean {
    if (this.#offset >= this.#end) {
      if (this.#offset !== this.#end) throw new BsonError('element runs past the end of its document');
      return false;
    }
    this.type = this.#buffer[this.#offset] as number;
    this.nameStart = this.#offset + 1;
    this.nameEnd = this.#buffer.indexOf(0, this.nameStart);
    if (this.nameEnd < 0 || this.nameEnd >= this.#end) throw new BsonError('element name is not terminated');
    this.valueStart = this.nameEnd + 1;
    this.valueEnd = this.valueStart + valueLength(this.#buffer, this.type, this.valueStart, this.#end);
    if (this.valueEnd > this.#end) throw new BsonError('element runs past the end of its document');
    this.#offset = this.valueEnd;
    return true;
  }
}

/** Length in bytes of the document that starts at `offset`, checked against the buffer. Throws BsonError. */
export function documentLength(buffer: Buffer, offset: number): number {
  if (offset + 5 > buffer.length) throw new BsonError('document is cut short');
  const length = buffer.readInt32LE(offset);
  if (length < 5 || offset + length > buffer.length) throw new BsonError('document length does not fit its frame');
  if (buffer[offset + length - 1] !== 0) throw new BsonError('document is not terminated');
  return length;
}

function valueLength(buffer: Buffer, type: number, start: number, end: number): number {
  const sized = (extra: number): number => {
    if (start + 4 > end) throw new BsonError('value is cut short');
    const length = buffer.readInt32LE(start);
    if (length < 0) throw new BsonError('negative value length');
    return length + extra;
  };
  switch (type) {
    case BSON.double:
    case BSON.date:
    case BSON.timestamp:
    case BSON.int64:
      return 8;
    case BSON.int32:
      return 4;
    case BSON.boolean:
      return 1;
    case BSON.objectId:
      return 12;
    case BSON.decimal128:
      return 16;
    case BSON.null:
    case BSON.undefined:
    case BSON.minKey:
    case BSON.maxKey:
      return 0;
    case BSON.string:
    case BSON.code:
    case BSON.symbol:
      return sized(4);
    case BSON.document:
    case BSON.array:
    case BSON.codeWithScope:
      return Math.max(sized(0), 5);
    case BSON.binary:
      return sized(5);
    case BSON.dbPointer:
      return sized(16);
    case BSON.regex: {
      const pattern = buffer.indexOf(0, start);
      const options = pattern < 0 ? -1 : buffer.indexOf(0, pattern + 1);
      if (options < 0 || options >= end) throw new BsonError('regular expression is not terminated');
      return options + 1 - start;
    }
    default:
      throw new BsonError(`unknown BSON type 0x${type.toString(16)}`);
  }
}

/** The named top-level field of a document, or null. */
export function findField(document: Buffer, name: string): RawValue | null {
  const reader = new ElementReader(document);
  while (reader.next()) {
    if (reader.nameEnd - reader.nameStart === name.length && reader.name === name) return new RawValue(reader.type, reader.bytes);
  }
  return null;
}

/** The value at a dotted path, through documents only (arrays end the search with null). */
export function findPath(document: Buffer, path: string): RawValue | null {
  let current: Buffer = document;
  const names = path.split('.');
  for (const [index, name] of names.entries()) {
    const field = findField(current, name);
    if (field === null || index === names.length - 1) return field;
    if (field.type !== BSON.document) return null;
    current = field.bytes;
  }
  return null;
}

/** Plain value of a raw one: numbers, strings, dates, documents and arrays; other types stay RawValue. */
export function decodeValue(raw: RawValue, depth = 0): BsonValue {
  const { type, bytes } = raw;
  switch (type) {
    case BSON.double:
      return bytes.readDoubleLE(0);
    case BSON.int32:
      return bytes.readInt32LE(0);
    case BSON.int64:
      return bytes.readBigInt64LE(0);
    case BSON.boolean:
      return bytes[0] !== 0;
    case BSON.null:
    case BSON.undefined:
      return null;
    case BSON.date:
      return new Date(Number(bytes.readBigInt64LE(0)));
    case BSON.string:
    case BSON.symbol:
      return bytes.toString('utf8', 4, Math.max(4, bytes.length - 1));
    case BSON.document:
      return decodeDocument(bytes, depth + 1);
    case BSON.array:
      return Object.values(decodeDocument(bytes, depth + 1));
    default:
      return raw;
  }
}

/** Decodes a whole document. Meant for commands, index definitions and replies, not for stored mail. */
export function decodeDocument(document: Buffer, depth = 0): BsonDocument {
  if (depth > MAX_DEPTH) throw new BsonError('document is nested too deeply');
  const result: BsonDocument = Object.create(null) as BsonDocument;
  const reader = new ElementReader(document);
  while (reader.next()) result[reader.name] = decodeValue(new RawValue(reader.type, reader.bytes), depth);
  return result;
}

/** A document's fields with their values as they are, so that what is not looked at keeps its exact type. */
export function rawFields(document: Buffer): BsonDocument {
  const fields: BsonDocument = {};
  const reader = new ElementReader(document);
  while (reader.next()) fields[reader.name] = new RawValue(reader.type, reader.bytes);
  return fields;
}

/** The elements of a raw array, in order, undecoded. */
export function arrayElements(array: Buffer): RawValue[] {
  const found: RawValue[] = [];
  const reader = new ElementReader(array);
  while (reader.next()) found.push(new RawValue(reader.type, reader.bytes));
  return found;
}
