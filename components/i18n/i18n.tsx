'use client';
// Gives components their texts, number and date formats. One language for now; the provider is where a choice goes.
import { createContext, use, useMemo } from 'react';
import type { ReactNode } from 'react';
import { createFormat } from '../format/format.ts';
import type { Format } from '../format/format.ts';
import { translate } from './catalogue.ts';
import type { Translate } from './catalogue.ts';

interface I18n {
  locale: string;
  t: Translate;
  format: Format;
}

const LANGUAGE = 'en';

/** The browser's own flavour of the app's language (day before month or not), so that texts and dates agree. */
function browserLocale(): string {
  if (typeof navigator === 'undefined') return LANGUAGE;
  return navigator.languages.find((tag) => tag.split('-')[0] === LANGUAGE) ?? LANGUAGE;
}

const build = (locale: string): I18n => ({ locale, t: translate, format: createFormat(locale) });

const I18nContext = createContext<I18n>(build(LANGUAGE));

/** Mounted once in the root layout. */
export function I18nProvider({ children }: { children: ReactNode }) {
  const value = useMemo(() => build(browserLocale()), []);
  return <I18nContext value={value}>{children}</I18nContext>;
}

/** The translate function. */
export function useT(): Translate {
  return use(I18nContext).t;
}

/** The language and its flavour, such as `en-GB`. */
export function useLocale(): string {
  return use(I18nContext).locale;
}

/** Formats for dates, sizes and numbers. */
export function useFormat(): Format {
  return use(I18nContext).format;
}
