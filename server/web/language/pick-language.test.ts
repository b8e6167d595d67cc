// Setting before header, weights before order, and headers that nobody should send.
import { expect, test } from 'vitest';
import { pickLanguage } from './pick-language.ts';

test.each([
  ['nothing known', undefined, null, 'en', 'en'],
  ['the browser’s flavour', undefined, 'en-GB,en;q=0.9', 'en', 'en-GB'],
  ['the first that we speak', undefined, 'fr,ar-EG;q=0.8,en;q=0.5', 'ar', 'ar-EG-u-nu-latn'],
  ['weights, not order', undefined, 'en;q=0.3, ar;q=0.8', 'ar', 'ar-u-nu-latn'],
  ['what is refused', undefined, 'ar;q=0', 'en', 'en'],
  ['the setting first', 'ar', 'en-US,en', 'ar', 'ar-u-nu-latn'],
  ['its flavour still', 'en', 'ar, en-AU;q=0.2', 'en', 'en-AU'],
  ['a setting that is no language of ours', 'toString', 'ar', 'ar', 'ar-u-nu-latn'],
  ['rubbish', undefined, ';;;,\u0000,en-,*;q=x', 'en', 'en'],
])('%s', (_what, chosen, header, tag, locale) => {
  expect(pickLanguage(chosen, header)).toEqual({ tag, locale });
});
