import { expect, test } from 'vitest';
import { bodyOf, draftOf, isEmpty, newDraft } from './contact-draft.ts';

const CONTACT = {
  id: 'c', revision: 3, name: 'Ada Lovelace', given: 'Ada', family: 'Lovelace', organization: 'Engines', title: '', note: 'n', hasPhoto: true, groupIds: ['g'],
  addresses: [{ address: 'ada@x.example', label: 'work' }], phones: [], more: [],
};

test.each([
  ['a sender with a name', { name: 'Ada King Lovelace', address: 'ada@x.example' }, 'Ada King', 'Lovelace'],
  ['one word', { name: 'Ada', address: 'ada@x.example' }, 'Ada', ''],
  ['no name', { name: '', address: 'ada@x.example' }, '', ''],
])('%s', (_name, person, given, family) => {
  const draft = newDraft(person);
  expect([draft.given, draft.family, bodyOf(draft).addresses]).toEqual([given, family, [{ address: 'ada@x.example', label: '' }]]);
});

test('a contact comes out as it went in; a name that follows from its parts follows them', () => {
  expect(bodyOf(draftOf(CONTACT))).toEqual({ given: 'Ada', family: 'Lovelace', name: '', organization: 'Engines', title: '', note: 'n', addresses: [{ address: 'ada@x.example', label: 'work' }], phones: [] });
  expect(bodyOf(draftOf({ ...CONTACT, name: 'Countess' })).name).toBe('Countess');
  expect(bodyOf({ ...draftOf(CONTACT), photo: null })).toHaveProperty('photo', null);
});

test('nothing typed is no contact', () => expect([isEmpty(newDraft(null)), isEmpty(draftOf(CONTACT))]).toEqual([true, false]));
