// Splitting, completing and toggling.
import { describe, expect, it } from 'vitest';
import { OPERATORS, afterToken, hasToken, lastToken, operatorsFor, searchTokens, toggleToken, withOperator } from './search-operators.ts';

describe('searchTokens', () => {
  it.each([
    ['', []],
    ['  a  b ', ['a', 'b']],
    ['from:"Ada Lovelace" engine', ['from:"Ada Lovelace"', 'engine']],
    ['"two words" -x', ['"two words"', '-x']],
    ['"unfinished phrase', ['"unfinished phrase']],
  ])('%s', (q, expected) => expect(searchTokens(q)).toEqual(expected));
});

describe('completion', () => {
  it('offers everything at the start and after a space', () => {
    expect(operatorsFor('')).toBe(OPERATORS);
    expect(operatorsFor('invoice ')).toBe(OPERATORS);
  });
  it('narrows down by what is typed', () => expect(operatorsFor('x fr').map((each) => each.text)).toEqual(['from:']));
  it('offers nothing within a value', () => expect(operatorsFor('from:ad')).toEqual([]));
  it('replaces the token', () => {
    expect(withOperator('invoice fr', OPERATORS[0]!)).toBe('invoice from:');
    expect(withOperator('', OPERATORS.find((each) => each.text === 'has:attachment')!)).toBe('has:attachment ');
    expect(lastToken('a b')).toBe('b');
  });
});

describe('toggleToken', () => {
  it('adds and removes', () => {
    expect(toggleToken('invoice', 'is:unread')).toBe('invoice is:unread');
    expect(toggleToken('IS:UNREAD invoice', 'is:unread')).toBe('invoice');
    expect(hasToken('a Is:Unread', 'is:unread')).toBe(true);
  });
});

describe('afterToken', () => {
  it('counts back over months', () => expect(afterToken(7, new Date(2026, 10, 3))).toBe('after:2026-10-27'));
});
