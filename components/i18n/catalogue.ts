// The English texts and the type that every other language must fill. What the first page needs is here from the
// start; the texts of parts that load later come with those parts.
import { actions } from './en/actions.ts';
import type { calendar } from './en/calendar.ts';
import { common } from './en/frame.ts';
import type { compose } from './en/compose.ts';
import type { jobs } from './en/jobs.ts';
import type { labels } from './en/labels.ts';
import type { filters } from './en/filters.ts';
import { list } from './en/list.ts';
import { reading } from './en/reading.ts';
import type { savedSearches } from './en/saved-searches.ts';
import type { snooze } from './en/snooze.ts';
import type { security } from './en/security.ts';
import type { settings } from './en/settings.ts';
import type { signIn } from './en/sign-in.ts';

type Source = typeof common & typeof list & typeof actions & typeof reading & typeof compose & typeof labels & typeof jobs & typeof snooze & typeof savedSearches & typeof settings & typeof calendar & typeof security & typeof signIn & typeof filters;

/** Any text is either fixed or made from named values. */
type Widen<T> = T extends (values: infer V) => string ? (values: V) => string : string;
export type Messages = { [K in keyof Source]: Widen<Source[K]> };
export type MessageKey = keyof Messages;

type ValuesOf<K extends MessageKey> = Messages[K] extends (values: infer V) => string ? [values: V] : [];

/** `t('list.selected', { n: 3 })`: the text of a key in the current language. */
export type Translate = <K extends MessageKey>(key: K, ...values: ValuesOf<K>) => string;

export const en = { ...common, ...list, ...actions, ...reading };

const loaded: Partial<Messages> = { ...en };

/** Brings the texts of a part that loads later; called where that part begins. */
export function addMessages(part: Partial<Messages>): void {
  Object.assign(loaded, part);
}

/** The texts that are there. A key whose part isn't loaded yet shows as itself. */
export const translate: Translate = (key, ...values) => {
  const message: unknown = loaded[key];
  if (typeof message === 'function') return (message as (values: unknown) => string)(values[0]);
  return (message as string | undefined) ?? key;
};
