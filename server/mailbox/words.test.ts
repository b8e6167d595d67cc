// What counts as one word, in many scripts.
import { describe, expect, test } from 'vitest';
import { cutAddresses, cutWords, foldText } from './words.ts';

const texts = (text: string) => cutWords(text).map((word) => word.text);

describe('cutting words', () => {
  test.each([
    ['plain words', 'The quick, brown fox.', ['the', 'quick', 'brown', 'fox']],
    ['accents and case', 'ZOË Crème brûlée', ['zoe', 'creme', 'brulee']],
    ['sharp s and dotless i', 'Straße ışık', ['strasse', 'isik']],
    ['full width and ligatures', 'ＡＢＣ ﬁnd', ['abc', 'find']],
    ['numbers and underscores', 'INV_2026 3.14', ['inv_2026', '3', '14']],
    ['Cyrillic', 'Привет, мир', ['привет', 'мир']],
    ['Hebrew with points', 'שָׁלוֹם', ['שלום']],
    ['Japanese in pairs', '東京タワー', ['東京', '京タ', 'タワ', 'ワー', 'ー']],
    ['Latin within Chinese', '发票PDF文件', ['发票', '票', 'pdf', '文件', '件']],
    ['a single Han character', '東', ['東']],
    ['Korean keeps its spaces', '안녕 세계', ['안녕', '세계']],
    ['emoji and signs are no words', '👍 -- !!', []],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  test('data in disguise of words is left out', () => {
    expect(texts(`short ${'x'.repeat(65)} end`)).toEqual(['short', 'end']);
  });

  test('positions count on from where they are told to', () => {
    expect(cutWords('one two', 10)).toEqual([{ text: 'one', position: 10 }, { text: 'two', position: 11 }]);
  });

  test('a query in other spelling folds to the same', () => {
    expect(foldText('MÜNCHEN')).toBe(foldText('münchen'));
    expect(foldText('é')).toBe(foldText('e\u0301'));
  });
});

describe('addresses', () => {
  test.each([
    ['Write to Bob.Jones+list@Mail.Example.COM, please', ['bob.jones+list@mail.example.com']],
    ['a@b.co and a@b.co', ['a@b.co']],
    ['jörg@münchen.example', ['jorg@munchen.example']],
    ['no address @ all', []],
    ['user@localhost', []],
  ])('%s', (text, expected) => {
    expect(cutAddresses(text)).toEqual(expected);
  });
});
