// BSON type numbers and the few wrapper classes for values that plain JavaScript cannot tell apart.

export const BSON = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  code: 0x0d,
  symbol: 0x0e,
  codeWithScope: 0x0f,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
  decimal128: 0x13,
  minKey: 0xff,
  maxKey: 0x7f,
} as const;

/** A number to be written as a double even when it is whole, such as `ok: 1.0`. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A value of any BSON type as its bytes: how types without a JavaScript twin pass through unharmed. */
export class RawValue {
  readonly type: number;
  readonly bytes: Buffer;
  constructor(type: number, bytes: Buffer) {
    this.type = type;
    this.bytes = bytes;
  }
}

/** A Buffer among values is a whole BSON document, embedded verbatim. */
export type BsonValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Date
  | Double
  | RawValue
  | Buffer
  | BsonValue[]
  | BsonDocument;

export interface BsonDocument {
  [name: string]: BsonValue;
}

/** The bytes are not BSON. */
export class BsonError extends Error {}
