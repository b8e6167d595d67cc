'use client';
// Gives components their texts, number and date formats. One language a page: changing it loads the page anew.
import { createContext, use, useMemo } from 'react';
import type { ReactNode } from 'react';
import type { LanguageTag } from '../../server/web/contract/languages.ts';
import { createFormat } from '../format/format.ts';
import type { Format } from '../format/format.ts';
import { translateIn } from './catalogue.ts';
import type { Translate } from './catalogue.ts';

interface I18n {
  language: LanguageTag;
  locale: string;
  t: Translate;
  format: Format;
}

const build = (language: LanguageTag, locale: string, timeZone?: string): I18n => ({ language, locale, t: translateIn(language), format: createFormat(locale, timeZone) });

const I18nContext = createContext<I18n>(build('en', 'en'));

export interface I18nProviderProps {
  language: LanguageTag;
  /** The language's flavour (day before month or not), such as `en-GB`. */
  locale: string;
  /** IANA name; none is the device's. */
  timeZone?: string | undefined;
  children: ReactNode;
}

/** Mounted once in the root layout, by the language's own module. */
export function I18nProvider({ language, locale, timeZone, children }: I18nProviderProps) {
  const value = useMemo(() => build(language, locale, timeZone), [language, locale, timeZone]);
  return <I18nContext value={value}>{children}</I18nContext>;
}

/** The translate function. */
export function useT(): Translate {
  return use(I18nContext).t;
}

/** The page's language. */
export function useLanguage(): LanguageTag {
  return use(I18nContext).language;
}

/** The language and its flavour, such as `en-GB`. */
export function useLocale(): string {
  return use(I18nContext).locale;
}

/** Formats for dates, sizes and numbers. */
export function useFormat(): Format {
  return use(I18nContext).format;
}
