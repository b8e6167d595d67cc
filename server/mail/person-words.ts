// The words by which people are found. Pure.

/** Lower-case words without accents; an address is one word, and so is each of its parts. */
export function wordsOf(text: string): string[] {
  const plain = plainText(text);
  return [...new Set([...plain.split(/\s+/), ...plain.split(/[\s@.,;"'()<>_+-]+/)])].filter((word) => word !== '');
}

/** Lower case without accents. */
export const plainText = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
