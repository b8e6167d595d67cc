// Correspondents by use, with the words that find them. Pure.
import type { MailAddress } from '../contract/shapes.ts';
import type { Correspondent } from './correspondent.store.ts';

export interface Ranked extends MailAddress {
  score: number;
  /** Name and address in lower case, words at their starts. */
  words: string[];
}

/** Machines that nobody writes to. */
const NO_REPLY = /^(?:no-?_?reply|do-?not-?reply|mailer-daemon|bounces?|notifications?)(?:[+@._-]|$)/i;

/** One entry per address, by use: writing to somebody counts ten times as much as hearing from them. */
export function rankCorrespondents(rows: Correspondent[]): Ranked[] {
  const byAddress = new Map<string, Ranked>();
  for (const [position, row] of rows.entries()) {
    const key = row.address.toLowerCase();
    if (!row.writtenTo && NO_REPLY.test(key)) continue;
    const recency = 1 - position / (2 * rows.length);
    const weight = (row.writtenTo ? 10 : 1) * recency;
    const known = byAddress.get(key);
    if (known) {
      known.score += weight;
      // Rows come newest first: the newest name that there is stays.
      if (known.name === '') Object.assign(known, { name: row.name, words: wordsOf(`${row.name} ${key}`) });
    } else byAddress.set(key, { name: row.name, address: row.address, score: weight, words: wordsOf(`${row.name} ${key}`) });
  }
  return [...byAddress.values()].sort((a, b) => b.score - a.score);
}

/** Lower-case words without accents; an address is one word, and so is each of its parts. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return [...new Set([...plain.split(/\s+/), ...plain.split(/[\s@.,;"'()<>_+-]+/)])].filter((word) => word !== '');
}
