// Writes BSON documents from plain values (see BsonValue). Replies and error documents only: small and few.
import { BSON, Double, RawValue, type BsonDocument, type BsonValue } from './types.ts';

class Sink {
  #buffer = Buffer.allocUnsafe(512);
  length = 0;

  reserve(bytes: number): number {
    const at = this.length;
    const needed = at + bytes;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.length = needed;
    return at;
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  bytes(bytes: Buffer): void {
    const at = this.reserve(bytes.length);
    bytes.copy(this.#buffer, at);
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.#buffer[at] = value;
  }

  int32(value: number): void {
    const at = this.reserve(4);
    this.#buffer.writeInt32LE(value, at);
  }

  int64(value: bigint): void {
    const at = this.reserve(8);
    this.#buffer.writeBigInt64LE(value, at);
  }

  double(value: number): void {
    const at = this.reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    const at = this.reserve(length + 1);
    this.#buffer.write(value, at, 'utf8');
    this.#buffer[at + length] = 0;
  }
}

/** Encodes a document. Fields whose value is undefined are left out. */
export function encodeDocument(document: BsonDocument): Buffer {
  const sink = new Sink();
  writeEntries(sink, Object.entries(document));
  return sink.buffer.subarray(0, sink.length);
}

function writeEntries(sink: Sink, entries: Array<[string, BsonValue]>): void {
  const start = sink.reserve(4);
  for (const [name, value] of entries) {
    if (value !== undefined) writeElement(sink, name, value);
  }
  sink.byte(0);
  sink.buffer.writeInt32LE(sink.length - start, start);
}

function header(sink: Sink, type: number, name: string): void {
  sink.byte(type);
  sink.text(name);
}

function writeElement(sink: Sink, name: string, value: Exclude<BsonValue, undefined>): void {
  if (value === null) return header(sink, BSON.null, name);
  switch (typeof value) {
    case 'boolean':
      header(sink, BSON.boolean, name);
      return sink.byte(value ? 1 : 0);
    case 'bigint':
      header(sink, BSON.int64, name);
      return sink.int64(value);
    case 'number':
      return writeNumber(sink, name, value);
    case 'string':
      header(sink, BSON.string, name);
      sink.int32(Buffer.byteLength(value) + 1);
      return sink.text(value);
    default:
      return writeObject(sink, name, value);
  }
}

function writeNumber(sink: Sink, name: string, value: number): void {
  if (Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff) {
    header(sink, BSON.int32, name);
    sink.int32(value);
  } else {
    header(sink, BSON.double, name);
    sink.double(value);
  }
}

function writeObject(sink: Sink, name: string, value: Date | Double | RawValue | Buffer | BsonValue[] | BsonDocument): void {
  if (value instanceof Double) {
    header(sink, BSON.double, name);
    sink.double(value.value);
  } else if (value instanceof Date) {
    header(sink, BSON.date, name);
    sink.int64(BigInt(value.getTime()));
  } else if (value instanceof RawValue) {
    header(sink, value.type, name);
    sink.bytes(value.bytes);
  } else if (Buffer.isBuffer(value)) {
    header(sink, BSON.document, name);
    sink.bytes(value);
  } else if (Array.isArray(value)) {
    header(sink, BSON.array, name);
    writeEntries(sink, value.map((item, index) => [String(index), item ?? null]));
  } else {
    header(sink, BSON.document, name);
    writeEntries(sink, Object.entries(value));
  }
}
