// The language and time zone of the page being rendered, once per request, for server components.
import { cookies, headers } from 'next/headers';
import { cache } from 'react';
import { LANGUAGE_COOKIE } from '../contract/languages.ts';
import { pickLanguage, type PickedLanguage } from '../language/pick-language.ts';
import { currentMe } from './first-load.ts';

export interface RequestLanguage extends PickedLanguage {
  /** IANA name; undefined is the device's. */
  timeZone: string | undefined;
}

/** The account's setting; without one the language that this browser showed last, then what it asks for. */
export const requestLanguage = cache(async (): Promise<RequestLanguage> => {
  const [jar, head, me] = await Promise.all([cookies(), headers(), currentMe()]);
  const chosen = me ? me.settings.language : jar.get(LANGUAGE_COOKIE)?.value;
  return { ...pickLanguage(chosen, head.get('accept-language')), timeZone: me?.settings.timeZone || undefined };
});
