// Names in list rows.
import { describe, expect, it } from 'vitest';
import { facePerson, rowNames, shortName } from './participants.ts';

const person = (name: string, address = `${name.split(' ')[0]?.toLowerCase()}@example.com`, self = false) => ({ name, address, self });
const me = person('Alice', 'alice@example.com', true);
const ada = person('Ada Lovelace');
const bob = person('Bob Ross');
const cy = person('Cy Twombly');
const dan = person('Dan Brown');

describe('rowNames', () => {
  it.each([
    ['nobody', [], false, ''],
    ['one, in full', [ada], false, 'Ada Lovelace'],
    ['two, by first names', [ada, bob], false, 'Ada, Bob'],
    ['with oneself', [ada, me], false, 'Ada, Me'],
    ['more than three', [ada, bob, me, cy, dan], false, 'Ada, …, Cy, Dan'],
    ['sent: the others', [me, ada], true, 'Ada Lovelace'],
    ['sent to oneself', [me], true, 'Me'],
    ['no name: the local part', [person('', 'no-reply@shop.example')], false, 'no-reply'],
  ])('%s', (_name, people, othersOnly, expected) => {
    expect(rowNames(people, 'Me', othersOnly).join(', ')).toBe(expected);
  });
});

describe('shortName', () => {
  it.each([
    ['Lovelace, Ada', 'Ada'],
    ['Ada Lovelace', 'Ada'],
    ['GitHub', 'GitHub'],
  ])('%s → %s', (name, expected) => expect(shortName(person(name, 'x@example.com'))).toBe(expected));
});

describe('facePerson', () => {
  it('is the newest other person', () => expect(facePerson([ada, bob, me])).toBe(bob));
  it('is oneself when alone', () => expect(facePerson([me])).toBe(me));
});
