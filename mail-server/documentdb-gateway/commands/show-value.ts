// Prints a BSON value as MongoDB prints it in error messages. For people; never parsed.
import { decodeDocument, decodeValue } from '../bson/read.ts';
import { BSON, Double, RawValue, type BsonValue } from '../bson/types.ts';

/** Text of a value, such as `"a"`, `1`, `ObjectId('…')` or `{ a: 1 }`. */
export function showValue(value: BsonValue): string {
  if (value instanceof RawValue) return showRaw(value);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof Double) return String(value.value);
  if (Buffer.isBuffer(value)) return showValue(decodeDocument(value));
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(showValue).join(', ')} ]`;
  if (typeof value === 'object') {
    const fields = Object.entries(value).map(([name, field]) => `${name}: ${showValue(field)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  return String(value);
}

function showRaw(value: RawValue): string {
  switch (value.type) {
    case BSON.objectId:
      return `ObjectId('${value.bytes.toString('hex')}')`;
    case BSON.binary:
      return `BinData(${value.bytes[4]}, ${value.bytes.toString('hex', 5).toUpperCase()})`;
    case BSON.timestamp:
      return `Timestamp(${value.bytes.readUInt32LE(4)}, ${value.bytes.readUInt32LE(0)})`;
    case BSON.minKey:
      return 'MinKey';
    case BSON.maxKey:
      return 'MaxKey';
    case BSON.regex: {
      const [pattern = '', options = ''] = value.bytes.toString('utf8').split('\0');
      return `/${pattern}/${options}`;
    }
    case BSON.decimal128:
      return `NumberDecimal(${value.bytes.toString('hex')})`;
    default: {
      const plain = decodeValue(value);
      return plain instanceof RawValue ? `BSON type ${value.type}` : showValue(plain);
    }
  }
}
