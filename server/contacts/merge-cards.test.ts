import { expect, test } from 'vitest';
import type { ContactCard } from '../mail/vcard/contact-card.ts';
import { findDuplicates, mergeCards } from './merge-cards.ts';

const card = (part: Partial<ContactCard>): ContactCard => ({
  uid: 'u', name: '', given: '', family: '', nameRest: ['', '', ''], organization: '', title: '', note: '', addresses: [], phones: [], photo: null, others: [], ...part,
});
const at = (...addresses: string[]) => addresses.map((address) => ({ address, label: '' }));

test('one card has what each knew, nothing twice', () => {
  const merged = mergeCards([
    card({ uid: 'first', name: 'ada@x.example', addresses: at('ada@x.example'), phones: [{ number: '+44 1', label: 'home' }], note: 'one', others: [['url', {}, 'uri', 'a']] }),
    card({ uid: 'second', name: 'Ada L', given: 'Ada', family: 'L', addresses: at('ADA@x.example', 'ada@y.example'), phones: [{ number: '+441', label: '' }], note: 'two', photo: { contentType: 'image/png', base64: 'AA==' }, others: [['url', {}, 'uri', 'a']] }),
  ]);
  expect(merged).toEqual(card({
    uid: 'first', name: 'Ada L', given: 'Ada', family: 'L', addresses: at('ada@x.example', 'ada@y.example'), phones: [{ number: '+44 1', label: 'home' }],
    note: 'one\n\ntwo', photo: { contentType: 'image/png', base64: 'AA==' }, others: [['url', {}, 'uri', 'a']],
  }));
});

const head = (id: string, name: string, ...addresses: string[]) => ({ id, name, card: { addresses: at(...addresses) } });

test.each([
  ['an address in any case', [head('1', 'Ada', 'a@x'), head('2', 'Lady', 'A@X'), head('3', 'Bob', 'b@x')], [{ ids: ['1', '2'], reason: 'address' }]],
  ['a name, accents and order aside', [head('1', 'Renée Noir', 'a@x'), head('2', 'NOIR Renee', 'b@x')], [{ ids: ['1', '2'], reason: 'name' }]],
  ['one by one', [head('1', 'A B', 'a@x'), head('2', 'C D', 'a@x', 'c@x'), head('3', 'E F', 'c@x')], [{ ids: ['1', '2', '3'], reason: 'address' }]],
  ['not a first name alone', [head('1', 'Ada', 'a@x'), head('2', 'Ada', 'b@x')], []],
] as const)('duplicates share %s', (_name, contacts, found) => expect(findDuplicates([...contacts])).toEqual(found));
