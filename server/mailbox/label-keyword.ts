// Labels as IMAP keywords. A keyword is an atom (RFC 9051, section 2.3.2): no spaces, no letters beyond ASCII, upper
// and lower case alike. Names become keywords exactly as Thunderbird makes its tags' keys, so that a tag of the same
// name there is the same label here. Pure.

export const LABEL_COLORS = ['red', 'orange', 'amber', 'green', 'teal', 'blue', 'indigo', 'violet', 'pink', 'brown', 'grey'] as const;
export type LabelColor = (typeof LABEL_COLORS)[number];

/** Longest name, in characters, with the names of the labels that it lies in. */
export const LABEL_NAME_LIMIT = 80;
/** WildDuck takes longer ones; the index leaves keywords beyond this out (content.ts). */
const KEYWORD_LIMIT = 100;

/** The five tags that every Thunderbird has, by the names and colours that it shows them with. */
export const STANDARD_LABELS: Readonly<Record<string, { name: string; color: LabelColor }>> = {
  $label1: { name: 'Important', color: 'red' },
  $label2: { name: 'Work', color: 'orange' },
  $label3: { name: 'Personal', color: 'green' },
  $label4: { name: 'To Do', color: 'blue' },
  $label5: { name: 'Later', color: 'violet' },
};

/** What no atom holds, and `/`, which stands between a label's name and that of the label it lies in. */
const NOT_IN_ATOMS = /[ ()/{%*<>\\"\]\u0000-\u001f\u007f]/g;

/**
 * The keyword for a name, as Thunderbird derives a tag's key: forbidden signs become `_`, other scripts modified
 * UTF-7 (RFC 3501, section 5.1.3), all in lower case.
 */
export function keywordOf(name: string): string {
  return modifiedUtf7(name.normalize('NFC').replace(NOT_IN_ATOMS, '_')).toLowerCase().slice(0, KEYWORD_LIMIT);
}

/** A keyword that none of `taken` is: Thunderbird's way, an `a` more each time. */
export function freeKeyword(name: string, taken: ReadonlySet<string>): string {
  let keyword = keywordOf(name);
  while (taken.has(keyword)) keyword = `${keyword.slice(0, KEYWORD_LIMIT - 1)}a`;
  return keyword;
}

/** How a keyword reads that a mail program set and nobody named here. Lower case has spoilt the UTF-7 of other scripts: those stay. */
export function nameOfKeyword(keyword: string): string {
  const standard = STANDARD_LABELS[keyword.toLowerCase()];
  if (standard) return standard.name;
  const words = keyword.replace(/^\$/, '').replaceAll('_', ' ').trim();
  return words === '' ? keyword : words[0]!.toUpperCase() + words.slice(1);
}

/**
 * What a search for a label means: the label of that name (also its last part alone, or with `-` for spaces), and the
 * keyword itself, for those that nobody named.
 */
export function keywordsFor(name: string, labels: readonly { keyword: string; name: string }[]): string[] {
  const fold = (text: string) => text.normalize('NFC').toLowerCase().replace(/[-_\s]+/g, ' ').trim();
  const wanted = fold(name);
  const standard = Object.entries(STANDARD_LABELS).filter(([keyword]) => !labels.some((label) => label.keyword === keyword));
  const named = [...labels, ...standard.map(([keyword, label]) => ({ keyword, name: label.name }))]
    .filter((label) => fold(label.name) === wanted || fold(label.name.slice(label.name.lastIndexOf('/') + 1)) === wanted)
    .map((label) => label.keyword);
  return [...new Set([...named, name.toLowerCase(), keywordOf(name)])];
}

/** A colour for a label that has none, always the same for one keyword. */
export function colorOfKeyword(keyword: string): LabelColor {
  const standard = STANDARD_LABELS[keyword.toLowerCase()];
  if (standard) return standard.color;
  let sum = 0;
  for (const sign of keyword.toLowerCase()) sum = (sum * 31 + sign.codePointAt(0)!) % 9973;
  return LABEL_COLORS[sum % LABEL_COLORS.length]!;
}

/** Trims a name and its parts; null when a part is empty, the whole too long, or nested deeper than five. */
export function labelName(text: string): string | null {
  const parts = text.normalize('NFC').split('/').map((part) => part.replace(/[\p{Cc}\s]+/gu, ' ').trim());
  const name = parts.join('/');
  return parts.length > 5 || parts.includes('') || [...name].length > LABEL_NAME_LIMIT ? null : name;
}

function modifiedUtf7(text: string): string {
  return text.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    const bytes = Buffer.from(run, 'utf16le').swap16();
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}
