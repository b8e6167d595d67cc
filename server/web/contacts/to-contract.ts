// Stored contacts as the API shows them, and cards from what it is told. Pure.
import { nameOf, type CardProperty, type ContactCard } from '../../mail/vcard/contact-card.ts';
import type { ContactHead, StoredContact } from '../../contacts/contact.store.ts';
import type { Contact, ContactFields, ContactRow } from '../contract/contacts.ts';

export function toContactRow({ id, name, card, hasPhoto, groupIds }: ContactHead): ContactRow {
  return {
    id, name, organization: card.organization, address: card.addresses[0]?.address ?? '', addresses: card.addresses.length,
    phone: card.phones[0]?.number ?? '', hasPhoto, groupIds,
  };
}

export function toContact({ id, name, card, photo, revision, groupIds }: StoredContact): Contact {
  const { given, family, organization, title, note, addresses, phones } = card;
  return { id, revision, name, given, family, organization, title, note, addresses, phones, hasPhoto: photo !== null, groupIds, more: card.others.flatMap(shownProperty) };
}

export const cardOf = ({ card, photo }: StoredContact): ContactCard => ({ ...card, photo });

/** The card with these fields; what they do not name stays. */
export function withFields(card: Omit<ContactCard, 'photo'>, { name, given, family, organization, title, note, addresses, phones }: ContactFields): Omit<ContactCard, 'photo'> {
  const next = { ...card, name, given, family, organization, title, note, addresses, phones };
  return { ...next, name: nameOf(next) };
}

/** What people can read: addresses, days, links. Not what programs keep for themselves. */
const SHOWN = /^(adr|url|bday|anniversary|nickname|impp|role|x-(?!ablabel|apple|addressbook|google|evolution).*)$/;

function shownProperty([name, { type }, , ...values]: CardProperty): Contact['more'] {
  const value = values.flat(2).map(String).map((part) => part.trim()).filter(Boolean).join(', ');
  const label = [type ?? []].flat().map((each) => each.toLowerCase()).find((each) => each !== 'pref' && each !== 'internet') ?? '';
  return SHOWN.test(name) && value !== '' ? [{ name, label, value: value.slice(0, 2000) }] : [];
}
