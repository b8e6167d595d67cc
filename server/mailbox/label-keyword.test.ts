// Names to keywords as Thunderbird does it, and back as far as there is a way back.
import { describe, expect, test } from 'vitest';
import { colorOfKeyword, freeKeyword, keywordOf, LABEL_COLORS, labelName, nameOfKeyword } from './label-keyword.ts';

describe('keywords', () => {
  test.each([
    ['Travel', 'travel'],
    ['To pay', 'to_pay'],
    ['Clients/Acme (old)', 'clients_acme__old_'],
    ['R&D', 'r&-d'],
    ['Böse Sache', 'b&apy-se_sache'],
    ['請求書', '&ytvs,gfmzva-'.replace('ytvs,gfmzva', Buffer.from('請求書', 'utf16le').swap16().toString('base64').replaceAll('/', ',').toLowerCase())],
    ['100%*', '100__'],
    ['a]b', 'a_b'],
  ])('%s is %s', (name, keyword) => {
    expect(keywordOf(name)).toBe(keyword);
    expect(keyword).toMatch(/^[!#$&'+,\-.0-9:;=?@A-Za-z^_`|}~]+$/);
  });

  test('a name whose keyword is taken gets another one', () => {
    expect(freeKeyword('To pay', new Set(['to_pay', 'to_paya']))).toBe('to_payaa');
    const long = 'x'.repeat(100);
    expect(freeKeyword(long, new Set([long]))).toBe(`${'x'.repeat(99)}a`);
  });

  test.each([
    ['$label1', 'Important'],
    ['$Label4', 'To Do'],
    ['to_pay', 'To pay'],
    ['Work', 'Work'],
    ['$', '$'],
  ])('%s reads %s', (keyword, name) => {
    expect(nameOfKeyword(keyword)).toBe(name);
  });

  test('a colour for every keyword, whatever its letters’ case', () => {
    expect(colorOfKeyword('$label1')).toBe('red');
    for (const keyword of ['work', 'travel', 'a', 'zz']) {
      expect(LABEL_COLORS).toContain(colorOfKeyword(keyword));
      expect(colorOfKeyword(keyword.toUpperCase())).toBe(colorOfKeyword(keyword));
    }
  });
});

test.each([
  [' Clients /  Acme ', 'Clients/Acme'],
  ['a\tb', 'a b'],
  ['', null],
  ['a//b', null],
  ['a/b/c/d/e/f', null],
  ['x'.repeat(81), null],
])('the name %j is %j', (text, name) => {
  expect(labelName(text)).toBe(name);
});
