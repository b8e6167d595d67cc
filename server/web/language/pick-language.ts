// Which of our languages a reader gets. Pure.
import { isLanguageTag, type LanguageTag } from '../contract/languages.ts';

export interface PickedLanguage {
  tag: LanguageTag;
  /** The reader's own flavour of it (en-GB), for dates and numbers; such as Intl takes. */
  locale: string;
}

const FALLBACK: LanguageTag = 'en';
/** Texts, addresses and codes are written with these digits; a second kind beside them would only confuse. */
const DIGITS: Partial<Record<LanguageTag, string>> = { ar: '-u-nu-latn' };

/** Tags of an Accept-Language header (RFC 9110 section 12.5.4), the most wanted first; what cannot be read is left out. */
export function acceptedTags(header: string | null): string[] {
  return (header ?? '')
    .split(',')
    .map((item) => {
      const [tag = '', ...parameters] = item.trim().split(/\s*;\s*/);
      const weight = parameters.find((each) => each.startsWith('q='));
      return { tag, q: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ tag, q }) => /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i.test(tag) && q > 0)
    .sort((a, b) => b.q - a.q)
    .map(({ tag }) => tag);
}

const primary = (tag: string) => tag.split('-')[0]?.toLowerCase() ?? '';

/** @param chosen the account's setting, or what this browser showed last: a tag of ours, else the header decides */
export function pickLanguage(chosen: string | undefined, acceptLanguage: string | null): PickedLanguage {
  const accepted = acceptedTags(acceptLanguage);
  const tag = isLanguageTag(chosen) ? chosen : (accepted.map(primary).find(isLanguageTag) ?? FALLBACK);
  const flavour = accepted.find((each) => primary(each) === tag);
  return { tag, locale: (flavour && Intl.DateTimeFormat.supportedLocalesOf([flavour])[0] ? flavour : tag) + (DIGITS[tag] ?? '') };
}
