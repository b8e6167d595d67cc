// The BSON reader and writer against the official library's bytes, and against damaged ones.
import { BSON } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { arrayElements, decodeDocument, ElementReader, findField, findPath } from './read.ts';
import { BsonError, Double, RawValue, type BsonDocument } from './types.ts';
import { validateDocuments } from './validate.ts';
import { encodeDocument } from './write.ts';

const everyType = BSON.serialize({
  double: 1.5,
  string: 'grüße\u0000x',
  document: { a: { b: [1, 'two', { three: 3 }] } },
  binary: new BSON.Binary(Buffer.from([1, 2, 3]), 5),
  objectId: new BSON.ObjectId('0123456789abcdef01234567'),
  yes: true,
  date: new Date(86_400_000),
  nothing: null,
  regex: /a+b/i,
  code: new BSON.Code('x', { y: 1 }),
  int32: 7,
  timestamp: new BSON.Timestamp({ t: 3, i: 4 }),
  int64: BSON.Long.fromString('9007199254740993'),
  decimal: BSON.Decimal128.fromString('1.25'),
  least: new BSON.MinKey(),
  most: new BSON.MaxKey(),
});
const bytes = Buffer.from(everyType);

/** The library also judges content (UTF-8, the bytes of a UUID), which is not our matter; structure is. */
function readAsLibrary(document: Buffer): void {
  try {
    BSON.deserialize(document, { validation: { utf8: false }, promoteValues: false, bsonRegExp: true });
  } catch (error) {
    expect(String(error)).not.toMatch(/size|length|corrupt|end of|out of (range|bounds)|terminat/i);
  }
}

describe('writing', () => {
  test.each<[string, BsonDocument, object]>([
    ['numbers', { a: 1, b: -2147483648, c: 1.5, d: 4294967296, e: 5n, f: new Double(1) }, { a: 1, b: -2147483648, c: 1.5, d: new BSON.Double(4294967296), e: BSON.Long.fromNumber(5), f: new BSON.Double(1) }],
    ['text', { 'ключ': 'grüße', empty: '' }, { 'ключ': 'grüße', empty: '' }],
    ['nesting', { a: [1, [true, null], { b: 'c' }], d: {} }, { a: [1, [true, null], { b: 'c' }], d: {} }],
    ['dates', { at: new Date(-5) }, { at: new Date(-5) }],
    ['long values', { text: 'x'.repeat(10_000) }, { text: 'x'.repeat(10_000) }],
  ])('%s', (_name, ours, theirs) => {
    expect(encodeDocument(ours).equals(BSON.serialize(theirs))).toBe(true);
  });

  test('leaves out undefined, embeds raw documents and values', () => {
    const raw = encodeDocument({ x: 1 });
    const written = encodeDocument({ skip: undefined, raw, id: new RawValue(0x07, Buffer.alloc(12, 1)) });
    expect(written.equals(BSON.serialize({ raw: { x: 1 }, id: new BSON.ObjectId('01'.repeat(12)) }))).toBe(true);
  });
});

describe('reading', () => {
  test('walks every type and lands on the end', () => {
    const reader = new ElementReader(bytes);
    const names: string[] = [];
    while (reader.next()) names.push(reader.name);
    expect(names).toEqual(Object.keys(BSON.deserialize(everyType)));
  });

  test('what was decoded encodes to the same bytes', () => {
    expect(encodeDocument(decodeDocument(bytes)).equals(BSON.serialize(BSON.deserialize(everyType, { promoteValues: true }), {}))).toBe(true);
  });

  test('finds fields and paths', () => {
    expect(findField(bytes, 'int32')?.bytes.readInt32LE(0)).toBe(7);
    expect(findField(bytes, 'nowhere')).toBeNull();
    expect(findPath(bytes, 'document.a.b')?.type).toBe(0x04);
    expect(findPath(bytes, 'document.x.b')).toBeNull();
    expect(findPath(bytes, 'int32.b')).toBeNull();
    expect(arrayElements(findPath(bytes, 'document.a.b')?.bytes ?? Buffer.alloc(0))).toHaveLength(3);
  });

  test('damaged bytes end in BsonError or in some value, never in anything else', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed % below;
    };
    let refused = 0;
    for (let i = 0; i < 5_000; i++) {
      const damaged = Buffer.from(bytes.subarray(0, random(4) === 0 ? random(bytes.length) : bytes.length));
      for (let n = random(4); n >= 0 && damaged.length > 0; n--) damaged[random(damaged.length)] = random(256);
      try {
        decodeDocument(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(BsonError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });

  test('what passes validation can be read to its end, by us and by the official library', () => {
    expect(() => validateDocuments(bytes)).not.toThrow();
    expect(() => validateDocuments(Buffer.concat([bytes, bytes]))).not.toThrow();
    expect(() => validateDocuments(Buffer.concat([bytes, bytes.subarray(0, 9)]))).toThrow(BsonError);
    let passed = 0;
    for (let i = 0; i < bytes.length; i++) {
      for (const value of [0, 1, 2, 3, 4, 5, 0x0f, 0x7f, 0x80, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged[i] = value;
        try {
          validateDocuments(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(BsonError);
          continue;
        }
        passed += 1;
        decodeDocument(damaged);
        readAsLibrary(damaged);
      }
    }
    expect(passed).toBeGreaterThan(100);
  });

  test('nesting without end is refused', () => {
    let nested: BsonDocument = {};
    for (let i = 0; i < 300; i++) nested = { n: nested };
    expect(() => decodeDocument(encodeDocument(nested))).toThrow(BsonError);
    expect(() => validateDocuments(encodeDocument(nested))).toThrow(BsonError);
  });
});
