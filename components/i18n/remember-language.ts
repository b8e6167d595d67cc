// What this browser remembers of the account's language, for the pages that it sees before it is signed in.
import { LANGUAGE_COOKIE } from '../../server/web/contract/languages.ts';
import type { LanguageTag } from '../../server/web/contract/languages.ts';

/** `auto` forgets it: the browser's own wish decides again. */
export function rememberLanguage(language: LanguageTag | 'auto'): void {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  const keep = language === 'auto' ? '; max-age=0' : '; max-age=31536000';
  document.cookie = `${LANGUAGE_COOKIE}=${language}; path=/; samesite=lax${keep}${secure}`;
}
