// What a reader should know about the sender before trusting a message. Pure.
import { domainOf } from '../../mail/address.ts';
import type { Authentication, EmailContent } from '../contract/message.ts';

export interface SenderFacts {
  from: { name: string; address: string } | null;
  replyTo: { name: string; address: string }[];
  authentication: Authentication | null;
  /** The domain that the sender's is made to be taken for. */
  imitates: string | null;
  /** Domains that this installation hosts for the reader, lower case. */
  ownDomains: string[];
}

/** The warnings that apply, most serious first. */
export function senderWarnings(facts: SenderFacts): EmailContent['warnings'] {
  const warnings: EmailContent['warnings'] = [];
  if (!facts.from) return warnings;
  const domain = domainOf(facts.from.address).toLowerCase();
  const verified = facts.authentication?.verdict === 'verified';
  if (facts.authentication && !verified && facts.ownDomains.includes(domain)) warnings.push('own_domain_unverified');
  else if (facts.authentication?.verdict === 'failed') warnings.push('authentication_failed');
  if (facts.imitates !== null) warnings.push('lookalike_domain');
  const named = /[A-Za-z0-9._%+-]+@([A-Za-z0-9.-]+\.[A-Za-z]{2,})/.exec(facts.from.name);
  if (named && domainOf(named[0]).toLowerCase() !== domain) warnings.push('display_name_is_address');
  const replyDomains = facts.replyTo.map((entry) => domainOf(entry.address).toLowerCase());
  if (!verified && replyDomains.length > 0 && replyDomains.every((reply) => organisation(reply) !== organisation(domain))) {
    warnings.push('reply_to_differs');
  }
  return warnings;
}

/** The last two labels: enough to tell a stranger from a sister host; a shared suffix merely hides a warning. */
function organisation(domain: string): string {
  return domain.split('.').slice(-2).join('.');
}
