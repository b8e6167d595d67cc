// GET /api/contacts/suggest: completes a recipient from whom the account writes to and hears from.
import type { MailAddress } from '../contract/shapes.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { recentCorrespondents, type Correspondent } from './correspondent.store.ts';

interface Ranked extends MailAddress {
  score: number;
  /** Name and address in lower case, words at their starts. */
  words: string[];
}

const KEEP_MS = 60_000;
const MAX_ACCOUNTS = 500;
const kept = new Map<string, { ranked: Promise<Ranked[]>; until: number }>();

/** The best matches of what was typed: every typed word begins a word of the name or address. Most used first. */
export async function suggestRecipients(services: Services, session: Session, typed: string, limit: number): Promise<MailAddress[]> {
  const wanted = wordsOf(typed);
  const ranked = await rankedOf(services, session.accountId);
  return ranked
    .filter((entry) => wanted.every((word) => entry.words.some((own) => own.startsWith(word))))
    .slice(0, limit)
    .map(({ name, address }) => ({ name, address }));
}

function rankedOf(services: Services, accountId: string): Promise<Ranked[]> {
  const entry = kept.get(accountId);
  if (entry && entry.until > Date.now()) return entry.ranked;
  if (kept.size >= MAX_ACCOUNTS) kept.delete(kept.keys().next().value!);
  const ranked = recentCorrespondents(services.pool, accountId).then(rankCorrespondents);
  kept.set(accountId, { ranked, until: Date.now() + KEEP_MS });
  ranked.catch(() => kept.delete(accountId));
  return ranked;
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
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return [...new Set([...plain.split(/\s+/), ...plain.split(/[\s@.,;"'()<>_+-]+/)])].filter((word) => word !== '');
}
