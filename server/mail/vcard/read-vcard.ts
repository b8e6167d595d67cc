// vCard 3.0 (RFC 2426) and 4.0 (RFC 6350), and what 2.1 has of them, read into cards. ical.js parses the lines; what
// they mean for a contact stands here.
import ICAL from 'ical.js';
import type { CardPhoto, CardProperty, ContactCard } from './contact-card.ts';
import { nameOf } from './contact-card.ts';
import { from21 } from './vcard-21.ts';

export type ReadCard =
  /** `categories` are the names of its groups. */
  | { kind: 'person'; card: ContactCard; categories: string[] }
  /** Its members by their UIDs. */
  | { kind: 'group'; name: string; memberUids: string[] }
  /** `position` counts from 1. */
  | { kind: 'unreadable'; position: number; reason: string };

/** Larger pictures are left out: they were made for a screen, not for a list. */
const PHOTO_BASE64_MAX = 300_000;
/** All that is kept without being edited. */
const OTHERS_MAX = 64_000;

/** Every card of a file, in its order. UTF-8, or Windows-1252 where it cannot be that. */
export function readVcards(bytes: Uint8Array): ReadCard[] {
  return cardsIn(decode(bytes)).map((lines, index): ReadCard => {
    try {
      return readOne(lines);
    } catch (error) {
      return { kind: 'unreadable', position: index + 1, reason: (error as Error).message.slice(0, 200) };
    }
  });
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** One at a time: ical.js takes all of a file for the version of its first card, and one fault for the end of it. */
function cardsIn(text: string): string[][] {
  const cards: string[][] = [];
  let card: string[] | null = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (/^BEGIN:VCARD\s*$/i.test(line)) card = [];
    else if (/^END:VCARD\s*$/i.test(line)) {
      if (card) cards.push(card);
      card = null;
    } else if (line !== '') card?.push(line);
  }
  return cards;
}

function readOne(lines: string[]): ReadCard {
  const is21 = lines.some((line) => /^VERSION:2\.1\s*$/i.test(line));
  // The version leads, or the parser takes the wrong rules.
  const wanted = is21 ? from21(lines) : lines;
  const version = wanted.filter((line) => /^VERSION:/i.test(line));
  const body = wanted.filter((line) => !/^VERSION:/i.test(line));
  const [, parsed] = ICAL.parse(['BEGIN:VCARD', ...(version.length > 0 ? version : ['VERSION:3.0']), ...body, 'END:VCARD'].join('\r\n')) as [string, CardProperty[]];
  const properties = version.some((line) => line.includes('4.0')) ? parsed : parsed.map(withoutEscapes);
  const kind = textOf(properties, 'kind') || textOf(properties, 'x-addressbookserver-kind');
  if (kind.toLowerCase() === 'group') {
    return { kind: 'group', name: textOf(properties, 'fn').trim(), memberUids: valuesOf(properties, 'member', 'x-addressbookserver-member').map((uid) => uid.replace(/^urn:uuid:/i, '')) };
  }
  const card = toCard(properties);
  if (card.name === '' && card.phones.length === 0) throw new Error('neither a name nor an address');
  return { kind: 'person', card, categories: valuesOf(properties, 'categories').map((name) => name.trim()).filter(Boolean) };
}

/** ical.js leaves the escaped semicolons of 3.0's plain texts (RFC 2426 section 4) as they are. */
const withoutEscapes = ([name, parameters, type, ...values]: CardProperty): CardProperty =>
  [name, parameters, type, ...values.map((value) => (typeof value === 'string' ? value.replaceAll('\\;', ';') : value))];

/** What becomes a field of its own; the rest is kept as it is. */
const KNOWN = new Set(['version', 'uid', 'fn', 'n', 'org', 'title', 'note', 'email', 'tel', 'photo', 'categories', 'kind', 'prodid', 'rev', 'x-ablabel']);

