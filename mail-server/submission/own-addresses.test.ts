import { describe, expect, test } from 'vitest';
import { leadsTo } from './own-addresses.ts';

describe('own addresses', () => {
  const own = ['alice@eider.test', 'a.lice.smith@Eider.test', '*@catch.test', '*-news@eider.test', 'info@*', 'jörg@bücher.test'];
  test.each([
    ['alice@eider.test', true],
    ['ALICE@EIDER.TEST', true],
    ['alice+shop@eider.test', true],
    ['a.l.i.c.e@eider.test', true],
    ['alicesmith@eider.test', true],
    ['anyone@catch.test', true],
    ['shop-news@eider.test', true],
    ['info@anything.example', true],
    ['jörg@xn--bcher-kva.test', true],
    ['bob@eider.test', false],
    ['alice@eider.test.example', false],
    ['alice@evil-eider.test', false],
    ['xalice@eider.test', false],
    ['news@eider.test', false],
    ['anyone@sub.catch.test', false],
    ['alice', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(leadsTo(own, address)).toBe(expected);
  });
});
