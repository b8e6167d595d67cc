// What is known of an account's correspondents, contacts and groups, read once a minute at most, and anew after a
// change that this process made.
import { readHeads } from '../../contacts/contact.store.ts';
import { listGroups } from '../../contacts/group.store.ts';
import type { Services } from '../services.ts';
import { recentCorrespondents } from './correspondent.store.ts';
import { knownPeople, type KnownPeople } from './known-people.ts';
import { rankPeople, type Ranked } from './rank-people.ts';

export interface Correspondents {
  /** The most used first. */
  ranked: Ranked[];
  known: KnownPeople;
}

const KEEP_MS = 60_000;
const MAX_ACCOUNTS = 500;
const EVER = new Date(0);
const kept = new Map<string, { found: Promise<Correspondents>; until: number }>();

export function correspondentsOf({ pool }: Pick<Services, 'pool'>, accountId: string): Promise<Correspondents> {
  const entry = kept.get(accountId);
  if (entry && entry.until > Date.now()) return entry.found;
  kept.delete(accountId);
  if (kept.size >= MAX_ACCOUNTS) kept.delete(kept.keys().next().value!);
  const found = readCorrespondents(pool, accountId);
  kept.set(accountId, { found, until: Date.now() + KEEP_MS });
  found.catch(() => kept.delete(accountId));
  return found;
}

/** The account's contacts have changed. */
export const forgetCorrespondents = (accountId: string): void => void kept.delete(accountId);

async function readCorrespondents(pool: Services['pool'], accountId: string): Promise<Correspondents> {
  const [rows, contacts, groups] = await Promise.all([recentCorrespondents(pool, accountId), readHeads(pool, accountId), listGroups(pool, accountId)]);
  // Whom the account keeps it knows, whoever has written so far.
  const keptPeople = contacts.flatMap(({ card }) => card.addresses.map(({ address }) => ({ address, writtenTo: true, lastAt: EVER })));
  return { ranked: rankPeople(rows, contacts, groups), known: knownPeople([...rows, ...keptPeople]) };
}
