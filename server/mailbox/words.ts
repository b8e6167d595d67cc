// Text cut into the words that are searched. The same cut serves messages and queries, or nothing would be found.

/** Longer "words" are encoded data. */
const WORD_LIMIT = 64;

/** Scripts written without spaces between words: indexed as overlapping pairs of characters. */
const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc';
const UNSPACED_CHARACTER = new RegExp(`[${UNSPACED}]`, 'u');
/** Runs of letters, digits and marks; an apostrophe or a dot within keeps `don't`, `3.14` and host names together. */
const RUN = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}_])+`, 'gu');
const ADDRESS = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const ASCII_ONLY = /^[\x00-\x7f]*$/;
const MARKS = /\p{M}+/gu;

export interface Word {
  text: string;
  /** Place in the text, counted in words from 1. */
  position: number;
}

/**
 * Lower case, compatibility forms unified (full width, ligatures), accents off: `Zoë` and `zoe` are one word.
 * Marks of scripts that need them (Devanagari vowels, Thai tone marks) go as well, in messages and queries alike.
 */
export function foldText(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').toLowerCase().replace(MARKS, '').normalize('NFC').replaceAll('ß', 'ss').replaceAll('ı', 'i');
}

/**
 * The words of a text in order. Unspaced scripts give one word per pair of neighbours, and the last character
 * of a run by itself, so that every single character is found by prefix.
 * @param firstPosition the position of the first word
 */
export function cutWords(text: string, firstPosition = 1): Word[] {
  const words: Word[] = [];
  eachWord(text, firstPosition, (word, position) => words.push({ text: word, position }));
  return words;
}

/** `cutWords` without the list. @returns the position after the last word */
export function eachWord(text: string, firstPosition: number, take: (word: string, position: number) => void): number {
  const folded = foldText(text);
  return ASCII_ONLY.test(folded) ? eachAsciiWord(folded, firstPosition, take) : eachAnyWord(folded, firstPosition, take);
}

/** The common case by character codes: five times as fast as the pattern, and most of the time of a rebuild. */
function eachAsciiWord(folded: string, firstPosition: number, take: (word: string, position: number) => void): number {
  let position = firstPosition;
  let start = -1;
  for (let index = 0; index <= folded.length; index++) {
    // Past the end this is NaN, which is no letter.
    const code = folded.charCodeAt(index);
    const inWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
    if (inWord) {
      if (start === -1) start = index;
    } else if (start !== -1) {
      if (index - start <= WORD_LIMIT) take(folded.slice(start, index), position++);
      start = -1;
    }
  }
  return position;
}

function eachAnyWord(folded: string, firstPosition: number, take: (word: string, position: number) => void): number {
  let position = firstPosition;
  for (const match of folded.matchAll(RUN)) {
    const run = match[0];
    if (UNSPACED_CHARACTER.test(run)) {
      const characters = [...run];
      for (let index = 0; index < characters.length; index++) {
        take(characters[index]! + (characters[index + 1] ?? ''), position++);
      }
    } else if (run.length <= WORD_LIMIT) {
      take(run, position++);
    }
  }
  return position;
}

/** Mail addresses in a text, folded. They are indexed whole, beside their parts. */
export function cutAddresses(text: string): string[] {
  if (!text.includes('@')) return [];
  return [...new Set([...foldText(text).matchAll(ADDRESS)].map((match) => match[0]).filter((address) => address.length <= 254))];
}

/** Whether a word belongs to a script written without spaces. */
export function isUnspaced(word: string): boolean {
  return UNSPACED_CHARACTER.test(word);
}
