// A contact as its form holds it: rows of addresses and numbers with an empty one to type into.
import type { Contact, ContactBody } from '../../../server/web/contract/contacts.ts';
import type { SmallPicture } from './shrink-picture.ts';

export interface LabelledRow {
  /** Keeps rows apart while they are typed into. */
  key: number;
  value: string;
  label: string;
}

export interface ContactDraft {
  id: string | null;
  revision: number;
  given: string;
  family: string;
  name: string;
  organization: string;
  title: string;
  note: string;
  addresses: LabelledRow[];
  phones: LabelledRow[];
  hasPhoto: boolean;
  /** Undefined: as it is. */
  photo: SmallPicture | null | undefined;
  more: Contact['more'];
}

let lastKey = 0;
export const emptyRow = (): LabelledRow => ({ key: (lastKey += 1), value: '', label: '' });
const rowsOf = (values: { value: string; label: string }[]): LabelledRow[] => (values.length > 0 ? values.map((each) => ({ ...each, key: (lastKey += 1) })) : [emptyRow()]);

export function newDraft(person: { name: string; address: string } | null): ContactDraft {
  const words = person?.name.trim().split(/\s+/) ?? [];
  return {
    id: null, revision: 0, name: '', organization: '', title: '', note: '', hasPhoto: false, photo: undefined, more: [],
    given: words.slice(0, Math.max(1, words.length - 1)).join(' '), family: words.length > 1 ? words.at(-1)! : '',
    addresses: rowsOf(person ? [{ value: person.address, label: '' }] : []), phones: rowsOf([]),
  };
}

export function draftOf({ addresses, phones, ...contact }: Contact): ContactDraft {
  const { id, revision, given, family, name, organization, title, note, hasPhoto, more } = contact;
  return {
    id, revision, given, family, organization, title, note, hasPhoto, more, photo: undefined,
    // What follows from the other fields follows them when they change.
    name: name === [given, family].filter(Boolean).join(' ') ? '' : name,
    addresses: rowsOf(addresses.map(({ address, label }) => ({ value: address, label }))),
    phones: rowsOf(phones.map(({ number, label }) => ({ value: number, label }))),
  };
}

/** What the API takes; rows that say nothing are left out. */
export function bodyOf(draft: ContactDraft): ContactBody {
  const { given, family, name, organization, title, note, photo } = draft;
  const filled = (rows: readonly LabelledRow[]) => rows.filter(({ value }) => value.trim() !== '');
  return {
    given, family, name, organization, title, note,
    addresses: filled(draft.addresses).map(({ value, label }) => ({ address: value, label })),
    phones: filled(draft.phones).map(({ value, label }) => ({ number: value, label })),
    ...(photo !== undefined && { photo }),
  };
}

export const isEmpty = (draft: ContactDraft): boolean =>
  [draft.given, draft.family, draft.name, draft.organization, ...draft.addresses.map(({ value }) => value), ...draft.phones.map(({ value }) => value)].every((text) => text.trim() === '');
