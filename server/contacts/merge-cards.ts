// Several cards of one person as one, and which cards may be one person's. Pure.
import { plainText } from '../mail/person-words.ts';
import type { ContactCard } from '../mail/vcard/contact-card.ts';
import type { StoredCard } from './contact.store.ts';

/** The first card with what the others know more. */
export function mergeCards(cards: readonly [ContactCard, ...ContactCard[]]): ContactCard {
  const [first] = cards;
  const known = (field: 'given' | 'family' | 'organization' | 'title') => cards.map((card) => card[field]).find(Boolean) ?? '';
  const structured = cards.find((card) => card.given || card.family) ?? first;
  return {
    uid: first.uid,
    // A name that is only an address is no name.
    name: cards.map(({ name }) => name).find((name) => name !== '' && !name.includes('@')) ?? first.name,
    given: structured.given,
    family: structured.family,
    nameRest: structured.nameRest,
    organization: known('organization'),
    title: known('title'),
    note: [...new Set(cards.map(({ note }) => note).filter(Boolean))].join('\n\n'),
    addresses: once(cards.flatMap(({ addresses }) => addresses), ({ address }) => address.toLowerCase()),
    phones: once(cards.flatMap(({ phones }) => phones), ({ number }) => number.replace(/[^\d+]/g, '') || number),
    photo: cards.map(({ photo }) => photo).find(Boolean) ?? null,
    others: once(cards.flatMap(({ others }) => others), (property) => JSON.stringify(property)),
  };
}

function once<T>(items: readonly T[], key: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}

export interface Duplicates {
  ids: string[];
  /** What they share. */
  reason: 'address' | 'name';
}

/** Sets of two or more contacts that share an address, or a name of at least two words. */
export function findDuplicates(contacts: readonly { id: string; name: string; card: Pick<StoredCard, 'addresses'> }[]): Duplicates[] {
  const parent = new Map(contacts.map(({ id }) => [id, id]));
  const root = (id: string): string => {
    let at = id;
    while (parent.get(at) !== at) at = parent.get(at)!;
    return at;
  };
  const byAddress = new Set<string>();
  const firstWith = new Map<string, string>();
  for (const { id, name, card } of contacts) {
    const words = plainText(name).split(/\s+/).filter(Boolean).sort();
    const traits = [...card.addresses.map(({ address }) => `a:${address.toLowerCase()}`), ...(words.length > 1 ? [`n:${words.join(' ')}`] : [])];
    for (const trait of traits) {
      const other = firstWith.get(trait);
      if (other === undefined) firstWith.set(trait, id);
      else {
        parent.set(root(id), root(other));
        if (trait.startsWith('a:')) byAddress.add(id);
      }
    }
  }
  const sets = new Map<string, string[]>();
  for (const { id } of contacts) sets.set(root(id), [...(sets.get(root(id)) ?? []), id]);
  return [...sets.values()].filter((ids) => ids.length > 1).map((ids) => ({ ids, reason: ids.some((id) => byAddress.has(id)) ? 'address' : 'name' }));
}
