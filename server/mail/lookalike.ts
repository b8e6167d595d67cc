// Domains that are made to be taken for another: letters swapped, doubled, left out, or of another script. Pure.
import { domainToUnicode } from 'node:url';
import { getDomain, getDomainWithoutSuffix } from 'tldts';

/** Letters that look like others, by what they look like. A few of Unicode's confusables (UTS 39): those seen in domains. */
const SAME_LOOK: readonly (readonly [pattern: RegExp, as: string])[] = [
  [/rn/g, 'm'], [/vv/g, 'w'], [/[0οоօ]/g, 'o'], [/[1iíìïıіıɩӏ|!]/g, 'l'], [/[аαɑàáâäå]/g, 'a'], [/[еёεéèêë]/g, 'e'], [/[сϲç]/g, 'c'],
  [/[рρ]/g, 'p'], [/[хχ×]/g, 'x'], [/[уγүýÿ]/g, 'y'], [/[ѕ5]/g, 's'], [/[ԁɗ]/g, 'd'], [/[һ]/g, 'h'], [/[ԛ]/g, 'q'], [/[ԝ]/g, 'w'], [/[ɡģ9]/g, 'g'],
  [/[ոñńп]/g, 'n'], [/[υսüúùû]/g, 'u'], [/[ѵν]/g, 'v'], [/[τт]/g, 't'], [/[κк]/g, 'k'], [/[ʙв]/g, 'b'], [/[мʍ]/g, 'm'], [/[öóòôõø]/g, 'o'],
];
/** A shorter name has too many neighbours that mean no harm. */
const MIN_LENGTH = 6;

/**
 * @param domain of a sender, as in the address (A-labels or U-labels)
 * @param known domains that the reader deals with
 * @returns the known domain that this one looks like and is not; null when it is one of them, or like none
 */
export function imitatedDomain(domain: string, known: Iterable<string>): string | null {
  const own = organisationOf(domain);
  if (own === null) return null;
  const others = new Map<string, string>();
  for (const one of known) {
    const organisation = organisationOf(one);
    if (organisation === own) return null;
    if (organisation !== null) others.set(organisation, one);
  }
  for (const organisation of others.keys()) if (looksLike(own, organisation)) return organisation;
  return null;
}

/** The part that was registered; null for what has none (a bare suffix, an address literal). */
function organisationOf(domain: string): string | null {
  return getDomain(domain.toLowerCase(), { allowPrivateDomains: true });
}

function looksLike(one: string, other: string): boolean {
  const [name, known] = [nameOf(one), nameOf(other)];
  if (name === known) return false;
  if (skeleton(name) === skeleton(known)) return true;
  return known.length >= MIN_LENGTH && withinOneEdit(name, known);
}

/** Without the public suffix: `eider` of `eider.co.uk`. The same name under another suffix is usually its owner's too. */
const nameOf = (organisation: string): string => domainToUnicode(getDomainWithoutSuffix(organisation, { allowPrivateDomains: true }) ?? organisation);

const skeleton = (name: string): string => SAME_LOOK.reduce((text, [pattern, as]) => text.replace(pattern, as), name.normalize('NFC'));

/** One letter more, less, other, or two neighbours swapped (Damerau). */
function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let ends = 0;
  while (ends < a.length - start && ends < b.length - start && a.at(-1 - ends) === b.at(-1 - ends)) ends++;
  const [restA, restB] = [a.slice(start, a.length - ends), b.slice(start, b.length - ends)];
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}
