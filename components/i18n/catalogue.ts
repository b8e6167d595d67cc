// Puts the English texts together and derives the type that every other language must fill.
import { actions } from './en/actions.ts';
import { common } from './en/common.ts';
import { compose } from './en/compose.ts';
import { list } from './en/list.ts';
import { reading } from './en/reading.ts';
import { settings } from './en/settings.ts';

export const en = { ...common, ...list, ...actions, ...reading, ...compose, ...settings };

/** Any text is either fixed or made from named values. */
type Widen<T> = T extends (values: infer V) => string ? (values: V) => string : string;
export type Messages = { [K in keyof typeof en]: Widen<(typeof en)[K]> };
export type MessageKey = keyof Messages;

type ValuesOf<K extends MessageKey> = Messages[K] extends (values: infer V) => string ? [values: V] : [];

/** `t('list.selected', { n: 3 })`: the text of a key in the current language. */
export type Translate = <K extends MessageKey>(key: K, ...values: ValuesOf<K>) => string;

/** Binds a catalogue. */
export function translator(messages: Messages): Translate {
  return (key, ...values) => {
    const message: unknown = messages[key];
    return typeof message === 'function' ? (message as (values: unknown) => string)(values[0]) : (message as string);
  };
}
