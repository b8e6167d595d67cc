'use client';
// The texts of the page's language. Each language is fetched by itself: the server's markup names its file, so that it
// arrives with the first scripts (imported in the layout, all languages would become one file).
import dynamic from 'next/dynamic';
import type { ComponentType } from 'react';
import { addLanguage } from '../components/i18n/catalogue.ts';
import type { Language } from '../components/i18n/catalogue.ts';
import { I18nProvider } from '../components/i18n/i18n.tsx';
import type { I18nProviderProps } from '../components/i18n/i18n.tsx';
import { configureApi } from '../server/web/contract/client.ts';
import type { LanguageTag } from '../server/web/contract/languages.ts';

function providerOf(language: Language): ComponentType<I18nProviderProps> {
  addLanguage(language);
  const { errors } = language;
  if (errors && typeof window !== 'undefined') {
    configureApi({ reword: async (error) => import('../components/i18n/translate-error.ts').then(async ({ translateError }) => translateError(error, await errors())) });
  }
  return I18nProvider;
}

const PROVIDERS: Record<LanguageTag, ComponentType<I18nProviderProps>> = {
  en: dynamic(() => import('../components/i18n/en/english.ts').then(({ english }) => providerOf(english))),
  ar: dynamic(() => import('../components/i18n/ar/arabic.ts').then(({ arabic }) => providerOf(arabic))),
};

/** Mounted once in the root layout. */
export function LanguageTexts(props: I18nProviderProps) {
  const Provider = PROVIDERS[props.language];
  return <Provider {...props} />;
}
