// What is known of an account's correspondents, read once a minute at most.
import type { Services } from '../services.ts';
import { recentCorrespondents } from './correspondent.store.ts';
import { knownPeople, type KnownPeople } from './known-people.ts';
import { rankCorrespondents, type Ranked } from './rank-correspondents.ts';

export interface Correspondents {
  /** The most used first. */
  ranked: Ranked[];
  known: KnownPeople;
}

const KEEP_MS = 60_000;
const MAX_ACCOUNTS = 500;
const kept = new Map<string, { found: Promise<Correspondents>; until: number }>();

export function correspondentsOf({ pool }: Pick<Services, 'pool'>, accountId: string): Promise<Correspondents> {
  const entry = kept.get(accountId);
  if (entry && entry.until > Date.now()) return entry.found;
  kept.delete(accountId);
  if (kept.size >= MAX_ACCOUNTS) kept.delete(kept.keys().next().value!);
  const found = recentCorrespondents(pool, accountId).then((rows) => ({ ranked: rankCorrespondents(rows), known: knownPeople(rows) }));
  kept.set(accountId, { found, until: Date.now() + KEEP_MS });
  found.catch(() => kept.delete(accountId));
  return found;
}
