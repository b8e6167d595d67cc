// Whom an account writes to and hears from, to tell strangers and their disguises by. Kept for some minutes.
import { recentCorrespondents } from '../contacts/correspondent.store.ts';
import type { Services } from '../services.ts';
import { domainOf } from './sender-warnings.ts';

export interface KnownPeople {
  /** Of those whom the account has written to. */
  domains: ReadonlySet<string>;
  /** Written to at any time, or heard from before `date`. */
  metBefore(address: string, date: Date): boolean;
}

const KEEP_MS = 5 * 60_000;
const MAX_ACCOUNTS = 500;
const kept = new Map<string, { people: Promise<KnownPeople>; until: number }>();

export function knownPeople(services: Pick<Services, 'pool'>, accountId: string): Promise<KnownPeople> {
  const entry = kept.get(accountId);
  if (entry && entry.until > Date.now()) return entry.people;
  kept.delete(accountId);
  if (kept.size >= MAX_ACCOUNTS) kept.delete(kept.keys().next().value!);
  const people = recentCorrespondents(services.pool, accountId).then(gather);
  kept.set(accountId, { people, until: Date.now() + KEEP_MS });
  people.catch(() => kept.delete(accountId));
  return people;
}

/** @param rows in any order */
export function gather(rows: readonly { address: string; writtenTo: boolean; lastAt: Date }[]): KnownPeople {
  const domains = new Set<string>();
  const since = new Map<string, number>();
  for (const { address, writtenTo, lastAt } of rows) {
    const key = address.toLowerCase();
    if (writtenTo) domains.add(domainOf(key));
    since.set(key, Math.min(since.get(key) ?? Number.POSITIVE_INFINITY, writtenTo ? 0 : lastAt.getTime()));
  }
  return {
    domains,
    metBefore: (address, date) => (since.get(address.toLowerCase()) ?? Number.POSITIVE_INFINITY) < date.getTime(),
  };
}
