// The languages that Eider speaks, by their BCP 47 tag. A new one begins here; its texts stand in components/i18n/<tag>/.

export const LANGUAGES = {
  en: { name: 'English', direction: 'ltr' },
  ar: { name: 'العربية', direction: 'rtl' },
} as const satisfies Record<string, { name: string; direction: 'ltr' | 'rtl' }>;

export type LanguageTag = keyof typeof LANGUAGES;

export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as [LanguageTag, ...LanguageTag[]];

/** Remembers the chosen language for pages without a session. */
export const LANGUAGE_COOKIE = 'eider-language';

export const isLanguageTag = (value: string | undefined): value is LanguageTag => value !== undefined && Object.hasOwn(LANGUAGES, value);
