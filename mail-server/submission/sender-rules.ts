// Whether an account may send under an address. Owns the rule (the address must lead to the account) and its
// replies; which addresses an account has is WildDuck's to tell.
import type { WildduckClient } from '../../server/infra/wildduck/client.ts';
import type { HeaderField } from '../../server/mail/header.ts';
import { ReplyError } from '../smtp/reply-error.ts';
import { readAuthors } from './header-authors.ts';
import { leadsTo } from './own-addresses.ts';

export interface SenderRules {
  /** Main address, aliases, plus-tags and wildcard addresses of the user. */
  owns(userId: string, address: string): Promise<boolean>;
}

const TTL_MS = 15_000;
const MAX_ENTRIES = 20_000;

/** Remembers an account's addresses for a moment: a mail merge asks the same thing a thousand times. */
export function createSenderRules(wildduck: Pick<WildduckClient, 'listAddresses'>, now: () => number = Date.now): SenderRules {
  const known = new Map<string, { until: number; addresses: string[] }>();
  return {
    async owns(userId, address) {
      let entry = known.get(userId);
      if (!entry || entry.until <= now()) {
        const addresses = (await wildduck.listAddresses(userId)).map((row) => row.address);
        if (known.size >= MAX_ENTRIES) known.clear();
        entry = { until: now() + TTL_MS, addresses };
        known.set(userId, entry);
      }
      return leadsTo(entry.addresses, address);
    },
  };
}

/** The envelope sender; the null reverse-path is for reports that mail programs make (RFC 8098 3). */
export async function assertReversePath(rules: SenderRules, userId: string, reversePath: string): Promise<void> {
  if (reversePath === '' || (await rules.owns(userId, reversePath))) return;
  throw new ReplyError(550, '5.7.1 MAIL FROM: the address is none of your account; add it as an alias first');
}

/**
 * The header's authors: every address in From and Sender must be the account's.
 * @returns the first From address
 */
export async function assertAuthors(rules: SenderRules, userId: string, fields: HeaderField[]): Promise<string> {
  const authors = readAuthors(fields);
  if (authors.kind === 'invalid') throw new ReplyError(550, `5.6.0 ${authors.rule}`);
  for (const address of authors.from) {
    if (!(await rules.owns(userId, address))) {
      throw new ReplyError(550, '5.7.1 From: the address is none of your account; add it as an alias first');
    }
  }
  if (authors.sender && !(await rules.owns(userId, authors.sender))) {
    throw new ReplyError(550, '5.7.1 Sender: the address is none of your account; add it as an alias first');
  }
  return authors.from[0]!;
}
