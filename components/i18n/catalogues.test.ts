// What types cannot see of the catalogues: every name that English puts into a text stands in every other language too,
// and numbers are written by the language's own plural forms.
import { describe, expect, it, test } from 'vitest';
import { LANGUAGE_TAGS } from '../../server/web/contract/languages.ts';
import { addLanguage, addTexts, translateIn } from './catalogue.ts';
import type { PartName } from './catalogue.ts';
import { loadLanguage } from './load-texts.ts';

type Text = string | ((values: Record<string, unknown>) => string);

async function allTexts(tag: (typeof LANGUAGE_TAGS)[number]): Promise<Map<string, Text>> {
  const language = await loadLanguage(tag);
  const parts = await Promise.all((Object.keys(language.parts) as PartName[]).map((part) => language.parts[part]()));
  return new Map(Object.entries(Object.assign({}, language.core, ...parts) as Record<string, Text>));
}

/** Whatever a text asks for: numbers where the English words count, names elsewhere. */
const NUMBERS = /^(n|total|failed|done|unread|percent|seconds)$/;
const asked = (n: number) => new Proxy<Record<string, unknown>>({}, { get: (_target, name) => (NUMBERS.test(String(name)) ? n : `<${String(name)}>`) });
const namesIn = (text: string) => [...text.matchAll(/<\w+>/g)].map((match) => match[0]).sort();

describe.each(LANGUAGE_TAGS.filter((tag) => tag !== 'en'))('%s', (tag) => {
  it('says everything that English says, with the same names in it', async () => {
    const [english, other] = await Promise.all([allTexts('en'), allTexts(tag)]);
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of english) {
      const there = other.get(key);
      expect([key, typeof there]).toEqual([key, typeof text]);
      if (typeof text !== 'function' || typeof there !== 'function') continue;
      expect([key, ...namesIn(there(asked(5)))]).toEqual([key, ...namesIn(text(asked(5)))]);
    }
  });

  it('leaves nothing in English, names of products and protocols aside', async () => {
    const [english, other] = await Promise.all([allTexts('en'), allTexts(tag)]);
    const same = [...english].filter(([key, text]) => typeof text === 'string' && other.get(key) === text).map(([key]) => key);
    expect(same).toEqual(['app.name', 'apps.client.thunderbird', 'apps.client.apple', 'apps.client.outlook', 'apps.client.android', 'apps.servers.tls', 'apps.servers.starttls']);
  });
});

test.each([
  [1, 'محادثة محددة'],
  [2, 'محادثتان محددتان'],
  [3, '3 محادثات محددة'],
  [11, '11 محادثة محددة'],
  [100, '100 محادثة محددة'],
  [1200, '1,200 محادثة محددة'],
])('Arabic counts %i', async (n, text) => {
  addLanguage(await loadLanguage('ar'));
  expect(translateIn('ar')('list.selected', { n })).toBe(text);
});

test('a text whose part is not there shows as its key, and as itself afterwards', async () => {
  const language = await loadLanguage('en');
  addLanguage(language);
  expect(translateIn('en')('snooze.title')).toBe('snooze.title');
  addTexts('en', await language.parts.snooze());
  expect(translateIn('en')('snooze.title')).toBe('Snooze until');
});
