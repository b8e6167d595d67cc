// Whom an account writes to and hears from, to tell strangers and their disguises by. Pure.
import { domainOf } from '../../mail/address.ts';

export interface KnownPeople {
  /** Of those whom the account has written to. */
  domains: ReadonlySet<string>;
  /** Written to at any time, or heard from before `date`. */
  metBefore(address: string, date: Date): boolean;
}

/** @param rows in any order */
export function knownPeople(rows: readonly { address: string; writtenTo: boolean; lastAt: Date }[]): KnownPeople {
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
