// Whether an account may send under an address. Owns the rule (the address must lead to the account) and its
// replies; which addresses lead where is WildDuck's.
import type { WildduckClient } from '../../server/infra/wildduck/client.ts';
import type { HeaderField } from '../../server/mail/header.ts';
import { ReplyError } from '../smtp/reply-error.ts';
import { readAuthors } from './header-authors.ts';

export interface SenderRules {
  /** Main address, aliases, plus-tags, wildcard addresses and domain aliases of the user. */
  owns(userId: string, address: string): Promise<boolean>;
}

const TTL_MS = 30_000;
const MAX_ENTRIES = 20_000;

/** Remembers answers for half a minute: a mail merge asks the same thing a thousand times. */
export function createSenderRules(wildduck: Pick<WildduckClient, 'resolveAddress'>, now: () => number = Date.now): SenderRules {
  const known = new Map<string, { until: number; userId: string | null }>();
  return {
    async owns(userId, address) {
      const key = address.toLowerCase();
      const entry = known.get(key);
      if (entry && entry.until > now()) return entry.userId === userId;
      const resolved = await wildduck.resolveAddress(address);
      const owner = resolved?.kind === 'user' ? resolved.userId : null;
      if (known.size >= MAX_ENTRIES) known.clear();
      known.set(key, { until: now() + TTL_MS, userId: owner });
      return owner === userId;
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
