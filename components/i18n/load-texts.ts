// Brings the texts of a part with the code that needs them, so that neither waits for the other.
import { LANGUAGE_TAGS } from '../../server/web/contract/languages.ts';
import type { LanguageTag } from '../../server/web/contract/languages.ts';
import { addLanguage, addTexts, knownLanguages } from './catalogue.ts';
import type { Language, PartName } from './catalogue.ts';

/** For the server, which renders for everybody: in its process a lazy component loads once, for all languages. */
const LOADERS: Record<LanguageTag, () => Promise<Language>> | null =
  typeof window === 'undefined'
    ? {
        en: () => import('./en/english.ts').then((module) => module.english),
        ar: () => import('./ar/arabic.ts').then((module) => module.arabic),
      }
    : null;

/** All texts of a language, on the server only. */
export function loadLanguage(tag: LanguageTag): Promise<Language> {
  if (!LOADERS) throw new Error('a browser has one language, which the page brought');
  return LOADERS[tag]();
}

async function languagesHere(): Promise<Language[]> {
  if (!LOADERS) return knownLanguages();
  const all = await Promise.all(LANGUAGE_TAGS.map(loadLanguage));
  for (const language of all) addLanguage(language);
  return all;
}

const loading = new Map<string, Promise<void>>();

function loadPart(language: Language, part: PartName): Promise<void> {
  const name = `${language.tag}/${part}`;
  const known = loading.get(name);
  if (known) return known;
  const started = language.parts[part]().then((texts) => addTexts(language.tag, texts));
  loading.set(name, started);
  started.catch(() => loading.delete(name));
  return started;
}

/** Resolves when the parts can be shown. @throws when a chunk cannot be fetched; asking again tries again */
export async function loadTexts(...parts: PartName[]): Promise<void> {
  const languages = await languagesHere();
  await Promise.all(languages.flatMap((language) => parts.map((part) => loadPart(language, part))));
}

/** `lazy(() => withTexts(import('./settings-view.tsx'), 'settings'))`: a module, once it and its texts are there. */
export async function withTexts<M>(module: Promise<M>, ...parts: PartName[]): Promise<M> {
  const [loaded] = await Promise.all([module, loadTexts(...parts)]);
  return loaded;
}
