import { expect, test } from 'vitest';
import { knownPeople } from './known-people.ts';

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const people = knownPeople([
  { address: 'Vera@Boats.example', writtenTo: true, lastAt: day(20) },
  { address: 'news@paper.example', writtenTo: false, lastAt: day(9) },
  { address: 'news@paper.example', writtenTo: false, lastAt: day(5) },
]);

test.each([
  ['written to, whenever', 'vera@boats.example', day(1), true],
  ['heard from before', 'NEWS@paper.example', day(6), true],
  ['not yet heard from then', 'news@paper.example', day(5), false],
  ['never', 'x@boats.example', day(30), false],
])('%s', (_name, address, date, met) => expect(people.metBefore(address, date)).toBe(met));

test('only those written to lend their domain: what a stranger sends makes nothing known', () => expect([...people.domains]).toEqual(['boats.example']));
