import { expect, test } from 'vitest';
import { rankPeople } from './rank-people.ts';

const day = new Date(Date.UTC(2026, 0, 1));
const row = (address: string, writtenTo: boolean, name = '') => ({ address, writtenTo, name, lastAt: day });
const contact = (id: string, name: string, addresses: string[], groupIds: string[] = []) => ({
  id, name, hasPhoto: false, revision: 1, groupIds,
  card: { uid: id, name, given: '', family: '', nameRest: ['', '', ''] as [string, string, string], organization: '', title: '', note: '', phones: [], others: [], addresses: addresses.map((address) => ({ address, label: '' })) },
});
const shown = (ranked: ReturnType<typeof rankPeople>) => ranked.map(({ name, address }) => name || address);

test('who is written to comes first, then who is kept, then who was heard from; machines never', () => {
  const rows = [row('heard@x.example', false), row('written@x.example', true), row('no-reply@shop.example', false)];
  expect(shown(rankPeople(rows, [contact('1', 'Kept', ['kept@x.example'])]))).toEqual(['written@x.example', 'Kept', 'heard@x.example']);
});

test('a contact gives its name to its addresses, and each counts its own use', () => {
  const ranked = rankPeople([row('ADA@work.example', true, 'A. King')], [contact('1', 'Ada Lovelace', ['ada@home.example', 'ada@work.example'])]);
  expect(ranked.map(({ name, address, contactId }) => [name, address, contactId])).toEqual([
    ['Ada Lovelace', 'ada@work.example', '1'],
    ['Ada Lovelace', 'ada@home.example', '1'],
  ]);
  expect(ranked[0]!.words).toContain('king');
});

test('a group holds each member once, by the address in use, and ranks as its members do', () => {
  const groups = [{ id: 'g', name: 'Crew', members: 3 }, { id: 'e', name: 'Empty', members: 0 }];
  const contacts = [contact('1', 'Ada', ['ada@home.example', 'ada@work.example'], ['g']), contact('2', 'Bob', ['bob@x.example'], ['g']), contact('3', 'No address', [], ['g'])];
  const ranked = rankPeople([row('ada@work.example', true)], contacts, groups);
  expect(shown(ranked)).toEqual(['Ada', 'Crew', 'Ada', 'Bob']);
  expect(ranked[1]!.members).toEqual([{ name: 'Ada', address: 'ada@work.example' }, { name: 'Bob', address: 'bob@x.example' }]);
});
