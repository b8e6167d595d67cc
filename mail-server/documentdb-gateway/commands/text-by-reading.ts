// `$text` where a collection has no text index: the same question as regular expressions over the collection's text
// fields. MongoDB refuses such a query; here it is how the mail store searches, because a text index costs each change
// of a message three times what all others cost together (decision 0220). Rewriting only; running is queries.ts's.
import { arrayElements, decodeValue, findField, rawFields } from '../bson/read.ts';
import { BSON, RawValue, type BsonDocument, type BsonValue } from '../bson/types.ts';
import { encodeDocument } from '../bson/write.ts';
import { CommandError } from '../errors.ts';

/** What `$text` reads, by collection: the one place where the front knows whose store it is. */
const TEXT_FIELDS: Readonly<Record<string, readonly string[]>> = { messages: ['text', 'textFooter', 'headers.value'] };

const NO_TEXT_INDEX = 27;
/** Where the filter of a command stands. */
const FILTER_FIELDS: Readonly<Record<string, string>> = { find: 'filter', count: 'query', distinct: 'query' };
const BRANCHES: ReadonlySet<string> = new Set(['$and', '$or', '$nor']);

/** Whether `error` says that the query needs a text index, of a collection that is read instead. */
export function wantsReading(error: unknown, collection: string): boolean {
  return error instanceof CommandError && error.code === NO_TEXT_INDEX && Object.hasOwn(TEXT_FIELDS, collection);
}

/** A find, count, distinct or aggregate with every `$text` of its filters as a reading of the collection's text fields. */
export function readingText(command: string, collection: string, body: Buffer): Buffer {
  const fields = TEXT_FIELDS[collection] ?? [];
  const changed = rawFields(body);
  const filter = FILTER_FIELDS[command];
  if (filter !== undefined) changed[filter] = inFilter(changed[filter], fields);
  else changed['pipeline'] = inPipeline(changed['pipeline'], fields);
  return encodeDocument(changed);
}

function inPipeline(pipeline: BsonValue, fields: readonly string[]): BsonValue {
  if (!(pipeline instanceof RawValue) || pipeline.type !== BSON.array) return pipeline;
  return arrayElements(pipeline.bytes).map((stage) => {
    if (stage.type !== BSON.document || findField(stage.bytes, '$match') === null) return stage;
    const changed = rawFields(stage.bytes);
    return { ...changed, $match: inFilter(changed['$match'], fields) };
  });
}

function inFilter(filter: BsonValue, fields: readonly string[]): BsonValue {
  if (!(filter instanceof RawValue) || filter.type !== BSON.document) return filter;
  const changed: BsonDocument = {};
  const and: BsonValue[] = [];
  for (const [name, value] of Object.entries(rawFields(filter.bytes))) {
    if (name === '$text') and.push(asReading(value, fields));
    else if (!BRANCHES.has(name) || !(value instanceof RawValue) || value.type !== BSON.array) changed[name] = value;
    else if (name === '$and') and.push(...arrayElements(value.bytes).map((branch) => inFilter(branch, fields)));
    else changed[name] = arrayElements(value.bytes).map((branch) => inFilter(branch, fields));
  }
  return and.length === 0 ? changed : { ...changed, $and: and };
}

/**
 * As `$text` takes its search: every "phrase", else any of the words; never a -word. One word by itself is found as a part
 * of words, as IMAP wants it; of several, whole ones, or nearly everything would hold one of them.
 */
function asReading(value: BsonValue, fields: readonly string[]): BsonDocument {
  const search = value instanceof RawValue && value.type === BSON.document ? findField(value.bytes, '$search') : null;
  const text = search === null ? null : decodeValue(search);
  if (typeof text !== 'string') throw new CommandError(14, "BSON field '$text.$search' is missing or not a string");
  const phrases = [...text.matchAll(/(?:^|\s)"([^"]+)"/g)].map((match) => match[1]!);
  const words = text.replace(/(?:^|\s)-?"[^"]*"/g, ' ').split(/\s+/).filter((word) => word !== '');
  const unwanted = [
    ...[...text.matchAll(/(?:^|\s)-"([^"]+)"/g)].map((match) => match[1]!),
    ...words.filter((word) => word.startsWith('-') && word.length > 1).map((word) => word.slice(1)),
  ];
  const wanted = words.filter((word) => !word.startsWith('-'));
  if (phrases.length === 0 && wanted.length === 0) return { _id: { $in: [] } };
  const holds = (part: string, whole = false): BsonDocument => {
    const escaped = part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const $regex = whole ? `(?<!\\w)${escaped}(?!\\w)` : escaped;
    return { $or: fields.map((field) => ({ [field]: { $regex, $options: 'i' } })) };
  };
  const several = wanted.length > 1;
  return {
    $and: [
      ...(phrases.length > 0 ? phrases.map((phrase) => holds(phrase)) : [{ $or: wanted.map((word) => holds(word, several)) }]),
      ...(unwanted.length > 0 ? [{ $nor: unwanted.map((word) => holds(word, true)) }] : []),
    ],
  };
}
