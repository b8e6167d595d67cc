// The keys of all texts, their types (English is the source that every other language must fill), and the tables that
// texts are looked up in: one a language. A browser only ever holds its own language; what loads later brings its part.
import type { LanguageTag } from '../../server/web/contract/languages.ts';
import type { ErrorTexts } from './translate-error.ts';
import type { actions } from './en/actions.ts';
import type { calendar } from './en/calendar.ts';
import type { contacts } from './en/contacts.ts';
import type { common } from './en/frame.ts';
import type { compose } from './en/compose.ts';
import type { jobs } from './en/jobs.ts';
import type { labels } from './en/labels.ts';
import type { filters } from './en/filters.ts';
import type { list } from './en/list.ts';
import type { reading } from './en/reading.ts';
import type { savedSearches } from './en/saved-searches.ts';
import type { snooze } from './en/snooze.ts';
import type { security } from './en/security.ts';
import type { settings } from './en/settings.ts';
import type { signIn } from './en/sign-in.ts';
import type { transfers } from './en/transfers.ts';

/** Parts that load with what needs them (load-texts.ts). */
interface LaterParts {
  calendar: typeof calendar;
  compose: typeof compose;
  contacts: typeof contacts;
  filters: typeof filters;
  jobs: typeof jobs;
  labels: typeof labels;
  savedSearches: typeof savedSearches;
  security: typeof security;
  settings: typeof settings;
  signIn: typeof signIn;
  snooze: typeof snooze;
  transfers: typeof transfers;
}

/** What every page needs from the start. */
type Core = typeof common & typeof list & typeof actions & typeof reading;

export type PartName = keyof LaterParts;
type AllOf<P> = (P extends PartName ? (part: LaterParts[P]) => void : never) extends (part: infer All) => void ? All : never;
type Source = Core & AllOf<PartName>;

/** Any text is either fixed or made from named values. */
type Widen<T> = T extends (values: infer V) => string ? (values: V) => string : string;

/** What another language gives for English texts of one file: every key, and none besides. */
export type TextsLike<T> = { [K in keyof T]: Widen<T[K]> };

export type Messages = TextsLike<Source>;
export type MessageKey = keyof Messages;

type ValuesOf<K extends MessageKey> = Messages[K] extends (values: infer V) => string ? [values: V] : [];

/** `t('list.selected', { n: 3 })`: the text of a key in the current language. */
export type Translate = <K extends MessageKey>(key: K, ...values: ValuesOf<K>) => string;

/** All texts of a language: those of the first page, and the way to each later part. */
export interface Language {
  tag: LanguageTag;
  core: TextsLike<Core>;
  parts: { [P in PartName]: () => Promise<TextsLike<LaterParts[P]>> };
  /** Words for the server's errors; null is English, in which it speaks. */
  errors: (() => Promise<ErrorTexts>) | null;
}

const tables = new Map<LanguageTag, Partial<Messages>>();
const languages = new Map<LanguageTag, Language>();
let current: LanguageTag = 'en';

/** Makes a language known. In a browser it is the one language of the page. */
export function addLanguage(language: Language): void {
  languages.set(language.tag, language);
  current = language.tag;
  addTexts(language.tag, language.core);
}

export const knownLanguages = (): Language[] => [...languages.values()];

export function addTexts(tag: LanguageTag, texts: Partial<Messages>): void {
  tables.set(tag, { ...tables.get(tag), ...texts });
}

/** The translate function of a language. A key whose part isn't loaded shows as itself. */
export function translateIn(tag: LanguageTag): Translate {
  return (key, ...values) => {
    const message: unknown = tables.get(tag)?.[key];
    if (typeof message === 'function') return (message as (values: unknown) => string)(values[0]);
    return (message as string | undefined) ?? key;
  };
}

/** For code outside of components, which runs in browsers only: the page's language. */
export const translate: Translate = (key, ...values) => translateIn(current)(key, ...values);