function toCard(properties: readonly CardProperty[]): ContactCard {
  const name = partsOf(properties.find(([name]) => name === 'n')?.[3]);
  const photo = photoOf(properties);
  const labelled = labels(properties);
  const taken = new Set(properties.filter(([name]) => name === 'email' || name === 'tel').map(groupOf));
  const others = properties.filter((property) => (property[0] === 'x-ablabel' ? !taken.has(groupOf(property)) : !KNOWN.has(property[0])));
  const card: ContactCard = {
    uid: textOf(properties, 'uid').replace(/^urn:uuid:/i, '').trim(),
    name: textOf(properties, 'fn').trim(),
    family: name[0] ?? '',
    given: name[1] ?? '',
    nameRest: [name[2] ?? '', name[3] ?? '', name[4] ?? ''],
    organization: partsOf(properties.find(([name]) => name === 'org')?.[3]).filter(Boolean).join(', '),
    title: textOf(properties, 'title').trim(),
    note: valuesOf(properties, 'note').join('\n\n').trim(),
    addresses: preferred(properties, 'email').map((property) => ({ address: String(property[3]).trim().replace(/^mailto:/i, ''), label: labelled(property) })).filter(({ address }) => address !== ''),
    phones: preferred(properties, 'tel').map((property) => ({ number: String(property[3]).trim().replace(/^tel:/i, ''), label: labelled(property) })).filter(({ number }) => number !== ''),
    photo,
    others: JSON.stringify(others).length > OTHERS_MAX ? [] : others,
  };
  return { ...card, name: nameOf(card) };
}

/** A structured value's parts, each with its several values joined. */
function partsOf(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return parts.map((part) => (Array.isArray(part) ? part.map(String).join(' ') : String(part)).trim());
}

function textOf(properties: readonly CardProperty[], name: string): string {
  const value = properties.find((property) => property[0] === name)?.[3];
  return value === undefined ? '' : partsOf(value).join(' ');
}

const valuesOf = (properties: readonly CardProperty[], ...names: string[]): string[] =>
  properties.filter(([name]) => names.includes(name)).flatMap(([, , , ...values]) => values.map(String));

const typesOf = ([, { type }]: CardProperty): string[] => [type ?? []].flat().map((each) => each.toLowerCase());
const groupOf = ([, { group }]: CardProperty): string => String(group ?? '').toLowerCase();

/** The preferred ones first: PREF of 4.0 by its number, TYPE=pref of 3.0; otherwise as they stand. */
function preferred(properties: readonly CardProperty[], name: string): CardProperty[] {
  const rank = (property: CardProperty): number => (typesOf(property).includes('pref') ? 1 : Number(property[1]['pref'] ?? 101) || 101);
  return properties.filter((property) => property[0] === name).sort((a, b) => rank(a) - rank(b));
}

const SHOWN_TYPES = ['fax', 'cell', 'mobile', 'pager', 'work', 'home', 'main', 'other'];

/** A label from Apple's X-ABLabel (of the same group), or from TYPE. */
function labels(properties: readonly CardProperty[]): (property: CardProperty) => string {
  const own = new Map(properties.filter(([name]) => name === 'x-ablabel').map((property) => [groupOf(property), String(property[3])]));
  return (property) => {
    const group = groupOf(property);
    const word = group === '' ? undefined : own.get(group);
    if (word !== undefined) return word.replace(/^_\$!<(.*)>!\$_$/, (_whole, inner: string) => inner.toLowerCase()).slice(0, 60);
    const type = SHOWN_TYPES.find((each) => typesOf(property).includes(each)) ?? '';
    return type === 'cell' ? 'mobile' : type;
  };
}

function photoOf(properties: readonly CardProperty[]): CardPhoto | null {
  const property = properties.find(([name]) => name === 'photo');
  if (!property) return null;
  const data = /^data:(image\/[\w.+-]+)(?:;[^,;]*)*;base64,([A-Za-z0-9+/=\s]+)$/i.exec(String(property[3]));
  const base64 = (data ? data[2]! : property[2] === 'binary' ? String(property[3]) : '').replace(/\s/g, '');
  if (base64 === '' || base64.length > PHOTO_BASE64_MAX) return null;
  const type = typesOf(property)[0] ?? 'jpeg';
  return { contentType: data ? data[1]!.toLowerCase() : type.startsWith('image/') ? type : `image/${type}`, base64 };
}
