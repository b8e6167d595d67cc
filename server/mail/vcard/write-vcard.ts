// Cards as vCard 3.0 (RFC 2426) or 4.0 (RFC 6350).
import ICAL from 'ical.js';
import type { CardProperty, ContactCard } from './contact-card.ts';

export type VcardVersion = '3.0' | '4.0';

/** Of 4.0 alone, and of no meaning elsewhere. */
const ONLY_4 = new Set(['xml', 'clientpidmap', 'member', 'kind']);
/** Of 4.0 alone; 3.0 knows them under these names. */
const RENAMED: Record<string, string> = { anniversary: 'x-anniversary', gender: 'x-gender', lang: 'x-lang', related: 'x-related', impp: 'impp' };
const TYPES_3 = new Set(['text', 'uri', 'date', 'date-time', 'binary', 'phone-number', 'utc-offset', 'float', 'vcard', 'unknown']);
const TYPES_4 = new Set(['text', 'uri', 'date', 'time', 'date-time', 'date-and-or-time', 'timestamp', 'boolean', 'integer', 'float', 'utc-offset', 'language-tag', 'unknown']);
/** What a TYPE says in either version; other labels go into Apple's X-ABLabel, which most programs read. */
const TYPES_OF_LABEL: Record<string, string[]> = { home: ['home'], work: ['work'], mobile: ['cell'], fax: ['fax'], pager: ['pager'], main: ['main'], other: ['other'] };

/** One card with its line ends. @param categories names of its groups */
export function writeVcard(card: ContactCard, categories: readonly string[], version: VcardVersion): string {
  const properties: CardProperty[] = [
    ['version', {}, 'text', version],
    ['prodid', {}, 'text', '-//Eider//EN'],
    ['uid', {}, 'text', version === '4.0' && /^[0-9a-f-]{36}$/i.test(card.uid) ? `urn:uuid:${card.uid}` : card.uid],
    ['fn', {}, 'text', card.name],
    ['n', {}, 'text', [card.family, card.given, ...card.nameRest]],
    ...(card.organization ? [['org', {}, 'text', card.organization] as CardProperty] : []),
    ...(card.title ? [['title', {}, 'text', card.title] as CardProperty] : []),
    ...card.addresses.flatMap(({ address, label }, index) => labelled('email', version === '3.0' ? ['internet'] : [], 'text', address, label, index, version)),
    ...card.phones.flatMap(({ number, label }, index) => labelled('tel', [], version === '3.0' ? 'phone-number' : 'text', number, label, index, version)),
    ...(card.note ? [['note', {}, 'text', card.note] as CardProperty] : []),
    ...(categories.length > 0 ? [['categories', {}, 'text', ...categories] as CardProperty] : []),
    ...card.others.flatMap((property) => inVersion(property, version)),
  ];
  const text = ICAL.stringify.component(['vcard', properties, []] as never, undefined as never);
  const photo = card.photo === null ? '' : `${fold(photoLine(card.photo, version))}\r\n`;
  return `${text.replace(/\r\nEND:VCARD\s*$/i, '')}\r\n${photo}END:VCARD\r\n`;
}

function labelled(name: 'email' | 'tel', types: string[], type: string, value: string, label: string, index: number, version: VcardVersion): CardProperty[] {
  const known = label === '' ? [] : TYPES_OF_LABEL[label];
  const all = [...types, ...(known ?? []), ...(index === 0 && version === '3.0' ? ['pref'] : [])];
  const group = known ? undefined : `${name}${index + 1}`;
  const parameters = {
    ...(all.length > 0 ? { type: all.length === 1 ? all[0]! : all } : {}),
    ...(index === 0 && version === '4.0' ? { pref: '1' } : {}),
    ...(group ? { group } : {}),
  };
  return [[name, parameters, type, value], ...(group ? [['x-ablabel', { group }, 'unknown', label] as CardProperty] : [])];
}

function inVersion([name, parameters, type, ...values]: CardProperty, version: VcardVersion): CardProperty[] {
  if (version === '4.0') return [[name, parameters, TYPES_4.has(type) ? type : 'text', ...values]];
  if (ONLY_4.has(name)) return [];
  const { pref: _pref, altid: _altid, pid: _pid, ...kept } = parameters;
  return [[RENAMED[name] ?? name, kept, TYPES_3.has(type) ? type : 'text', ...values]];
}

/** By hand: ical.js escapes the comma of a data URI, which RFC 6350 section 4 does not. */
function photoLine(photo: NonNullable<ContactCard['photo']>, version: VcardVersion): string {
  return version === '4.0'
    ? `PHOTO:data:${photo.contentType};base64,${photo.base64}`
    : `PHOTO;ENCODING=b;TYPE=${photo.contentType.replace(/^image\//, '').toUpperCase()}:${photo.base64}`;
}

/** At most 75 octets a line (RFC 6350 section 3.2); this one is ASCII. */
const fold = (line: string): string => line.replace(/.{74}(?=.)/g, '$&\r\n ');
