// The hosted domain that a command names.
import { selectDomain } from '../domains/domain.store.ts';
import { parseDomain } from '../mail/address.ts';
import type { Connection } from './connection.ts';
import { Refusal } from './refusal.ts';

/** The name in A-labels. @throws Refusal when it is not hosted here */
export async function requireDomain({ pool }: Connection, name: string): Promise<string> {
  const parsed = parseDomain(name.trim());
  if (parsed === null || (await selectDomain(pool, parsed)) === null) throw new Refusal(`${name} is not hosted here`);
  return parsed;
}
