// A message's words as PostgreSQL stores them: '<bucket><field><word>'. Pure. The query side is search-plan.ts.
import { cutAddresses, eachWord } from './words.ts';

/**
 * One sign between bucket and word tells where the word stood. `any` holds every word wherever it stood. None
 * is a digit or a small letter: the bucket's number, in hexadecimal, must end where it ends.
 * Separate terms per field, not tsvector's weights: GIN keeps no weights and would re-read every row.
 */
export const FIELDS = {
  any: '.',
  subject: 'S',
  from: 'F',
  to: 'T',
  cc: 'C',
  filename: 'N',
  list: 'L',
  /** Facts about the message: `attachment`, the size classes. */
  fact: '!',
} as const;
export type FieldName = keyof typeof FIELDS;

/** Message text beyond this many characters is not indexed. */
export const TEXT_LIMIT = 262_144;
/** A tsvector holds at most 1 MB of words; no honest message has this many different ones. */
const TERM_LIMIT = 12_000;
/** tsvector's own limits: positions to 16383, 256 a word. Words beyond are found, but not as part of a phrase. */
const POSITION_LIMIT = 16_383;
const POSITIONS_PER_TERM = 255;
/** A gap that no phrase spans. */
const FIELD_GAP = 10;

export interface SearchableMessage {
  subject: string;
  from: readonly { name: string; address: string }[];
  to: readonly { name: string; address: string }[];
  cc: readonly { name: string; address: string }[];
  bcc: readonly { name: string; address: string }[];
  filenames: readonly string[];
  listId: string | null;
  hasAttachment: boolean;
  sizeBytes: number;
  /** Plain text, or text made from HTML. */
  bodies: readonly string[];
}

/** What every term of a bucket starts with: PostgreSQL's `to_hex`, so that queries can make it too. */
export function bucketPrefix(bucketId: number): string {
  return bucketId.toString(16);
}

/** Size classes are powers of two from 64 KiB; a message carries all up to its own. */
export function sizeClasses(sizeBytes: number): string[] {
  const classes: string[] = [];
  for (let power = 16; power <= 27 && sizeBytes >= 2 ** power; power++) classes.push(`size${power}`);
  return classes;
}

/** Terms without their bucket, with positions: kept apart from `toTsvector` so that a bucket can be chosen late. */
export type Terms = Map<string, number[]>;

/** All terms of a message. */
export function messageTerms(message: SearchableMessage): Terms {
  const terms: Terms = new Map();
  let position = 1;
  const addText = (text: string, field: FieldName | undefined) => {
    position = FIELD_GAP + eachWord(text, position, (word, at) => {
      add(terms, FIELDS.any + word, at);
      if (field) add(terms, FIELDS[field] + word, at);
    });
    for (const address of cutAddresses(text)) {
      addPlain(terms, FIELDS.any + address);
      if (field) addPlain(terms, FIELDS[field] + address);
    }
  };
  addText(message.subject, 'subject');
  for (const person of message.from) addText(`${person.name} ${person.address}`, 'from');
  for (const person of message.to) addText(`${person.name} ${person.address}`, 'to');
  for (const person of [...message.cc, ...message.bcc]) addText(`${person.name} ${person.address}`, 'cc');
  for (const filename of message.filenames) addText(filename, 'filename');
  if (message.listId !== null) addText(message.listId, 'list');
  if (message.hasAttachment) addPlain(terms, `${FIELDS.fact}attachment`);
  for (const name of sizeClasses(message.sizeBytes)) addPlain(terms, FIELDS.fact + name);
  let left = TEXT_LIMIT;
  for (const body of message.bodies) {
    if (left <= 0) break;
    addText(body.slice(0, left), undefined);
    left -= body.length;
  }
  return terms;
}

/** The text form of a tsvector, to be cast in SQL. Words hold letters, digits and `._%+-@` only, so nothing needs escaping. */
export function toTsvector(terms: Terms, bucketId: number): string {
  const prefix = bucketPrefix(bucketId);
  let text = '';
  for (const [term, positions] of terms) {
    text += `'${prefix}${term}'`;
    if (positions.length > 0) text += `:${positions.join(',')}`;
    text += ' ';
  }
  return text;
}

function add(terms: Terms, term: string, position: number): void {
  const positions = terms.get(term);
  if (positions === undefined) {
    if (terms.size < TERM_LIMIT) terms.set(term, position <= POSITION_LIMIT ? [position] : []);
  } else if (positions.length < POSITIONS_PER_TERM && position <= POSITION_LIMIT) {
    positions.push(position);
  }
}

function addPlain(terms: Terms, term: string): void {
  if (!terms.has(term) && terms.size < TERM_LIMIT) terms.set(term, []);
}
