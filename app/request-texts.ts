// Texts for what is made on the server, in the language of the page being rendered.
import { loadLanguage } from '../components/i18n/load-texts.ts';
import type { Language, PartName } from '../components/i18n/catalogue.ts';
import { requestLanguage } from '../server/web/queries/request-language.ts';

type TextsOf<P extends PartName | 'core'> = P extends PartName ? Awaited<ReturnType<Language['parts'][P]>> : Language['core'];

/** Those of the first page, or of a later part. */
export async function textsOfRequest<P extends PartName | 'core' = 'core'>(part?: P): Promise<TextsOf<P>> {
  const language = await loadLanguage((await requestLanguage()).tag);
  const texts = part === undefined || part === 'core' ? language.core : await language.parts[part as PartName]();
  return texts as TextsOf<P>;
}
